// What an older server let in stays in: some checks are left out of an update where the old definition fails them.
// Upstream: requireValidPropertyType, requireAtomicSetType, requireMapListKeysMapSetValidation and requirePrunedDefaults in
// k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go.
import type { CustomResourceDefinitionVersion, JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import { defaultChecks, mentionsDefaults } from '../../custom/schema/lazy-defaults.ts';
import { unsupportedText } from '../../custom/schema/unsupported.ts';
import { FieldErrors } from '../../validation/field-errors.ts';
import { hasNonAtomicSet, validateNullability } from './list-rules.ts';
import { everySchema } from './schema-parts.ts';
import { structuralFaults } from './structural.ts';

/** Which checks are left out. */
export interface Lenience {
  readonly types: boolean;
  readonly atomicSets: boolean;
  readonly mapKeys: boolean;
  /** Asked last, as it costs most. */
  unknownInDefaults(): boolean;
}

/** The types that a schema may have. */
export const schemaTypes = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

/** Every check is done. */
export const strict: Lenience = {
  types: false,
  atomicSets: false,
  mapKeys: false,
  unknownInDefaults: () => false,
};

function hasUnprunedDefaults(schema: JSONSchemaProps): boolean {
  if (!mentionsDefaults(schema) || unsupportedText(schema) !== undefined) return false;
  return structuralFaults(schema, '').length === 0 && defaultChecks().hasUnprunedDefaults(schema);
}

function isBadMap(schema: JSONSchemaProps): boolean {
  const errors = new FieldErrors();
  validateNullability(errors, schema, '');
  return errors.list.length > 0;
}

/** What is let through in an update of these versions. */
export function lenienceOf(oldVersions: readonly CustomResourceDefinitionVersion[]): Lenience {
  if (oldVersions.length === 0) return strict;
  const roots = oldVersions.flatMap(({ schema }) => schema?.openAPIV3Schema ?? []);
  const some = (test: (schema: JSONSchemaProps) => boolean): boolean =>
    roots.some((root) => [...everySchema(root)].some(test));
  return {
    types: some(({ type }) => Boolean(type) && !schemaTypes.includes(type!)),
    atomicSets: some(hasNonAtomicSet),
    mapKeys: some(isBadMap),
    unknownInDefaults: () => roots.some(hasUnprunedDefaults),
  };
}
