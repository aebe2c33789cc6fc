// Query parameters as the option kinds of meta/v1 (ListOptions, CreateOptions, ...), checked as upstream checks them.
// Upstream: k8s.io/apimachinery/pkg/apis/meta/v1/validation and .../meta/internalversion/validation.
import {
  type FieldError,
  forbiddenField,
  invalid,
  notSupported,
  ofPlainType,
  required,
  tooLong,
} from '../api/field-error.ts';
import { path } from '../api/field-path.ts';
import { goQuote } from '../api/go-text.ts';
import { type ApiError, badRequest, invalidObject } from '../api/status.ts';
import { isWatchQuery } from './request-info.ts';

/** How unknown and duplicate fields of a body are treated. */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/** Options that create, update and patch share. */
export interface WriteOptions {
  dryRun: boolean;
  fieldManager: string;
  fieldValidation: FieldValidation;
}

/** meta/v1 DeleteOptions. */
export interface DeleteOptions {
  dryRun: boolean;
  gracePeriodSeconds: number | undefined;
  propagationPolicy: string | undefined;
  orphanDependents: boolean | undefined;
  preconditions: { uid?: string; resourceVersion?: string } | undefined;
}

/** meta/v1 ListOptions. */
export interface ListOptions {
  watch: boolean;
  labelSelector: string;
  fieldSelector: string;
  resourceVersion: string;
  resourceVersionMatch: string;
  limit: number;
  continue: string;
  timeoutSeconds: number | undefined;
  allowWatchBookmarks: boolean;
  sendInitialEvents: boolean | undefined;
}

function throwIfAny(kind: string, errors: FieldError[]): void {
  if (errors.length > 0) throw invalidObject({ group: 'meta.k8s.io', kind }, '', errors);
}

/** A Go int64 parameter; absent and '' give undefined. Throws 400 with strconv's text. */
function integerOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^[+-]?\d+$/.test(text))
    throw badRequest(`strconv.ParseInt: parsing ${goQuote(text)}: invalid syntax`);
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw badRequest(`strconv.ParseInt: parsing ${goQuote(text)}: value out of range`);
  return value;
}

/** A boolean parameter by apimachinery's rule: false and 0 are false, anything else that is there is true. */
function booleanOf(query: URLSearchParams, name: string): boolean | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const lower = text.toLowerCase();
  return lower !== 'false' && lower !== '0';
}

function goStrings(values: readonly string[]): unknown {
  return values.length === 0 ? null : values;
}

function dryRunErrors(values: readonly string[]): FieldError[] {
  return values.every((v) => v === 'All') ? [] : [notSupported(path('dryRun'), goStrings(values), ['All'])];
}

// Go's unicode.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII space.
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** Faults of a field manager's name. Upstream: ValidateFieldManager. */
export function fieldManagerErrors(manager: string, field = path('fieldManager')): FieldError[] {
  const errors: FieldError[] = [];
  if (Buffer.byteLength(manager) > 128) errors.push(tooLong(field, 128));
  let at = 0;
  for (const rune of manager) {
    if (!printable.test(rune)) {
      const code = rune.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
      errors.push(invalid(field, manager, `invalid character U+${code} (at position ${at})`));
    }
    at += Buffer.byteLength(rune);
  }
  return errors;
}

function writeErrors(query: URLSearchParams): FieldError[] {
  const errors = fieldManagerErrors(query.get('fieldManager') ?? '');
  errors.push(...dryRunErrors(query.getAll('dryRun').filter((v) => v !== '')));
  const validation = query.get('fieldValidation') ?? '';
  if (!['', 'Ignore', 'Warn', 'Strict'].includes(validation)) {
    errors.push(
      notSupported(path('fieldValidation'), ofPlainType(validation), ['', 'Ignore', 'Strict', 'Warn']),
    );
  }
  return errors;
}

function writeOptions(query: URLSearchParams): WriteOptions {
  return {
    dryRun: query.getAll('dryRun').includes('All'),
    fieldManager: query.get('fieldManager') ?? '',
    fieldValidation: (query.get('fieldValidation') || 'Warn') as FieldValidation,
  };
}

const defaultWriteOptions: WriteOptions = Object.freeze({
  dryRun: false,
  fieldManager: '',
  fieldValidation: 'Warn',
});

/** CreateOptions or UpdateOptions of a query. Throws 422. */
export function writeOptionsOf(
  query: URLSearchParams,
  kind: 'CreateOptions' | 'UpdateOptions',
): WriteOptions {
  if (query.size === 0) return defaultWriteOptions;
  throwIfAny(kind, writeErrors(query));
  return writeOptions(query);
}

const defaultPatchOptions = Object.freeze({ ...defaultWriteOptions, force: undefined });

/** PatchOptions of a query. `apply`: the patch is an apply patch. Throws 422. */
export function patchOptionsOf(
  query: URLSearchParams,
  apply: boolean,
): WriteOptions & { force: boolean | undefined } {
  if (query.size === 0 && !apply) return defaultPatchOptions;
  const force = booleanOf(query, 'force');
  const errors: FieldError[] = [];
  if (apply && !query.get('fieldManager'))
    errors.push(required(path('fieldManager'), 'is required for apply patch'));
  if (!apply && force !== undefined)
    errors.push(forbiddenField(path('force'), 'may not be specified for non-apply patch'));
  throwIfAny('PatchOptions', [...errors, ...writeErrors(query)]);
  return { ...writeOptions(query), force };
}

/** A decoded DeleteOptions body, or the query where there is no body. Throws 400 and 422. */
export function deleteOptionsOf(
  query: URLSearchParams,
  body: Record<string, unknown> | undefined,
): DeleteOptions {
  const dryRun = body
    ? ((body['dryRun'] as string[] | undefined) ?? [])
    : query.getAll('dryRun').filter((v) => v !== '');
  const options: DeleteOptions = {
    dryRun: dryRun.includes('All'),
    gracePeriodSeconds: body
      ? (body['gracePeriodSeconds'] as number | undefined)
      : integerOf(query, 'gracePeriodSeconds'),
    propagationPolicy:
      (body ? (body['propagationPolicy'] as string | undefined) : query.get('propagationPolicy')) ??
      undefined,
    orphanDependents: body
      ? (body['orphanDependents'] as boolean | undefined)
      : booleanOf(query, 'orphanDependents'),
    preconditions: body?.['preconditions'] as DeleteOptions['preconditions'],
  };
  const errors: FieldError[] = [];
  const policy = options.propagationPolicy;
  const field = path('propagationPolicy');
  if (options.orphanDependents !== undefined && policy !== undefined) {
    errors.push(invalid(field, policy, 'orphanDependents and deletionPropagation cannot be both set'));
  }
  if (policy !== undefined && !['Foreground', 'Background', 'Orphan'].includes(policy)) {
    errors.push(notSupported(field, policy, ['Foreground', 'Background', 'Orphan', 'nil']));
  }
  throwIfAny('DeleteOptions', [...errors, ...dryRunErrors(dryRun)]);
  return options;
}

const noMatch = '';

function watchErrors(o: ListOptions): FieldError[] {
  const errors: FieldError[] = [];
  const field = path('resourceVersionMatch');
  const match = o.resourceVersionMatch;
  if (o.sendInitialEvents !== undefined && match !== 'NotOlderThan') {
    errors.push(
      forbiddenField(field, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'),
    );
  }
  if (match === noMatch) return errors;
  if (o.sendInitialEvents === undefined) {
    errors.push(
      forbiddenField(
        field,
        'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
      ),
    );
  }
  if (match !== 'NotOlderThan') errors.push(notSupported(field, match, ['NotOlderThan']));
  if (o.continue !== '')
    errors.push(forbiddenField(field, 'resourceVersionMatch is forbidden when continue is provided'));
  return errors;
}

function listErrors(o: ListOptions): FieldError[] {
  const errors: FieldError[] = [];
  const field = path('resourceVersionMatch');
  const match = o.resourceVersionMatch;
  if (match !== noMatch) {
    if (o.resourceVersion === '') {
      errors.push(
        forbiddenField(field, 'resourceVersionMatch is forbidden unless resourceVersion is provided'),
      );
    }
    if (o.continue !== '')
      errors.push(forbiddenField(field, 'resourceVersionMatch is forbidden when continue is provided'));
    if (match !== 'Exact' && match !== 'NotOlderThan')
      errors.push(notSupported(field, match, ['Exact', 'NotOlderThan', '']));
    if (match === 'Exact' && o.resourceVersion === '0') {
      errors.push(forbiddenField(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
    }
  }
  if (o.sendInitialEvents !== undefined) {
    errors.push(forbiddenField(path('sendInitialEvents'), 'sendInitialEvents is forbidden for list'));
  }
  return errors;
}

/** ListOptions of a query. Throws 400 and 422. `watch`: the path itself asks for a watch. */
export function listOptionsOf(query: URLSearchParams, watch = false): ListOptions {
  const options: ListOptions = {
    watch: watch || isWatchQuery(query),
    labelSelector: query.get('labelSelector') ?? '',
    fieldSelector: query.get('fieldSelector') ?? '',
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
    limit: integerOf(query, 'limit') ?? 0,
    continue: query.get('continue') ?? '',
    timeoutSeconds: integerOf(query, 'timeoutSeconds'),
    allowWatchBookmarks: booleanOf(query, 'allowWatchBookmarks') ?? false,
    sendInitialEvents: booleanOf(query, 'sendInitialEvents'),
  };
  throwIfAny('ListOptions', options.watch ? watchErrors(options) : listErrors(options));
  return options;
}

/** A resourceVersion parameter as a revision; '' gives undefined. Throws 400 with strconv's text behind `before`. */
export function revisionOf(text: string, before = ''): number | undefined {
  if (text === '') return undefined;
  const fault = (why: string): ApiError =>
    badRequest(
      `${before}resourceVersion: Invalid value: ${goQuote(text)}: strconv.ParseUint: parsing ${goQuote(text)}: ${why}`,
    );
  if (!/^\d+$/.test(text)) throw fault('invalid syntax');
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw fault('value out of range');
  return value;
}

/** `includeObject` of a Table request. Throws 400. */
export function includeObjectOf(query: URLSearchParams): 'None' | 'Metadata' | 'Object' {
  const value = query.get('includeObject') ?? '';
  if (value === '' || value === 'Metadata') return 'Metadata';
  if (value === 'None' || value === 'Object') return value;
  const { field, body } = invalid(
    path('includeObject'),
    value,
    "must be 'Metadata', 'Object', 'None', or empty",
  );
  throw badRequest(`Unable to convert to Table as requested: ${field}: ${body}`);
}
