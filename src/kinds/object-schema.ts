// What the engine asks of a resource's schema, be it of the tables or of a CustomResourceDefinition.
import { builtInType } from '../api/managed-fields/schema/built-in-schema.ts';
import type { SchemaType } from '../api/managed-fields/schema/schema.ts';
import type { Json, KubeObject } from '../api/object.ts';
import { decodeTyped, normalize, type StrictSink, zeroValue } from '../api/schema/decode.ts';
import type { DecodeSource } from '../api/schema/explain.ts';
import { fromUnstructured } from '../api/schema/from-unstructured.ts';
import { printed } from '../api/schema/printed.ts';

/** The schema of a kind in one version. */
export interface ObjectSchema {
  /** The type of the tables (`core/v1.Pod`), by which protobuf and strategic merge patches work; custom resources have none. */
  readonly typeRef: string | undefined;
  /**
   * A JSON value as an object: fields that the schema does not have are dropped and, like duplicates, told to `sink`; defaults
   * are not filled in. Members that are the very same in `known`, an object of the schema, may be taken over from there.
   * Throws DecodeError.
   */
  decode(value: Json, sink?: StrictSink, source?: DecodeSource, known?: object): KubeObject;
  /** What a merge by the schema made, as an object; custom resources keep their nulls, for validation to see. Throws DecodeError. */
  decodeMerged(value: Json): KubeObject;
  /** A decoded object as others see it: without empty lists that only rules may know of. Shares parts with it. */
  printed(object: KubeObject): KubeObject;
  /** The form in which an object is stored. Members that are the very same in `stored`, which has it, are known to have it. */
  normalize(object: KubeObject, stored?: KubeObject): KubeObject;
  /** By what structured merge goes. */
  mergeType(): SchemaType;
  /** What field management takes for the object before its creation. */
  empty(): KubeObject;
}

/** The schema of a type of the tables; `apiVersion` and `kind` are those of its objects. */
export function builtInSchema(typeRef: string, apiVersion: string, kind: string): ObjectSchema {
  return {
    typeRef,
    decode: (value, sink, source, known) => decodeTyped(typeRef, value, sink, source, known),
    decodeMerged: (value) => decodeTyped(typeRef, fromUnstructured(typeRef, value)),
    printed: (object) => printed(typeRef, object),
    normalize: (object, stored) => normalize(typeRef, object, stored),
    mergeType: () => builtInType(typeRef),
    empty: () => ({ ...(zeroValue(typeRef) as KubeObject), apiVersion, kind }),
  };
}
