// The way to the rules for modules that load at start-up: the expression language loads when the first definition has
// rules, not before. Whoever admits definitions or serves custom resources awaits `loadRules` first.

import type { JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import { writeJson } from '../../../api/long-integers.ts';
import type { compileRules } from './compile-rules.ts';
import type { ruleErrors } from './rule-errors.ts';
import type { validateRules } from './validate-rules.ts';

/** What can be done with rules. */
export interface Rules {
  readonly compileRules: typeof compileRules;
  readonly ruleErrors: typeof ruleErrors;
  readonly validateRules: typeof validateRules;
}

let loaded: Rules | undefined;

/** Loads the expression language; the second call returns at once what the first one loaded. */
export async function loadRules(): Promise<Rules> {
  if (loaded === undefined) {
    const [compiling, checking, validating] = await Promise.all([
      import('./compile-rules.ts'),
      import('./rule-errors.ts'),
      import('./validate-rules.ts'),
    ]);
    loaded = {
      compileRules: compiling.compileRules,
      ruleErrors: checking.ruleErrors,
      validateRules: validating.validateRules,
    };
  }
  return loaded;
}

/** What `loadRules` has loaded, undefined before. */
export function loadedRules(): Rules | undefined {
  return loaded;
}

/** Whether a schema has rules anywhere: cheap, for deciding whether to load. */
export function mentionsRules(schema: JSONSchemaProps | undefined): boolean {
  return schema !== undefined && writeJson(schema).includes('"x-kubernetes-validations":[{');
}
