// Decodes a JSON value into the canonical object of its type: fields in Go's order, unknown ones dropped, zero values and
// omitempty as Go prints them, quantities and times in canonical form. One decoder is compiled per type, from the tables.

import { membersBefore, setJsonMember } from '../json-object.ts';
import { writeJson } from '../long-integers.ts';
import type { Json, KubeObject } from '../object.ts';
import { type DecodeSource, explain } from './explain.ts';
import { type Decoder, mismatch, scalarCodecs, type ValueCodec } from './scalar-decoders.ts';
import { hasSentEmpty, noteSentEmpty } from './sent-empty.ts';
import { type StructField, structFields } from './struct-fields.ts';
import { type FieldFact, isReference, typeFact } from './type-table.ts';

/** Receives what strict field validation complains of, in the order of the document: `unknown field "spec.foo"`. */
export interface StrictSink {
  add(message: string): void;
}

// While set, an object is brought into the form in which it is stored: lists and maps that are empty but always printed become
// null, as they do when Go reads back what it stored as protobuf, and what has that form already is shared, not copied. Decoding
// is synchronous.
let normalizes = false;

// Set by the compiled decoders when an object has a member that its type does not; decoding is synchronous.
let sawUnknown = false;

/** How one field gets from the input to the output. */
interface FieldPlan {
  name: string;
  decode: Decoder;
  /** The value of an absent (or null) field; undefined leaves it out. */
  absent: (() => unknown) | undefined;
  /** Whether a decoded value is left out after all. */
  omits: ((value: unknown) => boolean) | undefined;
  /** Whether a decoded value that is not left out is empty: for lists and maps. */
  isEmpty?: (value: unknown) => boolean;
}

/** The codec of a type; of one with fields also a decoder for an object whose members partly are known to have their form. */
interface TypeCodec extends ValueCodec {
  decodeBeside?(value: unknown, known: Members): unknown;
}

type Members = Readonly<Record<string, unknown>>;

/** By type: for its usual places, and for those where no empty list or map inside is left out. */
const codecs = { usual: new Map<string, TypeCodec>(), keepingEmpty: new Map<string, TypeCodec>() };

/** The codec of a type by its name in the tables. */
function codecOf(type: string, keepsEmpty = false): TypeCodec {
  if (!isReference(type)) return scalarCodecs[type]!;
  const cache = keepsEmpty ? codecs.keepingEmpty : codecs.usual;
  let codec = cache.get(type);
  if (codec === undefined) {
    codec = compileType(type, keepsEmpty);
    cache.set(type, codec);
  }
  return codec;
}

function compileType(ref: string, keepsEmpty: boolean): TypeCodec {
  const fact = typeFact(ref);
  if (fact.wrap) return { decode: listDecoder(fact.fields[0]!.type, keepsEmpty), zero: () => null };
  if (fact.jsonUnion) return { decode: unionDecoder(ref), zero: () => null };
  return compileStruct(structFields(ref), keepsEmpty);
}

/** The zero value in lists and maps, for an element that is null; no bytes are stored as empty bytes. */
function elementZero(type: string): () => unknown {
  if (type === 'bytes') return () => (normalizes ? '' : null);
  return () => codecOf(type).zero();
}

function listDecoder(type: string, keepsEmpty: boolean): Decoder {
  let decode: Decoder | undefined;
  const zero = elementZero(type);
  return (value) => {
    if (!Array.isArray(value)) throw mismatch;
    decode ??= codecOf(type, keepsEmpty).decode;
    let list: unknown[] | undefined = normalizes ? undefined : new Array(value.length);
    for (let i = 0; i < value.length; i++) {
      const element: unknown = value[i];
      const decoded = element === null ? zero() : decode(element);
      if (list === undefined && decoded !== element) list = value.slice();
      if (list !== undefined) list[i] = decoded;
    }
    return list ?? value;
  };
}

function isSorted(keys: string[]): boolean {
  for (let i = 1; i < keys.length; i++) if (keys[i]! < keys[i - 1]!) return false;
  return true;
}

function mapDecoder(type: string, keepsEmpty: boolean): Decoder {
  let decode: Decoder | undefined;
  const zero = elementZero(type);
  return (value) => {
    if (typeof value !== 'object' || Array.isArray(value)) throw mismatch;
    decode ??= codecOf(type, keepsEmpty).decode;
    const input = value as Record<string, unknown>;
    const keys = Object.keys(input);
    const sorted = isSorted(keys);
    if (!sorted) keys.sort();
    let map: Record<string, unknown> | undefined = normalizes && sorted ? undefined : {};
    for (const key of keys) {
      const element = input[key];
      const decoded = element === null ? zero() : decode(element);
      if (map === undefined && decoded !== element) map = membersBefore(input, key);
      if (map !== undefined) setJsonMember(map, key, decoded);
    }
    return map ?? input;
  };
}

/** The three JSONSchemaPropsOr... types. Upstream: apiextensions-apiserver/pkg/apis/apiextensions/v1/marshal.go. */
function unionDecoder(ref: string): Decoder {
  const fields = typeFact(ref).fields;
  const schema = fields.find((field) => field.pointer)!.type;
  const list = fields.find((field) => field.list);
  const decodeList = list && listDecoder(list.type, false);
  return (value) => {
    if (decodeList === undefined) {
      if (typeof value === 'boolean') return value;
      if (typeof value !== 'object' || Array.isArray(value)) throw mismatch;
      return codecOf(schema).decode(value);
    }
    // Anything else is silently nothing.
    if (typeof value !== 'object') return null;
    if (!Array.isArray(value)) return codecOf(schema).decode(value);
    return value.length === 0 ? null : decodeList(value);
  };
}

function isEmptyList(value: unknown): boolean {
  return (value as unknown[]).length === 0;
}

function isEmptyMap(value: unknown): boolean {
  for (const _ in value as object) return false;
  return true;
}

/** Leaves out what is empty: always, or, of a field that keeps it for the rules, when it is to be stored. */
function omission(isEmpty: (value: unknown) => boolean, fact: FieldFact, keepsEmpty: boolean) {
  if (!fact.omitempty) return undefined;
  if (!keepsEmpty) return isEmpty;
  return (value: unknown) => normalizes && isEmpty(value);
}

function planField({ fact }: StructField, keepsEmptyInside: boolean): FieldPlan {
  // as the name of a member, V8 compares it by address
  const name = Object.keys({ [fact.json]: 0 })[0]!;
  const nullOr = fact.omitempty ? undefined : () => null;
  const inside = keepsEmptyInside || fact.keepsEmpty === 'inside';
  const keepsEmpty = inside || fact.keepsEmpty === true;
  if (fact.list || (isReference(fact.type) && typeFact(fact.type).wrap && !fact.map)) {
    const decode = fact.list ? listDecoder(fact.type, inside) : lazyDecoder(fact.type, inside);
    const omits = omission(isEmptyList, fact, keepsEmpty);
    return { name, decode, absent: nullOr, omits, isEmpty: isEmptyList };
  }
  if (fact.map) {
    const omits = omission(isEmptyMap, fact, keepsEmpty);
    return { name, decode: mapDecoder(fact.type, inside), absent: nullOr, omits, isEmpty: isEmptyMap };
  }
  if (fact.pointer) return { name, decode: lazyDecoder(fact.type, inside), absent: nullOr, omits: undefined };
  if (isReference(fact.type))
    return { name, decode: lazyDecoder(fact.type, inside), absent: elementZero(fact.type), omits: undefined };
  const codec = scalarCodecs[fact.type]!;
  if (fact.omitzero)
    return { name, decode: codec.decode, absent: undefined, omits: (value) => value === null };
  // Go never leaves out a struct that is not a pointer; the special types are structs.
  const scalar = !/^[A-Z]/.test(fact.type);
  const omitted = scalar && fact.omitempty;
  const isEmpty = fact.type === 'bytes' ? omission(codec.isEmpty, fact, keepsEmpty) : codec.isEmpty;
  return {
    name,
    decode: codec.decode,
    absent: omitted ? undefined : codec.zero,
    omits: omitted ? isEmpty : undefined,
  };
}

function lazyDecoder(type: string, keepsEmpty: boolean): Decoder {
  if (!isReference(type)) return scalarCodecs[type]!.decode;
  let decode: Decoder | undefined;
  return (value) => {
    decode ??= codecOf(type, keepsEmpty).decode;
    return decode(value);
  };
}

/** A member in the form in which it is stored; undefined: it is left out. */
function normalOf(plan: FieldPlan, member: unknown): unknown {
  if (member === undefined || member === null) return plan.absent?.();
  const decoded = plan.decode(member);
  if (plan.omits?.(decoded)) return undefined;
  return plan.isEmpty?.(decoded) ? null : decoded;
}

function compileStruct(fields: readonly StructField[], keepsEmpty: boolean): TypeCodec {
  const plans = fields.map((field) => planField(field, keepsEmpty));
  const names = plans.map((plan) => plan.name);
  const alwaysThere = plans.filter((plan) => plan.absent !== undefined);
  /** A member of the input into the output, by its plan. */
  function put(output: Record<string, unknown>, plan: FieldPlan, member: unknown): void {
    if (normalizes) {
      const normal = normalOf(plan, member);
      if (normal !== undefined) output[plan.name] = normal;
    } else if (member !== undefined && member !== null) {
      const decoded = plan.decode(member);
      if (!plan.omits?.(decoded)) output[plan.name] = decoded;
      else if (plan.isEmpty) noteSentEmpty(output, plan.name, decoded);
    } else if (plan.absent !== undefined) output[plan.name] = plan.absent();
  }
  /** Members that `ready` has, too, the very same ones, have their form. */
  function decodeInAnyOrder(input: Members, ready?: Members): unknown {
    const output: Record<string, unknown> = {};
    let known = 0;
    for (const plan of plans) {
      const member = input[plan.name];
      if (member !== undefined) known++;
      if (ready && member !== undefined && member !== null && member === ready[plan.name])
        output[plan.name] = member;
      else put(output, plan, member);
    }
    for (const _ in input) known--;
    if (known !== 0) sawUnknown = true;
    return output;
  }
  /** Whether the members are known ones in Go's order. Most objects are like that, and have few of the members they could have. */
  function isInOrder(input: object): boolean {
    let next = 0;
    for (const name in input) {
      while (next < names.length && names[next] !== name) next++;
      if (next++ === names.length) return false;
    }
    return true;
  }
  function decode(value: unknown): unknown {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw mismatch;
    const input = value as Record<string, unknown>;
    if (!isInOrder(input)) return decodeInAnyOrder(input);
    // what it was sent with is not stored
    const shares = normalizes && !hasSentEmpty(input);
    let output: Record<string, unknown> | undefined = shares ? undefined : {};
    let next = 0;
    for (const name in input) {
      const member = input[name];
      let plan = plans[next++]!;
      while (plan.name !== name) {
        if (plan.absent !== undefined) {
          output ??= membersBefore(input, name);
          output[plan.name] = plan.absent();
        }
        plan = plans[next++]!;
      }
      if (output !== undefined) put(output, plan, member);
      else {
        const normal = normalOf(plan, member);
        if (normal === member && normal !== undefined) continue;
        output = membersBefore(input, name);
        if (normal !== undefined) output[name] = normal;
      }
    }
    for (; next < plans.length; next++) {
      const plan = plans[next]!;
      if (plan.absent === undefined) continue;
      output ??= membersBefore(input);
      output[plan.name] = plan.absent();
    }
    return output ?? input;
  }
  function decodeBeside(value: unknown, known: Members): unknown {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw mismatch;
    return decodeInAnyOrder(value as Members, known);
  }
  function zero(): unknown {
    const output: Record<string, unknown> = {};
    for (const plan of alwaysThere) output[plan.name] = plan.absent!();
    return output;
  }
  return { decode, decodeBeside, zero };
}

/** What the compiled decoder of a type makes of a value; undefined when the value does not fit. */
function tryDecode(ref: string, value: unknown, known: object | undefined): unknown {
  try {
    const codec = codecOf(ref);
    return known && codec.decodeBeside ? codec.decodeBeside(value, known as Members) : codec.decode(value);
  } catch (error) {
    if (error === mismatch || error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * The canonical form of `value` as the type `ref` (`core/v1.Pod`), a new object; raw parts (RawExtension, FieldsV1, JSON)
 * are shared with the input. Throws DecodeError with Go's text. With a sink, unknown fields are reported to it, and
 * duplicate ones where `source` has them: the document's text, as parseJson gives it. Members of `value` that are the very same
 * in `known`, an object of the type, are taken over from there.
 */
export function decodeTyped(
  ref: string,
  value: Json,
  sink?: StrictSink,
  source?: DecodeSource,
  known?: object,
): KubeObject {
  if (sink !== undefined) for (const message of source?.strictErrors ?? []) sink.add(message);
  sawUnknown = false;
  const decoded = value === null ? codecOf(ref).zero() : tryDecode(ref, value, known);
  const complains = sink !== undefined && (sawUnknown || source?.duplicates === true);
  if (decoded === undefined || complains || source?.unusualNumbers === true) {
    const messages = explain(ref, value, source);
    if (decoded === undefined)
      throw new Error(`decoder of ${ref} refused a value that explain.ts takes: ${writeJson(value)}`);
    if (sink !== undefined) for (const message of messages) sink.add(message);
  }
  return decoded as KubeObject;
}

/**
 * The form of an object in which it is stored and read back: canonical, and with null for what is empty and always printed,
 * because protobuf, in which upstream stores, cannot tell the two apart. Parts that have this form already are shared with
 * `object`; those that are the very same in `stored`, an object that has it, are known to have it. Faults are programmer's
 * mistakes.
 */
export function normalize<T>(ref: string, object: T, stored?: object): T {
  normalizes = true;
  try {
    return decodeTyped(ref, object as Json, undefined, undefined, stored) as T;
  } finally {
    normalizes = false;
  }
}

/** The JSON of a type's zero value, a new one at every call. */
export function zeroValue(ref: string): unknown {
  return codecOf(ref).zero();
}
