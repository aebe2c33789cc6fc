// Sets of field paths as tries keyed by the texts of path elements, and their algebra. A set is never changed once it was
// handed on: operations share what they keep. Upstream: structured-merge-diff/v6/fieldpath/set.go.
import { compareElements } from './path-element.ts';

/** The part of a set below one path: whether that path is a member, and the sets below it. */
export interface FieldSet {
  /** Never true at the root: nobody owns an object as a whole. */
  readonly member: boolean;
  /** By element; undefined when there are none. No child is empty. */
  readonly children: ReadonlyMap<string, FieldSet> | undefined;
}

/** A path from the root of the object. */
export type Path = readonly string[];

/** No path at all. */
export const emptySet: FieldSet = { member: false, children: undefined };

/** A path that ends here. */
export const leafSet: FieldSet = { member: true, children: undefined };

/** A set that is being built by its only holder. */
export interface MutableSet {
  member: boolean;
  children: Map<string, MutableSet | FieldSet> | undefined;
}

/** A new set to insert into. */
export function newSet(): MutableSet {
  return { member: false, children: undefined };
}

/** The child of a set under construction, made when it is missing. It must not be shared. */
export function descend(set: MutableSet, element: string): MutableSet {
  set.children ??= new Map();
  let child = set.children.get(element) as MutableSet | undefined;
  if (child === undefined) {
    child = newSet();
    set.children.set(element, child);
  }
  return child;
}

/** Adds a path to a set under construction; its parents are not added. The empty path adds nothing. */
export function insertPath(set: MutableSet, path: Path): void {
  if (path.length === 0) return;
  let node = set;
  for (const element of path) node = descend(node, element);
  node.member = true;
}

/** Puts a whole set under a path of a set under construction. */
export function insertSet(set: MutableSet, path: Path, below: FieldSet): void {
  let node = set;
  for (let i = 0; i < path.length - 1; i++) node = descend(node, path[i]!);
  node.children ??= new Map();
  const last = path[path.length - 1]!;
  const there = node.children.get(last);
  node.children.set(last, there === undefined ? below : union(there, below));
}

/** The set of some paths. */
export function setOf(...paths: readonly Path[]): FieldSet {
  const set = newSet();
  for (const path of paths) insertPath(set, path);
  return set;
}

/** Whether a set has no members. */
export function isEmpty(set: FieldSet): boolean {
  if (set.member) return false;
  if (set.children === undefined) return true;
  for (const child of set.children.values()) if (!isEmpty(child)) return false;
  return true;
}

/** The number of members below a set's root. */
export function sizeOf(set: FieldSet): number {
  let size = 0;
  for (const child of set.children?.values() ?? []) size += (child.member ? 1 : 0) + sizeOf(child);
  return size;
}

function made(member: boolean, children: ReadonlyMap<string, FieldSet> | undefined): FieldSet {
  if (children === undefined || children.size === 0) return member ? leafSet : emptySet;
  return { member, children };
}

/** Paths in either set. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a;
  const member = a.member || b.member;
  if (b.children === undefined) return member === a.member ? a : made(member, a.children);
  if (a.children === undefined) return member === b.member ? b : made(member, b.children);
  const children = new Map(a.children);
  for (const [element, right] of b.children) {
    const left = children.get(element);
    children.set(element, left === undefined ? right : union(left, right));
  }
  return made(member, children);
}

/** Paths in both sets. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a;
  const member = a.member && b.member;
  if (a.children === undefined || b.children === undefined) return member ? leafSet : emptySet;
  const [small, large] =
    a.children.size <= b.children.size ? [a.children, b.children] : [b.children, a.children];
  let children: Map<string, FieldSet> | undefined;
  for (const [element, child] of small) {
    const other = large.get(element);
    if (other === undefined) continue;
    const both = intersection(child, other);
    if (!both.member && both.children === undefined) continue;
    children ??= new Map();
    children.set(element, both);
  }
  return made(member, children);
}

/** Paths in `a` and not in `b`: parents and children are told apart. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  const member = a.member && !b.member;
  if (a.children === undefined || b.children === undefined)
    return member === a.member ? a : made(member, a.children);
  return subtract(a, b, member, difference);
}

/** Paths in `a` that are neither in `b` nor below a path in `b`. */
export function recursiveDifference(a: FieldSet, b: FieldSet): FieldSet {
  if (b.member) return emptySet;
  if (a.children === undefined || b.children === undefined) return a;
  return subtract(a, b, a.member, recursiveDifference);
}

function subtract(
  a: FieldSet,
  b: FieldSet,
  member: boolean,
  operation: (a: FieldSet, b: FieldSet) => FieldSet,
): FieldSet {
  let children: Map<string, FieldSet> | undefined;
  for (const [element, right] of b.children!) {
    const left = a.children!.get(element);
    if (left === undefined) continue;
    const rest = operation(left, right);
    if (rest === left) continue;
    children ??= new Map(a.children);
    if (rest.member || rest.children !== undefined) children.set(element, rest);
    else children.delete(element);
  }
  if (children === undefined) return member === a.member ? a : made(member, a.children);
  return made(member, children);
}

/** The members that have no members below them. */
export function leaves(set: FieldSet): FieldSet {
  if (set.children === undefined) return set;
  const children = new Map<string, FieldSet>();
  for (const [element, child] of set.children) {
    const rest = leaves(child);
    if (rest.member || rest.children !== undefined) children.set(element, rest);
  }
  return made(false, children);
}

/** Whether a path is a member. */
export function has(set: FieldSet, path: Path): boolean {
  return path.length > 0 && at(set, path)?.member === true;
}

/** The set below a path. */
export function at(set: FieldSet, path: Path): FieldSet | undefined {
  let node: FieldSet | undefined = set;
  for (const element of path) {
    node = node.children?.get(element);
    if (node === undefined) return undefined;
  }
  return node;
}

/** Whether two sets have the same members. */
export function setsEqual(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true;
  if (a.member !== b.member || (a.children?.size ?? 0) !== (b.children?.size ?? 0)) return false;
  for (const [element, child] of a.children ?? []) {
    const other = b.children!.get(element);
    if (other === undefined || !setsEqual(child, other)) return false;
  }
  return true;
}

/** The elements below a set's root in their order. */
export function sortedElements(set: FieldSet): readonly string[] {
  return set.children === undefined ? [] : [...set.children.keys()].sort(compareElements);
}

/** All members in upstream's order: at each level first the members, then what is below. */
export function pathsOf(set: FieldSet): Path[] {
  const paths: Path[] = [];
  const walk = (node: FieldSet, prefix: Path): void => {
    const elements = sortedElements(node);
    for (const element of elements) if (node.children!.get(element)!.member) paths.push([...prefix, element]);
    for (const element of elements) walk(node.children!.get(element)!, [...prefix, element]);
  };
  walk(set, []);
  return paths;
}
