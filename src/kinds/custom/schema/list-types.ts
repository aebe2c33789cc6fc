// Lists that are sets, and lists that are maps: no element or key twice.
// Upstream: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype/validation.go.
import type { FieldError } from '../../../api/field-error.ts';
import { isJsonObject } from '../../../api/json-object.ts';
import { FieldErrors } from '../../validation/field-errors.ts';
import { shown, sortedJson } from './print-value.ts';
import type { SchemaNode } from './schema-node.ts';

const missing = Symbol('missing');

/** Where a value stands for the second time; a third time is not told of. */
function repeats(values: readonly unknown[]): number[] {
  const times = new Map<unknown, number>();
  const found: number[] = [];
  values.forEach((value, i) => {
    const key = typeof value === 'object' && value !== null ? `json ${sortedJson(value)}` : value;
    // Texts are told from JSON by the type of their key.
    const own =
      typeof key === 'string' && key !== value ? key : typeof value === 'string' ? `text ${value}` : key;
    const seen = times.get(own) ?? 0;
    times.set(own, seen + 1);
    if (seen === 1) found.push(i);
  });
  return found;
}

function keyOf(item: unknown, keys: readonly string[]): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  if (isJsonObject(item)) for (const key of keys) if (Object.hasOwn(item, key)) found[key] = item[key];
  return found;
}

function memberOf(item: unknown, name: string): unknown {
  return isJsonObject(item) && Object.hasOwn(item, name) ? item[name] : missing;
}

/** Equal for equal keys. */
function keyText(item: unknown, keys: readonly string[]): string {
  return keys
    .map((key) => memberOf(item, key))
    .map((value) => (value === missing ? '' : sortedJson(value)))
    .join(',');
}

function validateMap(errors: FieldErrors, list: readonly unknown[], node: SchemaNode, path: string): void {
  const wrong = list.findIndex((item) => item !== null && !isJsonObject(item));
  if (wrong >= 0)
    errors.invalid(
      `${path}[${wrong}]`,
      shown(list[wrong]),
      'must be an object for an array of list-type map',
    );
  if (wrong >= 0 || list.length <= 1) return;
  const only = node.listMapKeys.length === 1 ? node.listMapKeys[0]! : undefined;
  const compared = list.map((item) =>
    only === undefined ? keyText(item, node.listMapKeys) : memberOf(item, only),
  );
  for (const i of repeats(compared))
    errors.duplicate(`${path}[${i}]`, shown(keyOf(list[i], node.listMapKeys)));
}

function collect(errors: FieldErrors, value: unknown, node: SchemaNode, path: string): void {
  if (typeof value !== 'object' || value === null || !node.holds.uniqueLists) return;
  if (Array.isArray(value)) {
    if (node.listType === 'set')
      for (const i of repeats(value)) errors.duplicate(`${path}[${i}]`, shown(value[i]));
    if (node.listType === 'map') validateMap(errors, value, node, path);
    const { items } = node;
    if (items?.holds.uniqueLists)
      value.forEach((item, i) => {
        collect(errors, item, items, `${path}[${i}]`);
      });
    return;
  }
  const object = value as Record<string, unknown>;
  const others = node.additional?.schema;
  for (const name in object) {
    if (typeof object[name] !== 'object') continue;
    // A declared property that stands beside a schema for all others is held to both.
    if (others?.holds.uniqueLists) collect(errors, object[name], others, `${path}[${name}]`);
    const property = node.properties.get(name);
    if (property?.holds.uniqueLists)
      collect(errors, object[name], property, path === '' ? name : `${path}.${name}`);
  }
}

/** The duplicates in sets and maps of an object. */
export function validateListTypes(object: object, node: SchemaNode): FieldError[] {
  const errors = new FieldErrors();
  collect(errors, object, node, '');
  return errors.list;
}
