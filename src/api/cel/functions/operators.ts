// + - * / % and their kin. Upstream: the Add, Subtract, Multiply, Divide, Modulo and Negate of cel-go common/types.
import { ConcatList } from '../values/collections.ts';
import { compare, equal, isOrdered } from '../values/equality.ts';
import { checkedInt, checkedUint } from '../values/numbers.ts';
import { addDurations, between, shift, subtractDurations } from '../values/times.ts';
import {
  Duration,
  EvaluationError,
  isError,
  isList,
  isMap,
  type ListValue,
  noSuchOverload,
  sizeOf,
  Timestamp,
  Uint,
  type Value,
} from '../values/value.ts';

type Binary = (a: Value, b: Value) => Value;

/** The operand's type knows nothing of the operator; strings and times say so in fewer words. */
function unknownTo(operator: string, operand: Value): EvaluationError {
  const isBrief = typeof operand === 'string' || operand instanceof Timestamp || operand instanceof Duration;
  return isBrief ? noSuchOverload() : new EvaluationError(`no such overload: ${operator}`);
}

interface NumberRules {
  readonly int?: (a: bigint, b: bigint) => bigint | EvaluationError;
  readonly uint?: (a: bigint, b: bigint) => bigint | EvaluationError;
  readonly double?: (a: number, b: number) => number;
  readonly other?: (a: Value, b: Value) => Value | undefined;
}

function arithmetic(operator: string, { int, uint, double, other }: NumberRules): Binary {
  return (a, b) => {
    if (typeof a === 'bigint' && int) {
      if (typeof b !== 'bigint') return noSuchOverload(b);
      const result = int(a, b);
      return isError(result) ? result : checkedInt(result);
    }
    if (typeof a === 'number' && double) return typeof b === 'number' ? double(a, b) : noSuchOverload(b);
    if (a instanceof Uint && uint) {
      if (!(b instanceof Uint)) return noSuchOverload(b);
      const result = uint(a.value, b.value);
      return isError(result) ? result : checkedUint(result);
    }
    return other?.(a, b) ?? unknownTo(operator, a);
  };
}

/** Two lists one behind the other; a list that is being built grows in place. */
function appendLists(a: ListValue, b: ListValue): Value {
  if (a.append) return a.append(b);
  if (a.size === 0) return b;
  if (b.size === 0) return a;
  return new ConcatList(a, b);
}

function addOther(a: Value, b: Value): Value | undefined {
  if (typeof a === 'string') return typeof b === 'string' ? a + b : noSuchOverload(b);
  if (a instanceof Uint8Array)
    return b instanceof Uint8Array ? new Uint8Array(Buffer.concat([a, b])) : noSuchOverload(b);
  if (isList(a)) return isList(b) ? appendLists(a, b) : noSuchOverload(b);
  if (a instanceof Duration) {
    if (b instanceof Duration) return addDurations(a, b);
    return b instanceof Timestamp ? shift(b, a.nanos) : noSuchOverload(b);
  }
  if (a instanceof Timestamp) return b instanceof Duration ? shift(a, b.nanos) : noSuchOverload(b);
  return undefined;
}

function subtractOther(a: Value, b: Value): Value | undefined {
  if (a instanceof Duration) return b instanceof Duration ? subtractDurations(a, b) : noSuchOverload(b);
  if (!(a instanceof Timestamp)) return undefined;
  if (b instanceof Duration) return shift(a, -b.nanos);
  return b instanceof Timestamp ? between(a, b) : noSuchOverload(b);
}

const byZero = (a: bigint, b: bigint): bigint | EvaluationError =>
  b === 0n ? new EvaluationError('division by zero') : a / b;
const modByZero = (a: bigint, b: bigint): bigint | EvaluationError =>
  b === 0n ? new EvaluationError('modulus by zero') : a % b;
const plus = (a: bigint, b: bigint): bigint => a + b;
const minus = (a: bigint, b: bigint): bigint => a - b;
const times = (a: bigint, b: bigint): bigint => a * b;

/** The overflow of the one division, and the modulus, that 64 bits cannot hold. */
function moduloInt(a: bigint, b: bigint): bigint | EvaluationError {
  if (b === -1n && a === -(2n ** 63n)) return new EvaluationError('integer overflow');
  return modByZero(a, b);
}

function ordering(operator: string, holds: (order: number) => boolean): Binary {
  return (a, b) => {
    if (!isOrdered(a)) return unknownTo(operator, a);
    const order = compare(a, b);
    return typeof order === 'number' ? holds(order) : order;
  };
}

/** `a in b`. */
function isIn(a: Value, b: Value): Value {
  if (isMap(b)) {
    const found = b.find(a);
    return isError(found) ? found : found !== undefined;
  }
  if (!isList(b)) return noSuchOverload(b);
  let error: EvaluationError | undefined;
  for (let i = 0; i < b.size; i++) {
    const isSame = equal(b.get(i), a);
    if (isSame === true) return true;
    if (isError(isSame)) error ??= isSame;
  }
  return error ?? false;
}

/** Operators with two operands, by the name of their function. */
export const binaryOperators: Readonly<Record<string, Binary>> = {
  '_+_': arithmetic('_+_', { int: plus, uint: plus, double: (a, b) => a + b, other: addOther }),
  '_-_': arithmetic('_-_', { int: minus, uint: minus, double: (a, b) => a - b, other: subtractOther }),
  '_*_': arithmetic('_*_', { int: times, uint: times, double: (a, b) => a * b }),
  '_/_': arithmetic('_/_', { int: byZero, uint: byZero, double: (a, b) => a / b }),
  '_%_': arithmetic('_%_', { int: moduloInt, uint: modByZero }),
  '_<_': ordering('_<_', (order) => order < 0),
  '_<=_': ordering('_<=_', (order) => order <= 0),
  '_>_': ordering('_>_', (order) => order > 0),
  '_>=_': ordering('_>=_', (order) => order >= 0),
  '@in': isIn,
};

function negate(value: Value): Value {
  if (typeof value === 'bigint') return checkedInt(-value);
  if (typeof value === 'number') return -value;
  if (value instanceof Duration) return subtractDurations(new Duration(0n), value);
  return typeof value === 'boolean' ? noSuchOverload() : unknownTo('-_', value);
}

function size(value: Value): Value {
  const count = sizeOf(value);
  return count === undefined ? unknownTo('size', value) : BigInt(count);
}

/** Functions of one operand that look at its type themselves. */
export const unaryOperators: Readonly<Record<string, (value: Value) => Value>> = {
  '!_': (value) => (typeof value === 'boolean' ? !value : noSuchOverload(value)),
  '-_': negate,
  size,
};
