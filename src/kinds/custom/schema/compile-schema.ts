// What a CustomResourceDefinition's schema does to objects, behind one door.
import type { JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import type { FieldError } from '../../../api/field-error.ts';
import { checkOf } from './check.ts';
import { applyDefaults, pruneDefaults } from './defaults.ts';
import { validateListTypes } from './list-types.ts';
import { type CoerceOptions, coerce, validateEmbeddedResources } from './object-meta.ts';
import { prune, pruneNulls } from './prune.ts';
import { type SchemaNode, schemaNode } from './schema-node.ts';
import { type ValidateOptions, validateValue } from './validate.ts';

/** Of the definition, beside the schema. */
export interface SchemaOptions {
  /** spec.preserveUnknownFields: nothing is pruned, and nulls stay. */
  readonly preserveUnknownFields?: boolean;
}

/** A compiled schema; it holds no state. Objects are plain JSON data. */
export interface CompiledSchema {
  readonly root: SchemaNode;
  readonly preserveUnknownFields: boolean;
  /** Drops what the schema does not name, in place; the paths of it (`spec.foo`), sorted, when asked to report. */
  prune(object: object, options?: { report?: boolean }): string[];
  /** Drops nulls, in place, where the schema has neither null nor a default. Comes after prune. */
  pruneNulls(object: object): void;
  /** Brings embedded resources to their types, in place; throws DecodeError. Comes after pruneNulls. */
  coerce(object: object, options?: CoerceOptions): void;
  /** Fills in defaults, in place; takes objects from clients and from storage. */
  applyDefaults(object: object): void;
  /** The faults by the schema; `old` in the options makes it an update. */
  validate(value: unknown, options?: ValidateOptions): FieldError[];
  /** The faults of embedded resources. */
  validateEmbedded(object: object): FieldError[];
  /** The duplicates in lists that are sets or maps. */
  validateListTypes(object: object): FieldError[];
  /** Whether validate would find nothing. */
  isValid(value: unknown): boolean;
}

/** Compiles openAPIV3Schema of one version. A version without a schema keeps nothing but metadata, as upstream does. */
export function compileSchema(source: JSONSchemaProps = {}, options: SchemaOptions = {}): CompiledSchema {
  const root = schemaNode(source);
  const preserveUnknownFields = options.preserveUnknownFields === true;
  if (!preserveUnknownFields) pruneDefaults(root);
  return {
    root,
    preserveUnknownFields,
    prune: (object, asked) => (preserveUnknownFields ? [] : prune(object, root, asked)),
    pruneNulls(object) {
      if (!preserveUnknownFields) pruneNulls(object, root);
    },
    coerce: (object, asked = {}) => coerce(object, root, '', asked),
    applyDefaults: (object) => applyDefaults(object, root),
    validate: (value, asked) => validateValue(root, value, asked),
    validateEmbedded: (object) => validateEmbeddedResources(object, root),
    validateListTypes: (object) => validateListTypes(object, root),
    isValid: (value) => checkOf(root)(value),
  };
}
