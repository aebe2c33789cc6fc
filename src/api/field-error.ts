// One fault of one field, with the texts of Kubernetes 1.36 (values printed as JSON).
// Upstream: k8s.io/apimachinery/pkg/util/validation/field/errors.go.
import type { FieldPath } from './field-path.ts';
import { goJson, goQuote } from './go-text.ts';

/** The reason of a cause in Status.details.causes. */
export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTooFew'
  | 'FieldValueTooShort'
  | 'InternalError'
  | 'FieldValueTypeInvalid';

/** A validation error; make one with the functions below. */
export interface FieldError {
  readonly type: FieldErrorType;
  readonly field: string;
  /** The text without the field's path: what a cause carries. */
  readonly body: string;
}

const titles: Record<FieldErrorType, string> = {
  FieldValueNotFound: 'Not found',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueTooFew: 'Too few',
  FieldValueTooShort: 'Too short',
  InternalError: 'Internal error',
  FieldValueTypeInvalid: 'Invalid value',
};

/** A number that must be printed as a Go float or otherwise verbatim; see {@link verbatim}. */
interface Verbatim {
  readonly verbatim: string;
}

/** Marks a text that stands in the message as it is, not as a JSON string. */
export function verbatim(text: string): Verbatim {
  return { verbatim: text };
}

/**
 * A string of a type with a name of its own: Go prints it as JSON and not by %q, which makes a difference for `<`, `>` and `&`.
 * What is one of several words has such a type as a rule.
 */
export function ofNamedType(value: unknown): unknown {
  return typeof value === 'string' ? verbatim(goJson(value)) : value;
}

/** A string of no other type than string among several words. */
export function ofPlainType(text: string): Verbatim {
  return verbatim(goQuote(text));
}

function isVerbatim(value: unknown): value is Verbatim {
  return (
    typeof value === 'object' && value !== null && 'verbatim' in value && Object.keys(value).length === 1
  );
}

/** A bad value as the message shows it: strings by Go's %q, the rest as Go's JSON; undefined prints as null. */
export function printValue(value: unknown): string {
  if (isVerbatim(value)) return value.verbatim;
  if (typeof value === 'string') return goQuote(value);
  return goJson(value);
}

function make(type: FieldErrorType, field: FieldPath | string, body: string): FieldError {
  return { type, field: String(field), body };
}

function withDetail(text: string, detail: string): string {
  return detail === '' ? text : `${text}: ${detail}`;
}

/** `field: Invalid value: <value>: <detail>`. */
export function invalid(field: FieldPath, value: unknown, detail: string): FieldError {
  return make(
    'FieldValueInvalid',
    field,
    withDetail(`${titles.FieldValueInvalid}: ${printValue(value)}`, detail),
  );
}

/** `field: Invalid value: <value>: <detail>` with the cause FieldValueTypeInvalid. */
export function typeInvalid(field: FieldPath, value: unknown, detail: string): FieldError {
  return make(
    'FieldValueTypeInvalid',
    field,
    withDetail(`${titles.FieldValueTypeInvalid}: ${printValue(value)}`, detail),
  );
}

/** `field: Required value[: detail]`. */
export function required(field: FieldPath, detail = ''): FieldError {
  return make('FieldValueRequired', field, withDetail(titles.FieldValueRequired, detail));
}

/** `field: Duplicate value: <value>`. */
export function duplicate(field: FieldPath, value: unknown): FieldError {
  return make('FieldValueDuplicate', field, `${titles.FieldValueDuplicate}: ${printValue(value)}`);
}

/** `field: Not found: <value>`. */
export function fieldNotFound(field: FieldPath, value: unknown): FieldError {
  return make('FieldValueNotFound', field, `${titles.FieldValueNotFound}: ${printValue(value)}`);
}

/** `field: Unsupported value: <value>: supported values: "A", "B"`; the values are printed in the given order. */
export function notSupported(field: FieldPath, value: unknown, supported: readonly string[]): FieldError {
  const detail = supported.length > 0 ? `supported values: ${supported.map(goQuote).join(', ')}` : '';
  return make(
    'FieldValueNotSupported',
    field,
    withDetail(`${titles.FieldValueNotSupported}: ${printValue(ofNamedType(value))}`, detail),
  );
}

/** `field: Forbidden: <detail>`. */
export function forbiddenField(field: FieldPath, detail: string): FieldError {
  return make('FieldValueForbidden', field, withDetail(titles.FieldValueForbidden, detail));
}

/** `field: Too long: may not be more than <max> bytes`. The value itself is never printed. */
export function tooLong(field: FieldPath, max: number, unit: 'bytes' | 'characters' = 'bytes'): FieldError {
  const detail =
    max >= 0 ? `may not be more than ${max} ${max === 1 ? unit.slice(0, -1) : unit}` : 'value is too long';
  return make('FieldValueTooLong', field, `${titles.FieldValueTooLong}: ${detail}`);
}

/** `field: Too many: <actual>: must have at most <max> items`. */
export function tooMany(field: FieldPath, actual: number, max: number): FieldError {
  const detail = max >= 0 ? `must have at most ${max} item${max === 1 ? '' : 's'}` : 'has too many items';
  const text = actual >= 0 ? `${titles.FieldValueTooMany}: ${actual}` : titles.FieldValueTooMany;
  return make('FieldValueTooMany', field, withDetail(text, detail));
}

/** `field: Internal error: <detail>`. */
export function internalFieldError(field: FieldPath, detail: string): FieldError {
  return make('InternalError', field, withDetail(titles.InternalError, detail));
}

/** The whole text: `<field>: <body>`. */
export function fieldErrorText(error: FieldError): string {
  return `${error.field}: ${error.body}`;
}

/** Like utilerrors.Aggregate: one text as it is, several distinct ones as `[a, b]`. */
export function aggregateText(texts: readonly string[]): string {
  const distinct = [...new Set(texts)];
  return distinct.length === 1 ? distinct[0]! : `[${distinct.join(', ')}]`;
}
