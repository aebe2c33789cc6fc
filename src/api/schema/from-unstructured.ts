// What Go says of a merged object that does not fit its type where no JSON text is read any more: strategic merge patches.
// Upstream: k8s.io/apimachinery/pkg/runtime/converter.go.
import { sortedCopy } from '../json-object.ts';
import type { Json } from '../object.ts';
import { base64Problem } from './base64-problem.ts';
import { DecodeError, explainSpecial } from './explain.ts';
import { elementGoType } from './go-type-name.ts';
import { structFields } from './struct-fields.ts';
import { type FieldFact, isReference, typeFact } from './type-table.ts';

const isRaw = new Set(['RawExtension', 'JSON']);
const scalars = new Set(['string', 'bool', 'int32', 'int64', 'float64']);

/** The kind of a value as reflect names it. */
function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'slice';
  if (typeof value === 'bigint') return 'int64';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'map';
}

function isMap(value: unknown): value is Record<string, unknown> {
  return kindOf(value) === 'map';
}

/** A scalar in its field. An integer that is too large loses its upper bits, as in Go's conversion. */
function scalar(value: unknown, type: string, goType: string): unknown {
  const found = kindOf(value);
  if (type === 'float64' && typeof value === 'bigint') return Number(value);
  if (found === type || (type === 'float64' && found === 'int64')) return value;
  if (found === 'int64' && type === 'int32')
    return Number(BigInt.asIntN(32, BigInt(value as number | bigint)));
  // what reflect could convert, and JSON can't
  const convertible = found === 'float64' ? type.startsWith('int') : found === 'int64' && type === 'string';
  throw new DecodeError(convertible ? `cannot convert ${found} to ${goType}` : `unrecognized type: ${type}`);
}

/** One of a list of numbers, which are bytes too. */
function byte(value: unknown): number {
  if (value === null) return 0;
  const found = kindOf(value);
  if (found === 'int64') return Number(BigInt.asUintN(8, BigInt(value as number | bigint)));
  throw new DecodeError(found === 'float64' ? 'cannot convert float64 to uint8' : 'unrecognized type: uint8');
}

function bytes(value: unknown): unknown {
  if (Array.isArray(value)) return Buffer.from(value.map(byte)).toString('base64');
  if (typeof value !== 'string') throw new DecodeError(`cannot restore slice from ${kindOf(value)}`);
  const problem = base64Problem(value);
  if (problem !== undefined) throw new DecodeError(`error decoding from json: ${problem}`);
  return value;
}

function list(value: unknown, type: string, goType: string): unknown {
  if (!Array.isArray(value)) throw new DecodeError(`cannot restore slice from ${kindOf(value)}`);
  return value.map((item) => element(item, type, goType));
}

function map(value: unknown, type: string, goType: string): unknown {
  if (!isMap(value)) throw new DecodeError(`cannot restore map from ${kindOf(value)}`);
  const members = Object.entries(value);
  return Object.fromEntries(members.map(([key, member]) => [key, element(member, type, goType)]));
}

function element(value: unknown, type: string, goType: string): unknown {
  if (value === null || type === 'any') return value;
  if (isReference(type)) return reference(value, type);
  if (type === 'bytes') return bytes(value);
  if (scalars.has(type)) return scalar(value, type, goType);
  explainSpecial(value, type);
  // these read JSON that Go printed: members in order
  return isRaw.has(type) ? sortedCopy(value as Json) : value;
}

function reference(value: unknown, ref: string): unknown {
  const { wrap, jsonUnion, fields } = typeFact(ref);
  if (wrap) return list(value, fields[0]!.type, elementGoType(fields[0]!));
  if (jsonUnion) {
    explainSpecial(value, ref);
    return value;
  }
  if (!isMap(value)) throw new DecodeError(`cannot restore struct from: ${kindOf(value)}`);
  const restored: Record<string, unknown> = { ...value };
  for (const { fact } of structFields(ref)) {
    const member = value[fact.json];
    if (member !== undefined && member !== null) restored[fact.json] = field(member, fact);
  }
  return restored;
}

function field(value: unknown, fact: FieldFact): unknown {
  const goType = elementGoType(fact);
  if (fact.list) return list(value, fact.type, goType);
  return (fact.map ? map : element)(value, fact.type, goType);
}

const rawHolders = new Map<string, boolean>();

/** Whether objects of a type have parts without a type. */
export function holdsRaw(ref: string | undefined): boolean {
  if (ref === undefined) return false;
  let holds = rawHolders.get(ref);
  if (holds === undefined) {
    const seen = new Set([ref]);
    for (const type of seen)
      for (const { fact } of structFields(type)) if (isReference(fact.type)) seen.add(fact.type);
    holds = [...seen].some((type) => structFields(type).some(({ fact }) => isRaw.has(fact.type)));
    rawHolders.set(ref, holds);
  }
  return holds;
}

/** `value` as an object of the type `ref`, with numbers cut to their fields. Throws DecodeError with Go's text. */
export function fromUnstructured<T>(ref: string, value: T): T {
  return reference(value, ref) as T;
}
