// What changed between two values of one type, as three sets of fields that have nothing in common.
// Upstream: structured-merge-diff/v6/typed/compare.go.
import { jsonEqual } from '../../json-object.ts';
import type { Json, JsonObject } from '../../object.ts';
import {
  emptySet,
  type FieldSet,
  insertPath,
  insertSet,
  leafSet,
  type MutableSet,
  newSet,
} from '../paths/field-set.ts';
import { displayPath } from '../paths/path-element.ts';
import type { Form, ListType, MapType, SchemaType } from '../schema/schema.ts';
import { memberType } from '../schema/schema.ts';
import { elementOfItem } from './list-elements.ts';
import { asList, asObject, hasNoMembers, ownMember } from './members.ts';
import { scalarFault } from './validate.ts';
import { type TypeFault, throwFaults } from './validation-error.ts';

/** The three sets of a comparison; all are empty when the values are the same. */
export interface Comparison {
  /** Fields that only the right side has. */
  readonly added: FieldSet;
  /** Fields that both have, with different values. */
  readonly modified: FieldSet;
  /** Fields that only the left side has. */
  readonly removed: FieldSet;
}

/** Items of a list by their elements; those of one element that is there several times are in `several`. */
interface ItemIndex {
  readonly one: Map<string, Json>;
  readonly several: Map<string, Json[]> | undefined;
}

class Comparer {
  added: MutableSet | undefined;
  modified: MutableSet | undefined;
  removed: MutableSet | undefined;
  readonly faults: TypeFault[] = [];
  private readonly path: string[] = [];

  private fault(message: string): void {
    this.faults.push({ path: displayPath(this.path), message });
  }

  private markModified(): void {
    this.modified ??= newSet();
    insertPath(this.modified, this.path);
  }

  private onlyRight(type: SchemaType, value: Json): void {
    this.added ??= newSet();
    insertSet(this.added, this.path, this.oneSided(type, value));
  }

  private onlyLeft(type: SchemaType, value: Json): void {
    this.removed ??= newSet();
    insertSet(this.removed, this.path, this.oneSided(type, value));
  }

  /** Both sides have the field. */
  both(type: SchemaType, left: Json, right: Json): void {
    if (left === right) return;
    const leftForm = type.formOf(left);
    const rightForm = type.formOf(right);
    if (leftForm !== rightForm) this.as(type, leftForm, left, right);
    this.as(type, rightForm, left, right);
  }

  private as(type: SchemaType, form: Form, left: Json, right: Json): void {
    switch (type.handled(form)) {
      case 'map':
        this.maps(type.atom.map!, left, right);
        break;
      case 'list':
        this.lists(type.atom.list!, left, right);
        break;
      case 'scalar': {
        const leftFault = scalarFault(type.atom.scalar!, left);
        const rightFault = scalarFault(type.atom.scalar!, right);
        if (leftFault !== undefined && rightFault !== undefined) {
          this.fault(`lhs: ${leftFault}`);
          this.fault(`rhs: ${rightFault}`);
        } else this.leaf(left, right);
        break;
      }
      default:
        this.fault(type.fault);
    }
  }

  private leaf(left: Json, right: Json): void {
    if (!jsonEqual(left, right)) this.markModified();
  }

  private maps(map: MapType, left: Json, right: Json): void {
    const l = asObject(left);
    const r = asObject(right);
    // Two empty ones are leaves, so that empty and null are told apart.
    if (map.atomic || (hasNoMembers(l) && hasNoMembers(r))) {
      this.leaf(left, right);
      return;
    }
    for (const name in l) {
      const value = l[name];
      if (value === undefined) continue;
      const other = r === undefined ? undefined : ownMember(r, name);
      if (value === other) continue;
      this.path.push(`f:${name}`);
      const type = memberType(map, name);
      if (other === undefined) this.onlyLeft(type, value);
      else this.both(type, value, other);
      this.path.pop();
    }
    for (const name in r) {
      const value = r[name];
      if (value === undefined || (l !== undefined && ownMember(l, name) !== undefined)) continue;
      this.path.push(`f:${name}`);
      this.onlyRight(memberType(map, name), value);
      this.path.pop();
    }
  }

  private lists(list: ListType, left: Json, right: Json): void {
    const l = asList(left) ?? [];
    const r = asList(right) ?? [];
    if (!list.associative || (l.length === 0 && r.length === 0)) {
      this.leaf(left, right);
      return;
    }
    const lefts = this.index(list, l);
    const rights = this.index(list, r);
    for (const [element, item] of lefts.one) {
      this.path.push(element);
      this.items(list.elementType, element, lefts, rights, item, rights.one.get(element));
      this.path.pop();
    }
    for (const [element, item] of rights.one) {
      if (lefts.one.has(element)) continue;
      this.path.push(element);
      this.items(list.elementType, element, lefts, rights, undefined, item);
      this.path.pop();
    }
  }

  private items(
    type: SchemaType,
    element: string,
    lefts: ItemIndex,
    rights: ItemIndex,
    left: Json | undefined,
    right: Json | undefined,
  ): void {
    const leftSeveral = lefts.several?.get(element);
    const rightSeveral = rights.several?.get(element);
    if (leftSeveral === undefined && rightSeveral === undefined) {
      if (right === undefined) this.onlyLeft(type, left!);
      else if (left === undefined) this.onlyRight(type, right);
      else this.both(type, left, right);
    } else if (leftSeveral !== undefined && rightSeveral !== undefined) {
      // Items that are there twice count as one leaf.
      if (!jsonEqual(leftSeveral, rightSeveral)) this.markModified();
    } else if (leftSeveral !== undefined) {
      if (right !== undefined) this.onlyRight(type, right);
      this.removed ??= newSet();
      insertPath(this.removed, this.path);
    } else {
      if (left !== undefined) this.onlyLeft(type, left);
      this.added ??= newSet();
      insertPath(this.added, this.path);
    }
  }

  private index(list: ListType, items: readonly Json[]): ItemIndex {
    const one = new Map<string, Json>();
    let several: Map<string, Json[]> | undefined;
    for (let i = 0; i < items.length; i++) {
      const item = items[i]!;
      const element = elementOfItem(list, item);
      if (typeof element !== 'string') {
        this.fault(`element ${i}: ${element.message}`);
        continue;
      }
      const first = one.get(element);
      if (first === undefined) {
        one.set(element, item);
        continue;
      }
      several ??= new Map();
      const group = several.get(element);
      if (group === undefined) several.set(element, [first, item]);
      else group.push(item);
    }
    return { one, several };
  }

  /** Everything at and below a field that one side only has: each of its fields, lists and items is a member. */
  private oneSided(type: SchemaType, value: Json): FieldSet {
    switch (type.handled(type.formOf(value))) {
      case 'map':
        return this.oneMap(type.atom.map!, asObject(value));
      case 'list':
        return this.oneList(type.atom.list!, asList(value));
      case 'scalar':
        return leafSet;
      default:
        this.fault(type.fault);
        return leafSet;
    }
  }

  private oneMap(map: MapType, object: JsonObject | undefined): FieldSet {
    if (map.atomic || hasNoMembers(object)) return leafSet;
    const children = new Map<string, FieldSet>();
    for (const name in object) {
      const value = object[name];
      if (value === undefined) continue;
      const element = `f:${name}`;
      this.path.push(element);
      children.set(element, this.oneSided(memberType(map, name), value));
      this.path.pop();
    }
    return { member: true, children };
  }

  private oneList(list: ListType, items: readonly Json[] | undefined): FieldSet {
    if (!list.associative || items === undefined || items.length === 0) return leafSet;
    const children = new Map<string, FieldSet>();
    const { one, several } = this.index(list, items);
    for (const [element, item] of one) {
      this.path.push(element);
      children.set(element, several?.has(element) ? leafSet : this.oneSided(list.elementType, item));
      this.path.pop();
    }
    return children.size === 0 ? leafSet : { member: true, children };
  }

  root(type: SchemaType, left: Json, right: Json): void {
    this.both(type, left, right);
  }
}

/** No difference. */
export const sameComparison: Comparison = { added: emptySet, modified: emptySet, removed: emptySet };

/** Compares two values of a type. Throws TypeFaults for values that validation would refuse. */
export function compare(type: SchemaType, left: Json, right: Json): Comparison {
  if (left === right) return sameComparison;
  const comparer = new Comparer();
  comparer.root(type, left, right);
  throwFaults(comparer.faults);
  return {
    added: (comparer.added as FieldSet | undefined) ?? emptySet,
    modified: (comparer.modified as FieldSet | undefined) ?? emptySet,
    removed: (comparer.removed as FieldSet | undefined) ?? emptySet,
  };
}
