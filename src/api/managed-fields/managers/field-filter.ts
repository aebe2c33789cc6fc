// Fields that a subresource leaves out of its managers' sets, because it resets them: all but some, or some.
// Upstream: structured-merge-diff/v6/fieldpath/set.go, Filter.
import { type FieldSet, recursiveDifference, setOf } from '../paths/field-set.ts';
import { fieldElement } from '../paths/path-element.ts';

/** Takes fields out of a set. */
export type FieldFilter = (set: FieldSet) => FieldSet;

/** Leaves out these fields and everything below them; each path is a list of field names. */
export function excludeFields(...paths: readonly (readonly string[])[]): FieldFilter {
  const excluded = setOf(...paths.map((path) => path.map(fieldElement)));
  return (set) => recursiveDifference(set, excluded);
}

/** Matches every element of a path. */
export const anyElement = '*';

interface Pattern {
  /** Everything below is kept. */
  all: boolean;
  any: Pattern | undefined;
  byElement: Map<string, Pattern>;
}

function newPattern(): Pattern {
  return { all: false, any: undefined, byElement: new Map() };
}

function matching(set: FieldSet, pattern: Pattern): FieldSet {
  if (pattern.all) return { member: false, children: set.children };
  const children = new Map<string, FieldSet>();
  for (const [element, child] of set.children ?? []) {
    // A wildcard goes before everything else.
    const next = pattern.any ?? pattern.byElement.get(element);
    if (next === undefined) continue;
    const below = matching(child, next);
    if (child.member || below.children !== undefined)
      children.set(element, { member: child.member, children: below.children });
  }
  return { member: false, children: children.size === 0 ? undefined : children };
}

/**
 * Keeps only what stands on or below these paths, and the paths' parents where they are members. A path is a list of
 * elements as texts (`f:spec`), or `anyElement`.
 */
export function includeFields(...paths: readonly (readonly string[])[]): FieldFilter {
  const root = newPattern();
  for (const path of paths) {
    let node = root;
    for (const element of path) {
      let next = element === anyElement ? node.any : node.byElement.get(element);
      if (next === undefined) {
        next = newPattern();
        if (element === anyElement) node.any = next;
        else node.byElement.set(element, next);
      }
      node = next;
    }
    node.all = true;
  }
  return (set) => matching(set, root);
}
