// Lays an applied configuration over a live value: nothing is removed, leaves of the configuration win, lists that are maps
// or sets are merged item by item. Upstream: structured-merge-diff/v6/typed/merge.go.
import { setJsonMember } from '../../json-object.ts';
import type { Json, JsonObject } from '../../object.ts';
import { displayElement, displayPath } from '../paths/path-element.ts';
import type { Form, ListType, MapType, SchemaType } from '../schema/schema.ts';
import { memberType } from '../schema/schema.ts';
import { elementOfItem } from './list-elements.ts';
import { asList, asObject, hasNoMembers, ownMember } from './members.ts';
import { scalarFault } from './validate.ts';
import { type TypeFault, throwFaults } from './validation-error.ts';

/** The elements of a list in its order, and the item of each; null where several items have one element. */
interface ListIndex {
  readonly elements: readonly string[];
  readonly items: ReadonlyMap<string, Json>;
}

class Merger {
  readonly faults: TypeFault[] = [];
  private readonly path: string[] = [];

  private fault(message: string): void {
    this.faults.push({ path: displayPath(this.path), message });
  }

  /** Of two values; undefined when nothing comes out. One side alone stays what it is. */
  value(type: SchemaType, left: Json | undefined, right: Json | undefined): Json | undefined {
    if (right === undefined) return left;
    if (left === undefined || left === right) return right;
    const leftForm = type.formOf(left);
    const rightForm = type.formOf(right);
    // Two forms: both are walked for their faults, the right one gives the value.
    if (leftForm !== rightForm) this.as(type, leftForm, left, right);
    return this.as(type, rightForm, left, right);
  }

  private as(type: SchemaType, form: Form, left: Json, right: Json): Json | undefined {
    switch (type.handled(form)) {
      case 'map':
        return this.maps(type.atom.map!, left, right);
      case 'list':
        return this.lists(type.atom.list!, left, right);
      case 'scalar': {
        const leftFault = scalarFault(type.atom.scalar!, left);
        const rightFault = scalarFault(type.atom.scalar!, right);
        if (leftFault !== undefined && rightFault !== undefined) {
          this.fault(`lhs: ${leftFault}`);
          this.fault(`rhs: ${rightFault}`);
          return undefined;
        }
        return right;
      }
      default:
        this.fault(type.fault);
        return undefined;
    }
  }

  private maps(map: MapType, left: Json, right: Json): Json | undefined {
    const l = asObject(left);
    const r = asObject(right);
    if (map.atomic || (hasNoMembers(l) && hasNoMembers(r))) return right;
    const merged: JsonObject = {};
    let empty = true;
    const put = (name: string, leftValue: Json | undefined, rightValue: Json | undefined): void => {
      this.path.push(`f:${name}`);
      const value = this.value(memberType(map, name), leftValue, rightValue);
      this.path.pop();
      if (value === undefined) return;
      setJsonMember(merged, name, value);
      empty = false;
    };
    for (const name in l) put(name, l[name], r === undefined ? undefined : ownMember(r, name));
    for (const name in r)
      if (l === undefined || ownMember(l, name) === undefined) put(name, undefined, r[name]);
    return empty ? undefined : merged;
  }

  private lists(list: ListType, left: Json, right: Json): Json | undefined {
    const l = asList(left) ?? [];
    const r = asList(right) ?? [];
    if (!list.associative || (l.length === 0 && r.length === 0)) return right;
    const before = this.faults.length;
    const rights = this.index(list, r, false);
    const lefts = this.index(list, l, true);
    if (this.faults.length > before) return undefined;
    const merged = this.interleave(list, l, lefts, rights);
    return merged.length === 0 ? undefined : merged;
  }

  /**
   * Items in the order of the right side, with items that only the left has kept where they stood between shared ones.
   * Faults below items are not reported: upstream loses them, and both sides were validated.
   */
  private interleave(list: ListType, left: readonly Json[], lefts: ListIndex, rights: ListIndex): Json[] {
    const merged: Json[] = [];
    const shared = rights.elements.filter((element) => lefts.items.has(element));
    let nextShared = shared.shift();
    const done = new Set<string>();
    const take = (element: string, leftItem: Json | undefined, rightItem: Json | undefined): void => {
      const before = this.faults.length;
      this.path.push(element);
      const item = this.value(list.elementType, leftItem, rightItem);
      this.path.pop();
      this.faults.length = before;
      if (item !== undefined) merged.push(item);
    };
    const fromLeft = lefts.elements;
    const fromRight = rights.elements;
    for (let i = 0, j = 0; i < fromLeft.length || j < fromRight.length; ) {
      if (i < fromLeft.length && j < fromRight.length) {
        const element = fromLeft[i]!;
        if (element === fromRight[j]) {
          done.add(element);
          take(element, lefts.items.get(element), rights.items.get(element));
          i++;
          j++;
          nextShared = shared.shift();
          continue;
        }
        if (rights.items.has(element) && nextShared !== undefined && nextShared !== element) {
          // Shared, and not the one whose turn it is.
          i++;
          continue;
        }
      }
      if (i < fromLeft.length) {
        const element = fromLeft[i]!;
        if (!rights.items.has(element)) {
          take(element, left[i], undefined);
          i++;
          continue;
        }
        if (done.has(element)) i++;
      }
      if (j < fromRight.length) {
        const element = fromRight[j]!;
        done.add(element);
        take(element, lefts.items.get(element), rights.items.get(element));
        j++;
        if (nextShared === element) nextShared = shared.shift();
      }
    }
    return merged;
  }

  private index(list: ListType, items: readonly Json[], allowDuplicates: boolean): ListIndex {
    const elements: string[] = [];
    const byElement = new Map<string, Json>();
    for (const [i, item] of items.entries()) {
      const element = elementOfItem(list, item);
      if (typeof element !== 'string') {
        this.fault(`element ${i}: ${element.message}`);
        continue;
      }
      if (!byElement.has(element)) byElement.set(element, item);
      else if (allowDuplicates) byElement.set(element, null);
      else {
        this.fault(`duplicate entries for key ${displayElement(element)}`);
        continue;
      }
      elements.push(element);
    }
    return { elements, items: byElement };
  }
}

/**
 * `live` with `config` laid over it. The result shares parts with both. Throws TypeFaults for values that validation would
 * refuse.
 */
export function merge(type: SchemaType, live: Json, config: Json): Json {
  const merger = new Merger();
  const merged = merger.value(type, live, config);
  throwFaults(merger.faults);
  return merged ?? null;
}
