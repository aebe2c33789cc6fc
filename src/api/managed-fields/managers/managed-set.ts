// What one manager owns, in the version in which it said so. The set stays FieldsV1 JSON until somebody needs its parts:
// most writes touch few fields, and most managers' entries go from the old object to the new one as they are.
import { isJsonObject } from '../../json-object.ts';
import type { Json, JsonObject } from '../../object.ts';
import type { FieldSet } from '../paths/field-set.ts';
import { isEmpty } from '../paths/field-set.ts';
import { type ElementOrder, fieldsV1Of, isCanonical, parseFieldsV1 } from '../paths/fields-v1.ts';
import type { MapType, SchemaType } from '../schema/schema.ts';

function isLeafNode(fields: JsonObject): boolean {
  for (const _ in fields) return false;
  return true;
}

/** Whether FieldsV1 has a member in common with a set. */
function sharesMember(fields: JsonObject, set: FieldSet): boolean {
  for (const [element, below] of set.children!) {
    const child = fields[element];
    if (child === undefined || !isJsonObject(child)) continue;
    if (below.member && (child['.'] !== undefined || isLeafNode(child))) return true;
    if (below.children !== undefined && sharesMember(child, below)) return true;
  }
  return false;
}

/** Whether FieldsV1 goes below something that the schema has as one leaf. */
function goesBelowLeaf(fields: JsonObject, type: SchemaType): boolean {
  const { map, list, scalar } = type.atom;
  if (map !== undefined) return goesBelowMap(fields, map);
  if (scalar !== undefined || list === undefined) return false;
  if (!list.associative) return true;
  for (const element in fields) {
    const child = fields[element] as JsonObject;
    if (!isLeafNode(child) && goesBelowLeaf(child, list.elementType)) return true;
  }
  return false;
}

function goesBelowMap(fields: JsonObject, map: MapType): boolean {
  if (map.atomic) return true;
  // What holds nothing but anything has nothing to say.
  if (map.fields.size === 0 && map.elementType?.atom.scalar === 'untyped') return false;
  for (const element in fields) {
    const child = fields[element] as JsonObject;
    if (isLeafNode(child)) continue;
    const type = map.fields.get(element.slice(2))?.type ?? map.elementType;
    if (type !== undefined && goesBelowLeaf(child, type)) return true;
  }
  return false;
}

/** An immutable set with its version; applied sets are those of server-side apply. */
export class ManagedSet {
  readonly apiVersion: string;
  readonly applied: boolean;
  private parsed: FieldSet | undefined;
  private json: JsonObject | undefined;

  private constructor(
    apiVersion: string,
    applied: boolean,
    parsed: FieldSet | undefined,
    json: JsonObject | undefined,
  ) {
    this.apiVersion = apiVersion;
    this.applied = applied;
    this.parsed = parsed;
    this.json = json;
  }

  static of(set: FieldSet, apiVersion: string, applied: boolean): ManagedSet {
    return new ManagedSet(apiVersion, applied, set, undefined);
  }

  /** From an entry's fieldsV1. Throws Error when it cannot be read. */
  static decode(
    fields: Json | undefined,
    apiVersion: string,
    applied: boolean,
    order: ElementOrder,
  ): ManagedSet {
    if (isJsonObject(fields) && isCanonical(fields, order))
      return new ManagedSet(apiVersion, applied, undefined, fields);
    return ManagedSet.of(parseFieldsV1(fields), apiVersion, applied);
  }

  get set(): FieldSet {
    this.parsed ??= parseFieldsV1(this.json);
    return this.parsed;
  }

  /** As it stands in an entry; the order is that of `decode`. */
  encode(order: ElementOrder): JsonObject {
    this.json ??= fieldsV1Of(this.parsed!, order);
    return this.json;
  }

  // For questions that do not depend on order.
  private get fields(): JsonObject {
    return this.json ?? fieldsV1Of(this.parsed!);
  }

  get empty(): boolean {
    return this.parsed === undefined ? isLeafNode(this.json!) : isEmpty(this.parsed);
  }

  /** Whether a member of `set` is a member of this one. */
  touches(set: FieldSet): boolean {
    if (set.children === undefined) return false;
    return sharesMember(this.fields, set);
  }

  /** Whether the schema may have become coarser than this set; false is certain. */
  mayNeedReconciling(type: SchemaType): boolean {
    const { fields } = this;
    return !isLeafNode(fields) && goesBelowLeaf(fields, type);
  }

  /** The same manager with another set. */
  with(set: FieldSet): ManagedSet {
    return set === this.parsed ? this : ManagedSet.of(set, this.apiVersion, this.applied);
  }
}
