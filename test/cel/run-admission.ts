// Runs an expression of an admission policy as the recorded answers of upstream have them.
import { isList, itemsOf, type Value } from '../../src/api/cel/values/value.ts';
import type { KubeObject } from '../../src/api/object.ts';
import type { Authorizer } from '../../src/apiserver/authorization/authorizer.ts';
import { Evaluation } from '../../src/apiserver/policies/evaluation.ts';
import type { ServedResource } from '../../src/apiserver/resources.ts';
import {
  ExpressionCompiler,
  toBool,
  toObject,
  toPatches,
  toText,
  toTextOrNull,
} from '../../src/kinds/admissionregistration/expressions/expression-compiler.ts';
import {
  ObjectValue,
  PatchValue,
  patchJson,
} from '../../src/kinds/admissionregistration/expressions/patch-values.ts';
import { show } from './run-case.ts';

const results = { toBool, toText, toTextOrNull, toObject, toPatches };

/** What an expression sees. */
export interface AdmissionSetting {
  readonly composes?: boolean;
  readonly variables?: readonly (readonly [string, string])[];
  readonly hasParams?: boolean;
  readonly noAuthorizer?: boolean;
  readonly patchTypes?: boolean;
  readonly wanted?: keyof typeof results;
  readonly object?: KubeObject;
  readonly oldObject?: KubeObject;
  readonly params?: KubeObject;
  readonly namespace?: KubeObject;
  readonly budget?: number;
}

/** What upstream, or we, make of it. */
export interface AdmissionAnswer {
  readonly fault?: string;
  readonly value?: string;
  readonly error?: string;
  /** What is left of the budget. */
  readonly left?: number;
}

/** As the oracle decides: everybody may get, and service accounts of the namespace trusted may do everything. */
const authorizer: Authorizer = {
  authorize({ user, verb, path, resource, namespace }) {
    if (verb !== 'get' && !user.name.startsWith('system:serviceaccount:trusted:'))
      return { allowed: false, reason: '' };
    return { allowed: true, reason: `${user.name} may ${verb} ${path}${resource} in ${namespace}` };
  },
};

const resource = {
  definition: {
    group: 'stable.example.com',
    version: 'v1',
    kind: 'Thing',
    plural: 'things',
    namespaced: true,
  },
  groupResource: { group: 'stable.example.com', resource: 'things' },
} as unknown as ServedResource;

function showMade(value: Value): string {
  if (value instanceof PatchValue) {
    const quoted = [value.op, value.path, value.from].map((text) => JSON.stringify(text)).join(' ');
    return `JSONPatch{${quoted} ${value.value === undefined ? '' : showMade(value.value)}}`;
  }
  if (value instanceof ObjectValue) {
    try {
      return value.typeName + sortedJson(patchJson(value));
    } catch (error) {
      return (error as Error).message;
    }
  }
  return value !== null && isList(value) ? `[${[...itemsOf(value)].map(showMade).join(', ')}]` : show(value);
}

function sortedJson(json: unknown): string {
  return JSON.stringify(json, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

/** What we make of an expression. */
export function runAdmission(expr: string, setting: AdmissionSetting): AdmissionAnswer {
  const { composes = false, hasParams = false, object, oldObject, params, namespace } = setting;
  const hasAuthorizer = !setting.noAuthorizer;
  const compiler = new ExpressionCompiler(composes);
  const variables = (setting.variables ?? []).map(([name, expression]) => ({
    name,
    compiled: compiler.variable({ name, expression }, { hasParams, hasAuthorizer: true }),
  }));
  const wanted = setting.wanted && results[setting.wanted];
  const scope = { hasParams, hasAuthorizer, hasPatchTypes: setting.patchTypes === true };
  const compiled = compiler.compile(expr, wanted, scope);
  if (compiled.fault !== undefined) return { fault: compiled.fault };
  const request = {
    operation: 'CREATE' as const,
    resource,
    subresource: '',
    namespace: 'here',
    name: 'it',
    object,
    oldObject,
    user: { name: 'jane', uid: '', groups: ['team'], extra: {} },
    dryRun: false,
    deadline: Number.POSITIVE_INFINITY,
    warn: () => {},
  };
  const shown = { request, matched: resource, schema: resource.schema, object, oldObject };
  const inputs = { shown, params, namespace, ...(hasAuthorizer && { authorizer }) };
  const evaluation = new Evaluation(variables, inputs, setting.budget ?? 10_000_000);
  try {
    const result = evaluation.evaluate(compiled);
    const left = evaluation.budget === 0 ? {} : { left: evaluation.budget };
    if (result.error !== undefined) return { error: result.error, ...left };
    return { value: showMade(result.value), ...left };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
