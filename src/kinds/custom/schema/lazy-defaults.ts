// The way to the checks of defaults for modules that load at start-up: they load when the first definition with a default
// is admitted. Whoever admits definitions awaits `loadDefaultChecks` first.

import type { JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import { writeJson } from '../../../api/long-integers.ts';
import type { defaultErrors, hasUnprunedDefaults } from './default-errors.ts';

/** What can be asked of the defaults in a schema. */
export interface DefaultChecks {
  readonly defaultErrors: typeof defaultErrors;
  readonly hasUnprunedDefaults: typeof hasUnprunedDefaults;
}

let loaded: DefaultChecks | undefined;

/** Loads the checks; the second call returns at once what the first one loaded. */
export async function loadDefaultChecks(): Promise<DefaultChecks> {
  loaded ??= await import('./default-errors.ts');
  return loaded;
}

/** The checks; throws when `loadDefaultChecks` was forgotten. */
export function defaultChecks(): DefaultChecks {
  if (!loaded) throw new Error('the checks of defaults are used before they are loaded');
  return loaded;
}

/** Whether a schema has defaults anywhere, or something else of that name: cheap, for deciding whether to load. */
export function mentionsDefaults(schema: JSONSchemaProps | undefined): boolean {
  return schema !== undefined && writeJson(schema).includes('"default":');
}
