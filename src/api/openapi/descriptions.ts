// Descriptions of types and fields, from openapi/generated/descriptions.json; read when first asked for.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { structFields } from '../schema/struct-fields.ts';
import { findType, isReference, packageRoot, splitRef } from '../schema/type-table.ts';

type Descriptions = Record<string, Record<string, Record<string, string>>>;

let descriptions: Descriptions | undefined;

function load(): Descriptions {
  const file = join(packageRoot(), 'openapi', 'generated', 'descriptions.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Descriptions) : {};
}

/** What is written about a type ('' when nothing is). */
export function typeDescription(ref: string): string {
  descriptions ??= load();
  if (ref === 'meta/v1.Patch')
    return 'Patch is provided to give a concrete name and type to the Kubernetes PATCH request body.';
  const { groupVersion, name } = splitRef(ref);
  return descriptions[groupVersion]?.[name]?.[''] ?? '';
}

// Of alpha types the source says nothing about fields that refer to another type. What these hold is the same everywhere.
const metadataText =
  "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";

/** What is written about a field; for one that only refers to another type, what is written about that. */
export function fieldDescription(ref: string, field: string): string {
  descriptions ??= load();
  const { groupVersion, name } = splitRef(ref);
  const own = descriptions[groupVersion]?.[name]?.[field];
  if (own !== undefined) return own;
  const found = findType(ref) && structFields(ref).find((candidate) => candidate.fact.json === field);
  const type = found?.fact.type ?? '';
  if (type === 'meta/v1.ObjectMeta' && field === 'metadata') return metadataText;
  return isReference(type) ? typeDescription(type) : '';
}

/** The description of a type (`core/v1.Pod`) or of a field (`meta/v1.ObjectMeta.name`); '' when there is none. */
export function describe(ref: string): string {
  if (findType(ref) !== undefined) return typeDescription(ref);
  const at = ref.lastIndexOf('.');
  return fieldDescription(ref.slice(0, at), ref.slice(at + 1));
}
