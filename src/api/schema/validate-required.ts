// What the tables alone can validate: required fields that are missing and values that a closed enum does not have. For kinds
// without a validation of their own; upstream's hand-written rules know more.
import { type FieldError, notSupported, required } from '../field-error.ts';
import { FieldPath } from '../field-path.ts';
import { structFields } from './struct-fields.ts';
import { enumFact, type FieldFact, isReference, typeFact } from './type-table.ts';

type Check = (value: unknown, at: FieldPath, errors: FieldError[]) => void;

const nothing: Check = () => {};
const checks = new Map<string, Check>();

/** The check of a struct; a type that refers to itself finds its own check when it gets there. */
function structCheck(ref: string): Check {
  const known = checks.get(ref);
  if (known !== undefined) return known;
  let fields: readonly [string, Check][] | undefined;
  const check: Check = (value, at, errors) => {
    if (typeof value !== 'object' || value === null) return;
    fields ??= structFields(ref)
      .map(({ fact }): [string, Check] => [fact.json, fieldCheck(fact)])
      .filter(([, field]) => field !== nothing);
    for (const [name, field] of fields)
      field((value as Record<string, unknown>)[name], at.child(name), errors);
  };
  checks.set(ref, check);
  return check;
}

function fieldCheck(fact: FieldFact): Check {
  const element = elementCheck(fact);
  if (fact.list)
    return (value, at, errors) => {
      if (Array.isArray(value)) for (const [i, item] of value.entries()) element(item, at.index(i), errors);
    };
  if (fact.map)
    return (value, at, errors) => {
      for (const [key, item] of Object.entries((value ?? {}) as object)) element(item, at.key(key), errors);
    };
  const mustBe = fact.required && (fact.type === 'string' || fact.pointer);
  if (!mustBe) return element;
  return (value, at, errors) => {
    if (value === undefined || value === null || value === '') errors.push(required(at));
    else element(value, at, errors);
  };
}

function elementCheck(fact: FieldFact): Check {
  if (isReference(fact.type)) {
    const type = typeFact(fact.type);
    return type.wrap || type.jsonUnion ? nothing : structCheck(fact.type);
  }
  const values = fact.enum === undefined ? undefined : enumFact(fact.enum);
  if (!values?.closed) return nothing;
  const supported = [...new Set(Object.values(values.values))].sort();
  return (value, at, errors) => {
    if (typeof value === 'string' && value !== '' && !supported.includes(value))
      errors.push(notSupported(at, value, supported));
  };
}

/** Required fields and closed enums of a decoded object; metadata and status have rules of their own and are left out. */
export function validateRequired(ref: string, object: object): FieldError[] {
  const errors: FieldError[] = [];
  for (const { fact } of structFields(ref)) {
    if (['kind', 'apiVersion', 'metadata', 'status'].includes(fact.json)) continue;
    fieldCheck(fact)((object as Record<string, unknown>)[fact.json], new FieldPath(fact.json), errors);
  }
  return errors;
}
