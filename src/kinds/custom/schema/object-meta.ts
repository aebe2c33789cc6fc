// apiVersion, kind and metadata of a custom resource and of resources embedded in it: brought to their types, and checked.
// Upstream: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta/{algorithm,coerce,validation}.go.
import { type FieldError, fieldErrorText, invalid } from '../../../api/field-error.ts';
import { FieldPath } from '../../../api/field-path.ts';
import { isJsonObject } from '../../../api/json-object.ts';
import { type Json, type ObjectMeta, parseApiVersion } from '../../../api/object.ts';
import { decodeTyped } from '../../../api/schema/decode.ts';
import { DecodeError } from '../../../api/schema/explain.ts';
import { FieldErrors } from '../../validation/field-errors.ts';
import { dns1035Label, pathSegment } from '../../validation/names.ts';
import { validateObjectMeta } from '../../validation/object-meta.ts';
import { shown, sortedJson } from './print-value.ts';
import { memberNode, type SchemaNode } from './schema-node.ts';

type Data = Record<string, unknown>;

/** How metadata that does not fit is taken. */
export interface CoerceOptions {
  /** Drops fields of a wrong type instead of refusing them: for what is already stored. */
  readonly dropInvalid?: boolean;
  /** Takes the path of each field of metadata that is not known. */
  readonly unknown?: string[];
}

const metaRef = 'meta/v1.ObjectMeta';

/** `a.b`, `[key]` behind a map's name; the text of Go's nil path for nothing at all. */
function childPath(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

const unknownField = /^unknown field "(.*)"$/s;

function decodeMeta(value: unknown, path: string, unknown: string[] | undefined): ObjectMeta {
  try {
    return decodeAsIs(value, path, unknown);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    // Upstream reads what it has just written, with members in order: the first fault is told.
    return decodeAsIs(JSON.parse(sortedJson(value)), path, unknown);
  }
}

function decodeAsIs(value: unknown, path: string, unknown: string[] | undefined): ObjectMeta {
  if (unknown === undefined) return decodeTyped(metaRef, value as Json) as unknown as ObjectMeta;
  let complaints = 0;
  const count = { add: () => complaints++ };
  const meta = decodeTyped(metaRef, value as Json, count) as unknown as ObjectMeta;
  if (complaints === 0) return meta;
  const add = (message: string): void => {
    const name = unknownField.exec(message)?.[1];
    if (name !== undefined) unknown.push(`${path}.${name}`);
  };
  decodeTyped(metaRef, JSON.parse(sortedJson(value)) as Json, { add });
  return meta;
}

/** Field by field, what fits. */
function salvageMeta(metadata: Data, path: string, unknown: string[] | undefined): ObjectMeta {
  const found: Data = {};
  for (const name in metadata) {
    try {
      const decoded = decodeMeta({ [name]: metadata[name] }, path, unknown) as unknown as Data;
      if (decoded[name] !== undefined) found[name] = decoded[name];
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
    }
  }
  return decodeMeta(found, path, undefined);
}

/**
 * The metadata of an object in canonical form; undefined when it has none, or none that could be saved. Throws DecodeError
 * with Go's text. `path`: where it stands.
 */
export function readMeta(object: Data, path: string, options: CoerceOptions): ObjectMeta | undefined {
  if (!Object.hasOwn(object, 'metadata')) return undefined;
  const value = object['metadata'];
  try {
    return decodeMeta(value, path, options.unknown);
  } catch (error) {
    if (!(error instanceof DecodeError) || !options.dropInvalid) throw error;
    return isJsonObject(value) ? salvageMeta(value, path, options.unknown) : undefined;
  }
}

function refuse(path: string, value: unknown, detail: string): never {
  const fault = invalid(new FieldPath(path), shown(value), detail);
  throw Object.assign(new DecodeError(fieldErrorText(fault)), { cause: fault });
}

function coerceEmbedded(object: Data, path: string, options: CoerceOptions): void {
  for (const name of ['apiVersion', 'kind']) {
    if (!Object.hasOwn(object, name) || typeof object[name] === 'string') continue;
    if (options.dropInvalid) delete object[name];
    else refuse(childPath(path, name), object[name], 'must be a string');
  }
  const at = childPath(path, 'metadata');
  try {
    const metadata = readMeta(object, at, options);
    if (metadata !== undefined) object['metadata'] = metadata;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    if (!options.dropInvalid) refuse(at, object['metadata'], error.message);
  }
}

/**
 * Brings apiVersion, kind and metadata of embedded resources to their types, in place; fields of metadata that are not known
 * are dropped. Throws DecodeError, its cause a FieldError, when something does not fit and may not be dropped.
 */
export function coerce(
  value: unknown,
  node: SchemaNode | undefined,
  path: string,
  options: CoerceOptions,
): void {
  if (typeof value !== 'object' || value === null || !node?.holds.embedded) return;
  if (Array.isArray(value)) {
    value.forEach((item, i) => {
      coerce(item, node.items, `${path}[${i}]`, options);
    });
    return;
  }
  const object = value as Data;
  if (node.embedded) coerceEmbedded(object, path, options);
  for (const name in object) {
    const schema = memberNode(node, name);
    if (!schema?.holds.embedded) continue;
    const at = node.properties.has(name) ? childPath(path, name) : `${path}[${name}]`;
    coerce(object[name], schema, at, options);
  }
}

/** The same for a default within a schema: what does not fit is dropped. */
export function coerceWithin(value: unknown, node: SchemaNode): void {
  coerce(value, node, '', { dropInvalid: true });
}

function validateApiVersion(errors: FieldErrors, value: unknown, at: string): void {
  if (typeof value !== 'string') errors.invalid(at, shown(value), 'must be a string');
  else if (value === '') errors.invalid(at, value, 'must not be empty');
  else if (value !== '/' && !parseApiVersion(value))
    errors.invalid(at, value, `unexpected GroupVersion string: ${value}`);
}

function validateKind(errors: FieldErrors, value: unknown, at: string): void {
  if (typeof value !== 'string') errors.invalid(at, shown(value), 'must be a string');
  else if (value === '') errors.invalid(at, value, 'must not be empty');
  else {
    const messages = dns1035Label(value.toLowerCase());
    if (messages.length > 0)
      errors.invalid(at, value, `may have mixed case, but should otherwise match: ${messages.join(',')}`);
  }
}

function validateMeta(errors: FieldErrors, object: Data, at: string): void {
  let meta: ObjectMeta;
  try {
    meta = decodeMeta(object['metadata'], at, undefined);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    errors.invalid(at, shown(object['metadata']), error.message);
    return;
  }
  // A name is not asked for.
  const named = meta.name ? meta : { ...meta, name: 'fakename' };
  errors.add(validateObjectMeta(named, Boolean(meta.namespace), pathSegment, at, { kubeFinalizers: false }));
}

function validateEmbedded(errors: FieldErrors, object: Data, path: string): void {
  for (const name of ['apiVersion', 'kind'])
    if (!Object.hasOwn(object, name)) errors.required(childPath(path, name));
  if (Object.hasOwn(object, 'apiVersion'))
    validateApiVersion(errors, object['apiVersion'], childPath(path, 'apiVersion'));
  if (Object.hasOwn(object, 'kind')) validateKind(errors, object['kind'], childPath(path, 'kind'));
  if (Object.hasOwn(object, 'metadata')) validateMeta(errors, object, childPath(path, 'metadata'));
}

function collect(errors: FieldErrors, value: unknown, node: SchemaNode | undefined, path: string): void {
  if (typeof value !== 'object' || value === null || !node?.holds.embedded) return;
  if (Array.isArray(value)) {
    value.forEach((item, i) => {
      collect(errors, item, node.items, `${path}[${i}]`);
    });
    return;
  }
  const object = value as Data;
  if (node.embedded) validateEmbedded(errors, object, path);
  for (const name in object) {
    const schema = memberNode(node, name);
    if (!schema?.holds.embedded) continue;
    const at = node.properties.has(name) ? childPath(path, name) : `${path}[${name}]`;
    collect(errors, object[name], schema, at);
  }
}

/** The faults of resources that are embedded in a value; `path`: where the value stands. */
export function validateEmbeddedResources(value: unknown, node: SchemaNode, path = ''): FieldError[] {
  const errors = new FieldErrors();
  collect(errors, value, node, path);
  return errors.list;
}
