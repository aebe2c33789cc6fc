// Fields that a subresource leaves out of its managers' sets, because it resets them: all but some.
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
