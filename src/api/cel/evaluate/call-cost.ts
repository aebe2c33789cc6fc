// What a call costs at run time. Upstream: CostTracker.costCall of cel-go interpreter/runtimecost.go, the trackers of
// ext/lists.go and ext/sets.go, and CallCost of k8s.io/apiserver/pkg/cel/library/cost.go.
import { FormatValue } from '../functions/formats.ts';
import {
  isError,
  isList,
  isMap,
  isOpaque,
  itemsOf,
  Optional,
  sizeOf,
  typeNameOf,
  type Value,
} from '../values/value.ts';
import { CancelledError } from './run.ts';
import type { CallCost } from './steps.ts';

/** The cost of going through one unit of a string. */
export const stringFactor = 0.1;
/** The cost of one unit of a regular expression. */
export const regexFactor = 0.25;
/** The cost of asking the authorizer. */
const authorizationCost = 350_000;

function sizeOrOne(value: Value): number {
  if (value instanceof Optional && value.value !== undefined) return sizeOrOne(value.value);
  if (typeof value === 'object' && value !== null && 'byteSize' in value) return value.byteSize as number;
  return sizeOf(value) ?? 1;
}

/** The cost of going through a value as a tree. */
function traversal(value: Value): number {
  if (typeof value === 'string') return Math.trunc(Buffer.byteLength(value) * stringFactor);
  if (value instanceof Uint8Array) return Math.trunc(value.length * stringFactor);
  let cost = 0;
  if (isList(value)) {
    for (const item of itemsOf(value)) cost += traversal(item);
    return cost;
  }
  if (!isMap(value)) return 1;
  for (const key of value.keys()) cost += traversal(key) + traversal(value.find(key) ?? null);
  return cost;
}

const byString = (value: Value, factor = stringFactor): number => Math.ceil(sizeOrOne(value) * factor);
const nominal: CallCost = () => 1;
const oneString: CallCost = ([text]) => byString(text!);
const twiceString: CallCost = ([text]) => byString(text!, 2 * stringFactor);
const smaller: CallCost = ([a, b]) => Math.ceil(Math.min(sizeOrOne(a!), sizeOrOne(b!)) * stringFactor);
const byRegex: CallCost = ([text, pattern]) =>
  Math.ceil((1 + sizeOrOne(text!)) * stringFactor) * byString(pattern!, regexFactor);

const resultList: CallCost = (_args, result) => sizeOrOne(result) + 11;

function selfCompare(list: Value): number {
  // Upstream's own cost tracker cannot take an error here, and the evaluation ends with what Go says to that.
  if (isError(list))
    throw new CancelledError(
      'internal error: interface conversion: *types.Err is not traits.Lister: missing method Add',
    );
  const size = sizeOrOne(list);
  const first = isList(list) && size > 0 ? typeNameOf(list.get(0)) : '';
  const factor = first === 'string' || first === 'bytes' ? 2 + stringFactor : 2;
  return Math.trunc(size * size * factor) + 11;
}

const sets =
  (factor: number): CallCost =>
  ([a, b]) =>
    1 + Math.trunc(sizeOrOne(a!) * sizeOrOne(b!) * factor);

const byOverload: Readonly<Record<string, CallCost>> = {
  list_slice: resultList,
  list_flatten: ([list]) => sizeOrOne(list!) + 11,
  list_flatten_int: ([list, depth]) => Math.trunc(sizeOrOne(list!) * Number(depth)) + 11,
  lists_range: resultList,
  list_reverse: resultList,
  list_distinct: ([list]) => selfCompare(list!),
  list_sets_contains_list: sets(1),
  list_sets_intersects_list: sets(1),
  list_sets_equivalent_list: sets(2),
};

const containsAddress =
  (overload: string, further: (size: number) => number): CallCost =>
  ([network, other]) => {
    const size = sizeOrOne(network!);
    const cost = Math.ceil((size + size) * stringFactor) + further(size);
    return overload.endsWith('_string') ? cost + byString(other!) : cost;
  };

const validate: CallCost = ([format, text]) =>
  format instanceof FormatValue
    ? Math.ceil((1 + sizeOrOne(text!)) * stringFactor) * Math.ceil(format.regexSize * regexFactor)
    : 1;

const selectorRequirement = 50;
const selector: CallCost = ([, text]) => {
  const size = sizeOrOne(text!);
  return 10 + Math.ceil(size * stringFactor) + Math.ceil(Math.ceil(size * 0.5) * selectorRequirement);
};

const traversed: CallCost = ([value]) => traversal(value!);
const joined: CallCost = (_args, result) => byString(result, 2 * stringFactor);

function byFunction(name: string, overload: string): CallCost | undefined {
  switch (name) {
    case 'check':
      return () => authorizationCost;
    case 'fieldSelector':
    case 'labelSelector':
      return selector;
    case 'isSorted':
    case 'sum':
    case 'max':
    case 'min':
    case 'indexOf':
    case 'lastIndexOf':
      return traversed;
    case 'url':
    case 'jsonpatch.escapeKey':
    case 'lowerAscii':
    case 'upperAscii':
    case 'substring':
    case 'trim':
    case 'cidr':
    case 'isIP':
    case 'isCIDR':
    case 'quantity':
    case 'isQuantity':
    case 'semver':
    case 'isSemver':
      return oneString;
    case 'replace':
    case 'split':
    case 'ip.isCanonical':
      return twiceString;
    case 'join':
      return joined;
    case 'find':
    case 'findAll':
      return byRegex;
    case 'ip':
      return overload === 'cidr_ip' ? nominal : oneString;
    case 'containsIP':
      return containsAddress(overload, () => 0);
    case 'containsCIDR':
      return containsAddress(overload, (size) => Math.ceil(size * stringFactor) + 1);
    case 'validate':
      return validate;
    default:
      return undefined;
  }
}

const equality: CallCost = (args, result) => (isOpaque(args[0]!) ? 1 : smaller(args, result));

function standard(overload: string): CallCost {
  switch (overload) {
    case 'starts_with_string':
    case 'ends_with_string':
    case 'string_to_bytes':
    case 'bytes_to_string':
    case 'strings_quote':
    case 'string_format':
      return oneString;
    case 'in_list':
      return ([, list]) => sizeOrOne(list!);
    case 'equals':
      return equality;
    case 'not_equals':
      return smaller;
    case 'add_string':
    case 'add_bytes':
      return ([a, b]) => Math.ceil((sizeOrOne(a!) + sizeOrOne(b!)) * stringFactor);
    case 'matches_string':
      return byRegex;
    case 'contains_string':
      return ([text, part]) => byString(text!) * byString(part!);
  }
  return /^(?:less|greater)(?:_equals)?_(?:string|bytes)$/.test(overload) ? smaller : nominal;
}

/** The cost of a function's calls; `overload` is empty when it is known only at run time. */
export function callCost(name: string, overload: string): CallCost {
  const own = byOverload[overload];
  if (own !== undefined) return own;
  if (overload.endsWith('_sort')) return ([list]) => selfCompare(list!);
  if (overload.endsWith('_sortByAssociatedKeys')) return ([, keys]) => selfCompare(keys!);
  return byFunction(name, overload) ?? standard(overload);
}
