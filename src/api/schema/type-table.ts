// The fact tables of the built-in types (openapi/types/*.json), read one group version at a time when first needed.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GroupVersionKind, Json } from '../object.ts';

/** A field as the tables describe it; what is absent is false. See openapi/README.md. */
export interface FieldFact {
  json: string;
  proto?: number;
  protoType?: 'varint' | 'bytes' | 'fixed64';
  protoName?: string;
  /** A scalar, a special type such as `Quantity`, or a reference such as `core/v1.Container`. */
  type: string;
  list?: boolean;
  map?: boolean;
  pointer?: boolean;
  omitempty?: boolean;
  /** A list, map or bytes that rules tell apart from an absent one when it is sent empty; or everything inside the field is such. */
  keepsEmpty?: true | 'inside';
  omitzero?: boolean;
  /** The type's name in Go, where neither `type` nor the field's name says it. */
  goType?: string;
  inline?: boolean;
  optional?: boolean;
  required?: boolean;
  nullable?: boolean;
  listType?: 'atomic' | 'set' | 'map';
  listMapKeys?: string[];
  mapType?: 'atomic' | 'granular';
  structType?: 'atomic';
  patchStrategy?: string;
  patchMergeKey?: string;
  default?: Json;
  enum?: string;
  featureGates?: string[];
  deprecated?: boolean;
  markers?: string[];
}

/** A type as the tables describe it. */
export interface TypeFact {
  kind?: boolean;
  scope?: 'Namespaced' | 'Cluster';
  fields: FieldFact[];
  /** JSON is the bare list of the one field. */
  wrap?: boolean;
  /** JSON is the value of one of the fields, without a name. */
  jsonUnion?: boolean;
  noProto?: boolean;
  structType?: 'atomic';
  union?: boolean;
  lifecycle?: { introduced?: string; deprecated?: string; removed?: string; replacement?: unknown };
  markers?: string[];
}

/** An enum of openapi/enums.json. */
export interface EnumFact {
  closed?: boolean;
  values: Record<string, string>;
}

let root: string | undefined;

/** The directory of the package, found from this file: the code also runs bundled in dist/. */
export function packageRoot(): string {
  if (root !== undefined) return root;
  let directory = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const manifest = join(directory, 'package.json');
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'kubeskiff') {
      root = directory;
      return directory;
    }
    const parent = dirname(directory);
    if (parent === directory) throw new Error('package root of kubeskiff not found');
    directory = parent;
  }
}

const tables = new Map<string, Record<string, TypeFact>>();
const noTypes: Record<string, TypeFact> = {};
const folders = ['types'];

/** Types are found in a further folder of openapi/ too, from now on. */
export function addTypeFolder(folder: string): void {
  if (folders.includes(folder)) return;
  folders.push(folder);
  for (const [groupVersion, types] of tables) if (types === noTypes) tables.delete(groupVersion);
}

/** All types of `core/v1`, `apps/v1`, `meta/v1`, `runtime`; empty for a group version that is not built in. */
export function typesOf(groupVersion: string): Record<string, TypeFact> {
  let types = tables.get(groupVersion);
  if (types === undefined) {
    const name = `${groupVersion.replace('/', '_')}.json`;
    const file = folders
      .map((folder) => join(packageRoot(), 'openapi', folder, name))
      .find((path) => existsSync(path));
    types = file ? (JSON.parse(readFileSync(file, 'utf8')).types as typeof noTypes) : noTypes;
    tables.set(groupVersion, types);
  }
  return types;
}

/** Splits `core/v1.Pod` at its last dot. */
export function splitRef(ref: string): { groupVersion: string; name: string } {
  const at = ref.lastIndexOf('.');
  return { groupVersion: ref.slice(0, at), name: ref.slice(at + 1) };
}

/** The type, or undefined when the tables do not have it. */
export function findType(ref: string): TypeFact | undefined {
  const { groupVersion, name } = splitRef(ref);
  const types = typesOf(groupVersion);
  return Object.hasOwn(types, name) ? types[name] : undefined;
}

/** The type; a reference that the tables do not have is a programmer's mistake. */
export function typeFact(ref: string): TypeFact {
  const type = findType(ref);
  if (type === undefined) throw new Error(`no type ${ref} in openapi/types`);
  return type;
}

/** The reference of a built-in kind (`apps/v1.Deployment`); kinds of apimachinery are known in every group version. */
export function refOfKind({ group, version, kind }: GroupVersionKind): string | undefined {
  const folder = group === 'meta.k8s.io' ? 'meta' : group || 'core';
  const own = `${folder}/${version}.${kind}`;
  if (findType(own)?.kind) return own;
  const meta = `meta/v1.${kind}`;
  return findType(meta)?.kind ? meta : undefined;
}

/** Whether a field's type names another type of the tables (and is no scalar or special type). */
export function isReference(type: string): boolean {
  return type.includes('.');
}

let enums: Record<string, EnumFact> | undefined;

/** An enum by its name, e.g. `core/v1.RestartPolicy`. */
export function enumFact(name: string): EnumFact | undefined {
  enums ??= JSON.parse(readFileSync(join(packageRoot(), 'openapi', 'enums.json'), 'utf8')) as Record<
    string,
    EnumFact
  >;
  return Object.hasOwn(enums, name) ? enums[name] : undefined;
}
