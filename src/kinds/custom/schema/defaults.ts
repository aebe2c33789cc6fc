// Fills in the defaults of a structural schema.
// Upstream: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting/{algorithm,prune}.go.
import { setJsonMember } from '../../../api/json-object.ts';
import { coerceWithin } from './object-meta.ts';
import { pruneWithin } from './prune.ts';
import type { SchemaNode } from './schema-node.ts';

type Data = Record<string, unknown>;

/** A copy that shares nothing: what follows may change it. */
export function copyData(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyData);
  if (typeof value !== 'object' || value === null) return value;
  const object: Data = {};
  for (const name of Object.keys(value)) setJsonMember(object, name, copyData((value as Data)[name]));
  return object;
}

/** Whether a null stands where it may not, and the default takes its place. */
function isWrongNull(value: unknown, node: SchemaNode | undefined): node is SchemaNode {
  return value === null && node !== undefined && !node.nullable;
}

/** Fills in defaults below a value, in place. A null that its schema does not allow counts as missing. */
export function applyDefaults(value: unknown, node: SchemaNode | undefined): void {
  if (typeof value !== 'object' || value === null || !node?.holds.defaults) return;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      if (isWrongNull(value[i], node.items)) value[i] = copyData(node.items.default ?? null);
      applyDefaults(value[i], node.items);
    }
    return;
  }
  const object = value as Data;
  for (const [name, property] of node.defaulted)
    if (!Object.hasOwn(object, name) || isWrongNull(object[name], property))
      setJsonMember(object, name, copyData(property.default));
  const others = node.additional?.schema;
  for (const name in object) {
    const property = node.properties.get(name);
    if (property !== undefined) applyDefaults(object[name], property);
    else if (others !== undefined) {
      if (isWrongNull(object[name], others)) object[name] = copyData(others.default ?? null);
      applyDefaults(object[name], others);
    }
  }
}

function parts(node: SchemaNode): SchemaNode[] {
  const found = [...node.properties.values()];
  if (node.additional?.schema) found.push(node.additional.schema);
  if (node.items) found.push(node.items);
  return found;
}

/** Takes out of the defaults themselves what the schema does not name; called once, when a schema is compiled. */
export function pruneDefaults(node: SchemaNode): void {
  if (typeof node.default === 'object' && node.default !== null) {
    node.default = copyData(node.default);
    coerceWithin(node.default, node);
    pruneWithin(node.default, node);
  }
  for (const part of parts(node)) pruneDefaults(part);
}
