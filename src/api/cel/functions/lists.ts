// Functions of lists and sets. Upstream: k8s.io/apiserver/pkg/cel/library/lists.go, cel-go ext/lists.go and ext/sets.go.
import { ArrayList } from '../values/collections.ts';
import { compare, equal } from '../values/equality.ts';
import {
  Duration,
  EvaluationError,
  isError,
  isList,
  itemsOf,
  type ListValue,
  typeNameOf,
  Uint,
  type Value,
} from '../values/value.ts';
import { binaryOperators } from './operators.ts';

const comparable = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];
const sortable = ['int', 'uint', 'double', 'bool', 'google.protobuf.Duration', 'google.protobuf.Timestamp'];

function isSorted(list: ListValue): Value {
  for (let i = 1; i < list.size; i++) {
    const order = compare(list.get(i - 1), list.get(i));
    if (typeof order !== 'number') return order;
    if (order > 0) return false;
  }
  return true;
}

function sum(zero: Value): (list: ListValue) => Value {
  return (list) => {
    let total = zero;
    for (const item of itemsOf(list)) {
      total = binaryOperators['_+_']!(total, item);
      if (isError(total)) return total;
    }
    return total;
  };
}

function extreme(name: string, sign: number): (list: ListValue) => Value {
  return (list) => {
    if (list.size === 0) return new EvaluationError(`${name} called on empty list`);
    let found = list.get(0);
    for (let i = 1; i < list.size; i++) {
      const order = compare(found, list.get(i));
      if (typeof order !== 'number') return order;
      if (order * sign < 0) found = list.get(i);
    }
    return found;
  };
}

function indexOf(list: ListValue, value: Value): Value {
  for (let i = 0; i < list.size; i++) if (equal(list.get(i), value) === true) return BigInt(i);
  return -1n;
}

function lastIndexOf(list: ListValue, value: Value): Value {
  for (let i = list.size - 1; i >= 0; i--) if (equal(list.get(i), value) === true) return BigInt(i);
  return -1n;
}

function slice(list: ListValue, start: bigint, end: bigint): Value {
  const wrong = (why: string): EvaluationError =>
    new EvaluationError(`cannot slice(${start}, ${end}), ${why}`);
  if (start < 0n || end < 0n) return wrong('negative indexes not supported');
  if (start > end) return wrong('start index must be less than or equal to end index');
  if (BigInt(list.size) < end) return wrong(`list is length ${list.size}`);
  return new ArrayList([...itemsOf(list)].slice(Number(start), Number(end)));
}

function flattened(list: ListValue, depth: number): Value[] {
  return [...itemsOf(list)].flatMap((item) =>
    isList(item) && depth > 0 ? flattened(item, depth - 1) : [item],
  );
}

function flatten(list: ListValue, depth = 1n): Value {
  if (depth < 0n) return new EvaluationError('level must be non-negative');
  return new ArrayList(flattened(list, Number(depth)));
}

function sortByKeys(list: ListValue, keys: ListValue): Value {
  if (list.size !== keys.size)
    return new EvaluationError(
      `@sortByAssociatedKeys() expected a list of the same size as the associated keys list, but got ${list.size} and ${keys.size} elements respectively`,
    );
  if (list.size === 0) return list;
  const type = typeNameOf(keys.get(0));
  for (const key of itemsOf(keys))
    if (typeNameOf(key) !== type) return new EvaluationError('list elements must have the same type');
  const order = [...itemsOf(keys)].map((key, i) => ({ key, i }));
  order.sort((a, b) => Number(compare(a.key, b.key)) || 0);
  return new ArrayList(order.map(({ i }) => list.get(i)));
}

function distinct(list: ListValue): Value {
  const found: Value[] = [];
  for (const item of itemsOf(list)) if (!found.some((other) => equal(item, other) === true)) found.push(item);
  return new ArrayList(found);
}

function range(count: bigint): Value {
  const size = count < 0n ? 0 : Number(count);
  return new ArrayList(Array.from({ length: size }, (_, i) => BigInt(i)));
}

const isIn = binaryOperators['@in']!;

function intersects(a: ListValue, b: ListValue): Value {
  for (const item of itemsOf(a)) if (isIn(item, b) === true) return true;
  return false;
}

function contains(list: ListValue, part: ListValue): Value {
  for (const item of itemsOf(part)) {
    const found = isIn(item, list);
    if (found !== true) return found;
  }
  return true;
}

function equivalent(a: ListValue, b: ListValue): Value {
  const found = contains(a, b);
  return found === true ? contains(b, a) : found;
}

const zeros: Readonly<Record<string, Value>> = {
  int: 0n,
  uint: new Uint(0n),
  double: 0,
  duration: new Duration(0n),
};

type ListFunction = (list: ListValue) => Value;

/** A function that has an overload for each type of item. */
function forEach(
  types: readonly string[],
  id: (type: string) => string,
  make: (type: string) => ListFunction,
) {
  return Object.fromEntries(types.map((type) => [id(type), make(type)]));
}

const allSortable = [...sortable, 'string', 'bytes'];

export const listFunctions = {
  ...forEach(
    comparable,
    (type) => `list_${type}_is_sorted_bool`,
    () => isSorted,
  ),
  ...forEach(
    comparable,
    (type) => `list_${type}_max_${type}`,
    () => extreme('max', 1),
  ),
  ...forEach(
    comparable,
    (type) => `list_${type}_min_${type}`,
    () => extreme('min', -1),
  ),
  ...forEach(
    Object.keys(zeros),
    (type) => `list_${type}_sum_${type}`,
    (type) => sum(zeros[type]!),
  ),
  ...forEach(
    allSortable,
    (type) => `list_${type}_sort`,
    () => (list) => sortByKeys(list, list),
  ),
  '@sortByAssociatedKeys': sortByKeys,
  list_a_index_of_int: indexOf,
  list_a_last_index_of_int: lastIndexOf,
  list_slice: slice,
  list_flatten: flatten,
  list_flatten_int: flatten,
  list_reverse: (list: ListValue) => new ArrayList([...itemsOf(list)].reverse()),
  list_distinct: distinct,
  lists_range: range,
  list_sets_contains_list: contains,
  list_sets_equivalent_list: equivalent,
  list_sets_intersects_list: intersects,
};
