// Drops what a structural schema does not name.
// Upstream: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/{pruning/algorithm,defaulting/prunenulls}.go.
import { memberNode, type SchemaNode } from './schema-node.ts';

type Data = Record<string, unknown>;

/** Takes the path of each dropped field; absent where nobody asks. */
type Unknown = string[] | undefined;

/** What every object has, whether its schema names it or not. */
export function isMetaField(name: string): boolean {
  return name === 'apiVersion' || name === 'kind' || name === 'metadata';
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function pruneMembers(object: Data, node: SchemaNode, path: string, unknown: Unknown, root: boolean): void {
  const keepsMeta = node.embedded || root;
  for (const name in object) {
    if (keepsMeta && isMetaField(name)) continue;
    const property = node.properties.get(name);
    if (property !== undefined || node.additional !== undefined) {
      const member = object[name];
      if (typeof member === 'object' && member !== null)
        pruneValue(member, property ?? node.additional?.schema, unknown && join(path, name), unknown);
    } else if (!node.preserves) {
      if (unknown !== undefined && (path !== '' || !isMetaField(name))) unknown.push(join(path, name));
      delete object[name];
    }
  }
}

/** Of a list whose schema keeps unknown fields only what the items' own schema says is pruned. */
function skipValue(
  value: unknown,
  node: SchemaNode | undefined,
  path: string | undefined,
  unknown: Unknown,
): void {
  if (node === undefined || typeof value !== 'object' || value === null) return;
  if (Array.isArray(value))
    value.forEach((item, i) => {
      skipValue(item, node.items, unknown && `${path}[${i}]`, unknown);
    });
  else skipMembers(value as Data, node, path, unknown, false);
}

function skipMembers(
  object: Data,
  node: SchemaNode,
  path: string | undefined,
  unknown: Unknown,
  root: boolean,
): void {
  const keepsMeta = node.embedded || root;
  for (const name in object) {
    if (keepsMeta && isMetaField(name)) continue;
    const property = node.properties.get(name);
    if (property === undefined && node.additional === undefined) continue;
    pruneValue(object[name], property ?? node.additional?.schema, unknown && join(path ?? '', name), unknown);
  }
}

function pruneValue(
  value: unknown,
  node: SchemaNode | undefined,
  path: string | undefined,
  unknown: Unknown,
): void {
  if (typeof value !== 'object' || value === null) return;
  if (node?.preserves) {
    skipValue(value, node, path, unknown);
    return;
  }
  if (Array.isArray(value)) {
    value.forEach((item, i) => {
      if (typeof item === 'object') pruneValue(item, node?.items, unknown && `${path}[${i}]`, unknown);
    });
    return;
  }
  if (node !== undefined) {
    pruneMembers(value as Data, node, path ?? '', unknown, false);
    return;
  }
  for (const name of Object.keys(value)) {
    if (unknown !== undefined && (path !== '' || !isMetaField(name))) unknown.push(join(path ?? '', name));
    delete (value as Data)[name];
  }
}

/**
 * Drops what the schema does not name, in place. At the root, and where a schema says that a resource is embedded,
 * apiVersion, kind and metadata stay. Returns the paths of what was dropped, sorted, when asked.
 */
export function prune(object: object, node: SchemaNode, options: { report?: boolean } = {}): string[] {
  const unknown: Unknown = options.report ? [] : undefined;
  if (node.preserves) skipMembers(object as Data, node, '', unknown, true);
  else pruneMembers(object as Data, node, '', unknown, true);
  return unknown?.sort() ?? [];
}

/** Drops what the schema of one value within an object does not name, in place. */
export function pruneWithin(value: unknown, node: SchemaNode): void {
  pruneValue(value, node, undefined, undefined);
}

/** Drops members that are null where the schema allows no null and has no default to take its place. */
export function pruneNulls(value: unknown, node: SchemaNode | undefined): void {
  if (typeof value !== 'object' || value === null || node === undefined) return;
  if (Array.isArray(value)) {
    for (const item of value) pruneNulls(item, node.items);
    return;
  }
  const object = value as Data;
  for (const name in object) {
    const member = object[name];
    if (typeof member !== 'object') continue;
    const schema = memberNode(node, name);
    if (schema === undefined) continue;
    if (member !== null) pruneNulls(member, schema);
    else if (!schema.nullable && schema.default === undefined) delete object[name];
  }
}
