// What our walkers make of two values, in the oracle's form.

import {
  difference,
  type FieldSet,
  intersection,
  leaves,
  pathsOf,
  recursiveDifference,
  union,
} from '../../../src/api/managed-fields/paths/field-set.ts';
import { fieldsV1Of } from '../../../src/api/managed-fields/paths/fields-v1.ts';
import { displayPath } from '../../../src/api/managed-fields/paths/path-element.ts';
import type { SchemaType } from '../../../src/api/managed-fields/schema/schema.ts';
import { compare } from '../../../src/api/managed-fields/typed/compare.ts';
import { merge } from '../../../src/api/managed-fields/typed/merge.ts';
import { ensureNamedFieldsAreMembers } from '../../../src/api/managed-fields/typed/named-fields.ts';
import { extractItems, removeItems } from '../../../src/api/managed-fields/typed/remove-items.ts';
import { toFieldSet } from '../../../src/api/managed-fields/typed/to-field-set.ts';
import { validate } from '../../../src/api/managed-fields/typed/validate.ts';
import { TypeFaults } from '../../../src/api/managed-fields/typed/validation-error.ts';
import type { JsonObject } from '../../../src/api/object.ts';

/** Every set and value that the oracle's `values` answers, or the error. */
export function ourValues(type: SchemaType, live: JsonObject, next: JsonObject): JsonObject {
  try {
    validate(type, next, { allowDuplicates: false });
    validate(type, live, { allowDuplicates: true });
    const right = toFieldSet(type, next);
    const left = toFieldSet(type, live);
    const { added, modified, removed } = compare(type, live, next);
    const text = (set: FieldSet) => JSON.stringify(fieldsV1Of(set));
    const sets = [
      left,
      right,
      added,
      modified,
      removed,
      union(left, right),
      intersection(left, right),
      difference(left, right),
      recursiveDifference(left, right),
      leaves(right),
      ensureNamedFieldsAreMembers(left, type),
    ].map(text);
    sets.push(pathsOf(left).map(displayPath).join('\n'));
    const object = [
      merge(type, live, next),
      removeItems(type, live, right),
      extractItems(type, live, leaves(right)),
      extractItems(type, live, leaves(right), { appendKeyFields: true }),
    ];
    return { object, sets };
  } catch (error) {
    if (!(error instanceof TypeFaults)) throw error;
    return { error: error.message };
  }
}
