// Which part of an old object a part of a new one corresponds to, and whether the two are the same.
// Upstream: CorrelatedObject of k8s.io/apiserver/pkg/cel/common/equality.go, and ratchetingOptions of
// k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go.

import { isDeepStrictEqual } from 'node:util';
import type { JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import { writeJson } from '../../../api/long-integers.ts';

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The items of a list by the values of their keys. */
export function itemsByKey(schema: JSONSchemaProps, items: readonly unknown[]): Map<string, unknown> {
  return new Map(items.map((item) => [itemKey(schema, item), item]));
}

/** The text under which `itemsByKey` has an item. Keys that are missing have their default. */
export function itemKey(schema: JSONSchemaProps, item: unknown): string {
  const names = schema['x-kubernetes-list-map-keys'] ?? [];
  const items = Array.isArray(schema.items) ? undefined : schema.items;
  const values = isObject(item) ? item : {};
  return writeJson(names.map((name) => values[name] ?? items?.properties?.[name]?.default ?? null));
}

/** A value and the old value that it is compared with. */
export class Correlation {
  private readonly value: unknown;
  private readonly oldValue: unknown;
  private readonly schema: JSONSchemaProps;
  private isSame: boolean | undefined;
  private oldItems: Map<string, unknown> | undefined;

  constructor(value: unknown, oldValue: unknown, schema: JSONSchemaProps) {
    this.value = value;
    this.oldValue = oldValue;
    this.schema = schema;
  }

  /** Whether nothing has changed. What the schema does not describe counts as changed. */
  get isUnchanged(): boolean {
    this.isSame ??= this.compare();
    return this.isSame;
  }

  private compare(): boolean {
    const { value, oldValue } = this;
    if (Array.isArray(value)) return Array.isArray(oldValue) && this.sameItems(value, oldValue);
    if (!isObject(value)) return value === oldValue;
    if (!isObject(oldValue)) return false;
    const names = Object.keys(value);
    return (
      names.length === Object.keys(oldValue).length &&
      names.every((name) => this.key(name)?.isUnchanged === true)
    );
  }

  private sameItems(items: readonly unknown[], oldItems: readonly unknown[]): boolean {
    if (items.length !== oldItems.length) return false;
    if (this.schema['x-kubernetes-list-type'] !== 'map') return isDeepStrictEqual(items, oldItems);
    return items.every((_item, at) => this.index(at)?.isUnchanged === true);
  }

  /** The correlation of a property or an entry, undefined when there is no old one. */
  key(name: string): Correlation | undefined {
    const { value, oldValue, schema } = this;
    if (!isObject(value) || !isObject(oldValue) || schema['x-kubernetes-map-type'] === 'atomic')
      return undefined;
    if (!Object.hasOwn(value, name) || !Object.hasOwn(oldValue, name)) return undefined;
    const { additionalProperties } = schema;
    const property =
      schema.properties !== undefined && Object.hasOwn(schema.properties, name)
        ? schema.properties[name]
        : typeof additionalProperties === 'object'
          ? additionalProperties
          : undefined;
    return property && new Correlation(value[name], oldValue[name], property);
  }

  /** The correlation of an item, undefined when the list's type does not tell it. */
  index(at: number): Correlation | undefined {
    const { value, oldValue, schema } = this;
    const { items } = schema;
    if (!Array.isArray(value) || !Array.isArray(oldValue) || !items || Array.isArray(items)) return undefined;
    if (schema['x-kubernetes-list-type'] !== 'map') return undefined;
    this.oldItems ??= itemsByKey(schema, oldValue);
    const found = this.oldItems.get(itemKey(schema, value[at]));
    return found === undefined ? undefined : new Correlation(value[at], found, items);
  }
}

/** Where a walk is: what the node corresponds to, and the nearest node above that corresponds to something. */
export interface Ratchet {
  readonly current: Correlation | undefined;
  readonly parent: Correlation | undefined;
}

/** Whether errors of the node are forgiven, because it or what it stands in has not changed. */
export function isForgiven({ current, parent }: Ratchet): boolean {
  return (current ?? parent)?.isUnchanged ?? false;
}

/** One step down, to a property or an entry. */
export function ratchetKey(ratchet: Ratchet, name: string): Ratchet {
  const { current, parent } = ratchet;
  if (current === undefined) return ratchet;
  // Conversion may have changed these two at the root unseen.
  if (parent === undefined && (name === 'apiVersion' || name === 'kind'))
    return { current: undefined, parent: undefined };
  return { current: current.key(name), parent: current };
}

/** One step down, to an item. */
export function ratchetIndex(ratchet: Ratchet, at: number): Ratchet {
  const { current } = ratchet;
  return current === undefined ? ratchet : { current: current.index(at), parent: current };
}
