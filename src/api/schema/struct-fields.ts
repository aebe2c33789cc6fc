// The fields of a struct as they appear in its JSON object: inlined structs are spread at their place.
import { type FieldFact, splitRef, typeFact } from './type-table.ts';

/** A field of the JSON object. */
export interface StructField {
  readonly fact: FieldFact;
  /** Go names of the embedded structs it comes through; error texts carry them. */
  readonly embedded: readonly string[];
}

const cache = new Map<string, readonly StructField[]>();

/** The fields of `ref` in Go's print order. */
export function structFields(ref: string): readonly StructField[] {
  let fields = cache.get(ref);
  if (fields === undefined) {
    fields = typeFact(ref).fields.flatMap((fact): readonly StructField[] => {
      if (!fact.inline) return [{ fact, embedded: [] }];
      const outer = splitRef(fact.type).name;
      return structFields(fact.type).map((inner) => ({
        fact: inner.fact,
        embedded: [outer, ...inner.embedded],
      }));
    });
    cache.set(ref, fields);
  }
  return fields;
}
