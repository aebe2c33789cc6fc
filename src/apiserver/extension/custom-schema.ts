// The schema of one version of a custom resource, as the engine asks for it.
import type { CustomResourceDefinition } from '#types/apiextensions.k8s.io_v1';
import { sortedCopy } from '../../api/json-object.ts';
import { customResourceType } from '../../api/managed-fields/schema/open-api-schema.ts';
import type { SchemaType } from '../../api/managed-fields/schema/schema.ts';
import { apiVersionOf, type Json, type JsonObject, type KubeObject } from '../../api/object.ts';
import type { CustomKind } from '../../kinds/custom/custom-kind.ts';
import { readCustomObject } from '../../kinds/custom/read-object.ts';
import type { ObjectSchema } from '../../kinds/object-schema.ts';

/** The schema of a compiled version. */
export function customSchema(
  { spec }: CustomResourceDefinition,
  { schema, version }: CustomKind,
): ObjectSchema {
  const apiVersion = apiVersionOf(spec.group, version.name);
  let mergeType: SchemaType | undefined;
  return {
    typeRef: undefined,
    decode: (value, sink, source) => readCustomObject(schema, sortedCopy(value), { sink, source }),
    decodeMerged: (value) => readCustomObject(schema, sortedCopy(value), { merged: true }),
    printed: (object) => object,
    normalize: (object) => sortedCopy(object as unknown as Json) as unknown as KubeObject,
    mergeType() {
      mergeType ??= customResourceType(version.schema?.openAPIV3Schema as unknown as JsonObject | undefined, {
        preserveUnknownFields: spec.preserveUnknownFields,
      });
      return mergeType;
    },
    empty: () => ({ apiVersion, kind: spec.names.kind, metadata: {} }),
  };
}
