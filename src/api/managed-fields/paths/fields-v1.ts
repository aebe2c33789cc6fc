// FieldsV1: a set of fields as the JSON that stands in metadata.managedFields. Parsed JSON keeps the order of members, so
// what this writes prints byte for byte as upstream does. Upstream: structured-merge-diff/v6/fieldpath/serialize.go.
import { isJsonObject } from '../../json-object.ts';
import type { Json, JsonObject } from '../../object.ts';
import { emptySet, type FieldSet, isEmpty, leafSet, union } from './field-set.ts';
import { canonicalElement, compareElements, compareText, unknownElement } from './path-element.ts';

/** The order of elements in FieldsV1. */
export type ElementOrder = (a: string, b: string) => number;

const fewElements = 16;

/** Upstream's own order, of built-in kinds. */
export const elementOrder: ElementOrder = compareElements;

/** The order of custom resources: upstream has them as maps of Go, which print sorted by their text. */
export const textOrder: ElementOrder = compareText;

/** The elements in order: by insertion where they are few, as they mostly are. */
function sorted(children: ReadonlyMap<string, FieldSet>, order: ElementOrder): string[] {
  const elements = [...children.keys()];
  if (elements.length > fewElements) return elements.sort(order);
  for (let i = 1; i < elements.length; i++) {
    const element = elements[i]!;
    let at = i;
    for (; at > 0 && order(element, elements[at - 1]!) < 0; at--) elements[at] = elements[at - 1]!;
    elements[at] = element;
  }
  return elements;
}

/** What stands for a path that is a member: one for all, for most of a set are such. */
const leaf: JsonObject = Object.freeze({});

function addChildren(
  object: JsonObject,
  children: ReadonlyMap<string, FieldSet>,
  order: ElementOrder,
): JsonObject {
  for (const element of sorted(children, order)) {
    const child = children.get(element)!;
    if (isEmpty(child)) continue;
    object[element] =
      child.children === undefined
        ? leaf
        : addChildren(child.member ? { '.': leaf } : {}, child.children, order);
  }
  return object;
}

/** A set as FieldsV1, members in order. Not to be changed. */
export function fieldsV1Of(set: FieldSet, order: ElementOrder = elementOrder): JsonObject {
  return set.children === undefined ? leaf : addChildren({}, set.children, order);
}

/** Reads the value of one element: a leaf when it names nothing known. */
function readNode(value: Json | undefined): FieldSet {
  if (value === null) return leafSet;
  if (!isJsonObject(value)) throw new Error('ReadMapCB: expect { or n');
  let member = false;
  let children: Map<string, FieldSet> | undefined;
  for (const text in value) {
    if (text === '.') {
      member = true;
      continue;
    }
    const element = canonicalElement(text);
    if (element === unknownElement) continue;
    const child = readNode(value[text]);
    children ??= new Map();
    const there = children.get(element);
    children.set(element, there === undefined ? child : union(there, child));
  }
  if (children === undefined) return leafSet;
  return { member, children };
}

/** Parses FieldsV1; elements of unknown kinds are dropped. Throws Error with what is wrong. */
export function parseFieldsV1(fields: Json | undefined): FieldSet {
  if (fields === undefined || fields === null) return emptySet;
  const set = readNode(fields);
  return set.children === undefined ? emptySet : { member: false, children: set.children };
}

/** Whether FieldsV1 stands as this server would write it, so that it need not be parsed to be kept. */
export function isCanonical(fields: Json | undefined, order: ElementOrder): boolean {
  if (!isJsonObject(fields)) return false;
  let before: string | undefined;
  for (const text in fields) {
    const below = fields[text];
    if (!isJsonObject(below)) return false;
    if (text === '.') {
      // Alone it says nothing, and it stands first.
      if (before !== undefined) return false;
      for (const _ in below) return false;
      before = '.';
      continue;
    }
    if (text.charCodeAt(1) !== 58 || (text.charCodeAt(0) !== 102 && canonicalElement(text) !== text))
      return false;
    if (before !== undefined && before !== '.' && order(before, text) >= 0) return false;
    if (!isCanonical(below, order)) return false;
    before = text;
  }
  return before !== '.';
}
