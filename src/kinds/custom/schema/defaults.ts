// Fills in the defaults of a structural schema.
// Upstream: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting/{algorithm,prune}.go.
import { copyJson, setJsonMember } from '../../../api/json-object.ts';
import { coerceWithin } from './object-meta.ts';
import { prune } from './prune.ts';
import type { SchemaNode } from './schema-node.ts';

type Data = Record<string, unknown>;

/** Whether a null stands where it may not, and the default takes its place. */
function isWrongNull(value: unknown, node: SchemaNode | undefined): node is SchemaNode {
  return value === null && node !== undefined && !node.nullable;
}

/** Fills in defaults below a value, in place. A null that its schema does not allow counts as missing. */
export function applyDefaults(value: unknown, node: SchemaNode | undefined): void {
  if (typeof value !== 'object' || value === null || !node?.holds.defaults) return;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      if (isWrongNull(value[i], node.items)) value[i] = copyJson(node.items.default ?? null);
      applyDefaults(value[i], node.items);
    }
    return;
  }
  const object = value as Data;
  for (const [name, property] of node.defaulted)
    if (
      property.default !== undefined &&
      (!Object.hasOwn(object, name) || isWrongNull(object[name], property))
    )
      setJsonMember(object, name, copyJson(property.default));
  const others = node.additional?.schema;
  for (const name in object) {
    const property = node.properties.get(name);
    if (property !== undefined) applyDefaults(object[name], property);
    else if (others !== undefined) {
      if (isWrongNull(object[name], others)) object[name] = copyJson(others.default ?? null);
      applyDefaults(object[name], others);
    }
  }
}

/** Where a schema stands: names of members, and 0 for the item of a list. */
type Steps = readonly (string | 0)[];

function surround(value: unknown, steps: Steps): unknown {
  return steps.reduceRight<unknown>((inner, step) => {
    if (step === 0) return [inner];
    const object: Data = {};
    setJsonMember(object, step, inner);
    return object;
  }, value);
}

function find(object: unknown, steps: Steps): unknown {
  let found = object;
  for (const step of steps) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Data)[step];
  }
  return found;
}

function pruneDefaultsBelow(node: SchemaNode, root: SchemaNode, steps: Steps): void {
  if (node.default !== undefined) {
    const object = surround(copyJson(node.default), steps);
    coerceWithin(object, root);
    if (typeof object === 'object' && object !== null) prune(object, root);
    node.default = find(object, steps) ?? undefined;
  }
  const { additional, items } = node;
  if (additional?.schema) pruneDefaultsBelow(additional.schema, root, [...steps, '*']);
  if (items) pruneDefaultsBelow(items, root, [...steps, 0]);
  for (const [name, property] of node.properties) pruneDefaultsBelow(property, root, [...steps, name]);
}

/**
 * Takes out of the defaults of a custom resource's schema what it does not name, and what metadata does not know; called
 * once, when a schema is compiled.
 */
export function pruneDefaults(node: SchemaNode): void {
  const root = { ...node, embedded: true, holds: { ...node.holds, embedded: true } };
  pruneDefaultsBelow(node, root, []);
}
