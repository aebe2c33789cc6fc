// The matchConditions of webhooks: expressions over a request, which all must be true for the webhook to be called.
// Upstream: k8s.io/apiserver/pkg/admission/plugin/webhook/matchconditions/matcher.go.
import type { MatchCondition } from '#types/admissionregistration.k8s.io_v1';
import { dynType } from '../../api/cel/check/types.ts';
import { type Compiled, compile, type Environment } from '../../api/cel/compile.ts';
import { ArrayList, KeyedMap } from '../../api/cel/values/collections.ts';
import type { Value } from '../../api/cel/values/value.ts';
import type { Json } from '../../api/object.ts';
import { admissionRequest, type VersionedRequest } from './admission-review.ts';

const environment: Environment = {
  variables: new Map(['object', 'oldObject', 'request'].map((name) => [name, dynType])),
  hasStruct: () => false,
  fieldType: () => undefined,
};
const maxCompiled = 1000;
const compiled = new Map<string, Compiled>();

/** JSON without a schema: whole numbers are ints. */
function dynamicValue(json: Json): Value {
  if (typeof json === 'number') return Number.isSafeInteger(json) ? BigInt(json) : json;
  if (json === null || typeof json !== 'object') return json;
  if (Array.isArray(json)) return new ArrayList(json.map(dynamicValue));
  return new KeyedMap(Object.entries(json).map(([key, value]) => [key, dynamicValue(value)] as const));
}

function compileCondition(expression: string): Compiled {
  let found = compiled.get(expression);
  if (found === undefined) {
    found = compile(expression, environment);
    if (compiled.size >= maxCompiled) compiled.clear();
    compiled.set(expression, found);
  }
  return found;
}

/** Whether all conditions are met. Throws Error when one cannot be told and none is unmet. */
export function meetsConditions(conditions: readonly MatchCondition[], versioned: VersionedRequest): boolean {
  const values = new Map<string, Value>([
    ['object', dynamicValue((versioned.object ?? null) as unknown as Json)],
    ['oldObject', dynamicValue((versioned.oldObject ?? null) as unknown as Json)],
    ['request', dynamicValue(admissionRequest(versioned))],
  ]);
  const errors: string[] = [];
  for (const { name, expression } of conditions) {
    const { program, issues, fault } = compileCondition(expression);
    if (program === undefined) {
      errors.push(`${name}: ${issues ?? fault}`);
      continue;
    }
    const outcome = program.evaluate((variable) => values.get(variable));
    if (outcome.error !== undefined) errors.push(`${name}: ${outcome.error}`);
    else if (outcome.value !== true) return false;
  }
  if (errors.length > 0) throw new Error(`match conditions: ${errors.join(', ')}`);
  return true;
}
