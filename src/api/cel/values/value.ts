// The values of expressions. int is bigint, double is number, string, bool and null are themselves, bytes is
// Uint8Array. Errors are values too: && and || can absorb them. Upstream: cel-go common/types.

/** An unsigned 64-bit integer. */
export class Uint {
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = value;
  }
}

/** An instant: seconds since the Unix epoch, 0 <= nanos < 1e9, and the offset it was written with (for printing). */
export class Timestamp {
  readonly seconds: number;
  readonly nanos: number;
  /** Seconds east of UTC. */
  readonly offset: number;

  constructor(seconds: number, nanos: number, offset = 0) {
    this.seconds = seconds;
    this.nanos = nanos;
    this.offset = offset;
  }
}

/** A length of time in nanoseconds. */
export class Duration {
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** A type as a value, by its name at run time. */
export class TypeValue {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A value that may be missing. */
export class Optional {
  readonly value: Value | undefined;

  constructor(value: Value | undefined) {
    this.value = value;
  }
}

/** A failed evaluation. `message` is cel-go's. */
export class EvaluationError {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** A list. `append` and `sameAs` are there when its schema says so (sets and maps in list form). */
export interface ListValue {
  readonly tag: 'list';
  readonly size: number;
  get(index: number): Value;
  append?(other: ListValue): Value;
  sameAs?(other: Value): Value;
  /** The JSON it stands for, where it stands for some. */
  readonly json?: unknown;
}

/** A map. */
export interface MapValue {
  readonly tag: 'map';
  /** The name of its type, where it is not `map`. */
  readonly typeName?: string;
  readonly size: number;
  /** Undefined when the key is not there; an error when it cannot be a key of this map. */
  find(key: Value): Value | undefined;
  keys(): Iterable<Value>;
  sameAs?(other: Value): Value;
  readonly json?: unknown;
}

/** A value of a type that only functions look into: quantities, URLs, addresses. */
export interface OpaqueValue {
  readonly tag: 'opaque';
  readonly typeName: string;
  /** Whether a value of the same type is the same. */
  equals(other: OpaqueValue): Value;
  /** A field, where it has fields; undefined where it is not set. `isTest`: for has(). */
  field?(name: string, isTest: boolean): Value | undefined;
}

export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint
  | Uint8Array
  | Timestamp
  | Duration
  | TypeValue
  | Optional
  | ListValue
  | MapValue
  | OpaqueValue
  | EvaluationError;

export function isError(value: Value | undefined): value is EvaluationError {
  return value instanceof EvaluationError;
}

function tagOf(value: Value): string | undefined {
  return typeof value === 'object' && value !== null && 'tag' in value ? value.tag : undefined;
}

export function isList(value: Value): value is ListValue {
  return tagOf(value) === 'list';
}

export function isMap(value: Value): value is MapValue {
  return tagOf(value) === 'map';
}

export function isOpaque(value: Value): value is OpaqueValue {
  return tagOf(value) === 'opaque';
}

/** The name of a value's type at run time. */
export function typeNameOf(value: Value): string {
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    case 'string':
      return 'string';
  }
  if (value === null) return 'null_type';
  if (value instanceof Uint) return 'uint';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp';
  if (value instanceof Duration) return 'google.protobuf.Duration';
  if (value instanceof TypeValue) return 'type';
  if (value instanceof Optional) return 'optional_type';
  if (value instanceof EvaluationError) return 'error';
  return value.tag === 'list' ? value.tag : (value.typeName ?? value.tag);
}

/** The error of a call that fits no overload; an operand that is an error wins. */
export function noSuchOverload(operand?: Value): EvaluationError {
  return operand !== undefined && isError(operand) ? operand : new EvaluationError('no such overload');
}

/** The number of code points. */
export function codePointCount(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit < 0xdc00) count--;
  }
  return count;
}

/** size(): undefined for what has none. */
export function sizeOf(value: Value): number | undefined {
  if (typeof value === 'string') return codePointCount(value);
  if (value instanceof Uint8Array) return value.length;
  return isList(value) || isMap(value) ? value.size : undefined;
}

/** The items of a list. */
export function* itemsOf(list: ListValue): Generator<Value> {
  for (let i = 0; i < list.size; i++) yield list.get(i);
}
