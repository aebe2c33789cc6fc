// Validates a value against its schema, and its update against what it was.
// Upstream: k8s.io/apiextensions-apiserver/pkg/apiserver/validation/validation.go, kubeOpenAPIResultToFieldErrors.
import type { FieldError } from '../../../api/field-error.ts';
import {
  invalid,
  notSupported,
  ofPlainType,
  required,
  tooLong,
  tooMany,
  typeInvalid,
} from '../../../api/field-error.ts';
import { FieldPath } from '../../../api/field-path.ts';
import { checkOf } from './check.ts';
import { Correlation } from './correlation.ts';
import { explain, type Fault } from './explain.ts';
import { shown, shownFloat, sortedJson } from './print-value.ts';
import type { SchemaNode } from './schema-node.ts';

/** What an update is compared with. */
export interface ValidateOptions {
  /** Where the value stands: `status`; '' for a whole object. */
  readonly path?: string;
  /** The old value, when this is an update: what was wrong and did not change is let through. */
  readonly old?: unknown;
}

function fieldPath(base: string, name: string): FieldPath {
  const text = name.startsWith('.') ? name.slice(1) : name;
  if (name === '' || name === '.') return base === '' ? FieldPath.none : new FieldPath(base);
  return base === '' ? new FieldPath(text) : new FieldPath(base, text);
}

function toFieldError(fault: Fault, base: string): FieldError {
  if (fault.kind === 'plain')
    return invalid(base === '' ? FieldPath.none : new FieldPath(base), '', fault.message);
  const at = fieldPath(base, fault.path);
  switch (fault.kind) {
    case 'required':
      return required(at);
    case 'enum': {
      const allowed = fault.allowed as readonly unknown[];
      const texts = allowed.map((value) => (typeof value === 'string' ? value : sortedJson(value)));
      const value = shown(fault.value);
      return notSupported(at, typeof value === 'string' ? ofPlainType(value) : value, texts);
    }
    case 'tooLong':
      return tooLong(at, fault.allowed as number);
    case 'tooMany':
      return tooMany(at, fault.value as number, fault.allowed as number);
    case 'type':
      return typeInvalid(at, shown(fault.value ?? ''), fault.message);
    case 'other':
      return invalid(
        at,
        fault.asFloat ? shownFloat(fault.value as number | bigint) : shown(fault.value ?? ''),
        fault.message,
      );
  }
}

/** The faults of a value against a schema. */
export function validateValue(node: SchemaNode, value: unknown, options: ValidateOptions = {}): FieldError[] {
  if (checkOf(node)(value)) return [];
  const { path = '', old } = options;
  const correlation = 'old' in options ? new Correlation(value, old, node) : undefined;
  return explain(node, value, correlation).map((fault) => toFieldError(fault, path));
}
