// Rules of what each version of a custom resource has: schema, subresources, columns, selectable fields. Upstream moves them
// to the top of the spec when all versions have the same, and its messages show that.
// Upstream: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1/conversion.go and validation/validation.go.
import type {
  CustomResourceColumnDefinition,
  CustomResourceDefinitionVersion,
  CustomResourceSubresources,
  JSONSchemaProps,
  SelectableField,
} from '#types/apiextensions.k8s.io_v1';
import type { FieldError } from '../../../api/field-error.ts';
import { loadedRules } from '../../custom/rules/lazy-rules.ts';
import { defaultChecks, mentionsDefaults } from '../../custom/schema/lazy-defaults.ts';
import { semanticEqual } from '../../semantic-equal.ts';
import type { FieldErrors } from '../../validation/field-errors.ts';
import { validateSchema } from './schema-rules.ts';
import { structuralFaults } from './structural.ts';

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string'];
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];
const mostSelectable = 8;
// With a status subresource only these may stand at the root, so that a status can be checked alone.
const rootFields =
  'Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations';
const rootNames = new Set(
  rootFields
    .replace('XPreserveUnknownFields', 'x-kubernetes-preserve-unknown-fields')
    .replace('XValidations', 'x-kubernetes-validations')
    .split(' ')
    .map((name) => name.charAt(0).toLowerCase() + name.slice(1)),
);

function validateSimplePath(errors: FieldErrors, text: string, path: string): boolean {
  if (text.startsWith('.')) return true;
  errors.invalid(path, text, 'must be a simple json path starting with .');
  return false;
}

function validateColumn(errors: FieldErrors, column: CustomResourceColumnDefinition, path: string): void {
  const { name, type, format, jsonPath } = column;
  const typeText = `must be one of ${columnTypes.join(',')}`;
  if (!name) errors.required(`${path}.name`);
  if (!type) errors.required(`${path}.type`, typeText);
  else if (!columnTypes.includes(type)) errors.invalid(`${path}.type`, type, typeText);
  if (format && !columnFormats.includes(format))
    errors.invalid(`${path}.format`, format, `must be one of ${columnFormats.join(',')}`);
  if (!jsonPath) errors.required(`${path}.JSONPath`);
  else validateSimplePath(errors, jsonPath, `${path}.JSONPath`);
}

function validateSubresources(
  errors: FieldErrors,
  { scale }: CustomResourceSubresources,
  path: string,
): void {
  if (!scale) return;
  for (const [field, prefix, where] of [
    ['specReplicasPath', '.spec.', '.spec'],
    ['statusReplicasPath', '.status.', '.status'],
  ] as const) {
    const at = `${path}.scale.${field}`;
    const text = scale[field];
    if (!text) errors.required(at);
    else if (validateSimplePath(errors, text, at) && !text.startsWith(prefix))
      errors.invalid(at, text, `should be a json path under ${where}`);
  }
  const selector = scale.labelSelectorPath;
  const at = `${path}.scale.labelSelectorPath`;
  if (selector && validateSimplePath(errors, selector, at) && !/^\.(spec|status)\./.test(selector))
    errors.invalid(at, selector, 'should be a json path under either .spec or .status');
}

function selectableSchema(schema: JSONSchemaProps, jsonPath: string): JSONSchemaProps | undefined {
  let found: JSONSchemaProps | undefined = schema;
  for (const name of jsonPath.slice(1).split('.')) found = found?.properties?.[name];
  return found;
}

function validateSelectable(
  errors: FieldErrors,
  fields: readonly SelectableField[],
  schema: JSONSchemaProps,
  path: string,
): void {
  const seen = new Set<string>();
  fields.forEach(({ jsonPath }, i) => {
    const at = `${path}[${i}].jsonPath`;
    if (!jsonPath) {
      errors.required(at);
      return;
    }
    const found = jsonPath.startsWith('.') ? selectableSchema(schema, jsonPath) : undefined;
    if (!found) {
      errors.invalid(at, jsonPath, 'is an invalid path: does not refer to a valid field');
      return;
    }
    if (/^\.metadata(\.|$)/.test(jsonPath))
      errors.invalid(at, jsonPath, 'must not point to fields in metadata');
    if (!['string', 'boolean', 'integer'].includes(found.type ?? ''))
      errors.invalid(
        at,
        jsonPath,
        'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
      );
    if (seen.has(jsonPath)) errors.duplicate(at, jsonPath);
    seen.add(jsonPath);
  });
  if (seen.size > mostSelectable) errors.tooMany(path, seen.size, mostSelectable);
}

function validateRoot(errors: FieldErrors, schema: JSONSchemaProps, path: string): void {
  for (const [name, value] of Object.entries(schema)) {
    if (name === 'type') {
      if (value === 'object') continue;
      errors.invalid(
        `${path}.type`,
        value,
        'only "object" is allowed as the type at the root of the schema if the status subresource is enabled',
      );
      return;
    }
    if (rootNames.has(name) || value === false) continue;
    errors.invalid(
      path,
      schema,
      `only [${rootFields}] fields are allowed at the root of the schema if the status subresource is enabled`,
    );
    return;
  }
}

interface RootOptions {
  readonly statusEnabled: boolean;
  readonly isUnchanged: boolean;
  readonly oldVersions: Versions;
}

/** Defaults with unknown fields that were let in stay in. */
function requirePrunedDefaults(oldVersions: Versions): boolean {
  return !oldVersions.some(({ schema }) => {
    const old = schema?.openAPIV3Schema;
    if (!old || !mentionsDefaults(old) || structuralFaults(old, '').length > 0) return false;
    return defaultChecks().hasUnprunedDefaults(old);
  });
}

function defaultFaults(schema: JSONSchemaProps, path: string, oldVersions: Versions): readonly FieldError[] {
  if (!mentionsDefaults(schema)) return [];
  const requirePruned = (): boolean => requirePrunedDefaults(oldVersions);
  return defaultChecks().defaultErrors(schema, path, { requirePruned });
}

function validateRootSchema(
  errors: FieldErrors,
  schema: JSONSchemaProps,
  path: string,
  { statusEnabled, isUnchanged, oldVersions }: RootOptions,
): void {
  const at = `${path}.openAPIV3Schema`;
  if (statusEnabled) validateRoot(errors, schema, at);
  if (schema.nullable) errors.forbidden(`${at}.nullable`, 'nullable cannot be true at the root');
  const faults = structuralFaults(schema, at);
  const allFaults = faults.length > 0 ? faults : defaultFaults(schema, at, oldVersions);
  errors.add(allFaults);
  const before = errors.list.length;
  validateSchema(errors, schema, at);
  if (allFaults.length === 0)
    errors.add(compiledRuleFaults(schema, at, errors.list.slice(before), isUnchanged));
}

/** The faults of rules that are compiled, where the schema they stand in has none itself. */
function compiledRuleFaults(
  schema: JSONSchemaProps,
  path: string,
  schemaFaults: readonly FieldError[],
  isUnchanged: boolean,
): readonly FieldError[] {
  const isWithin = (field: string, of: string): boolean =>
    field.startsWith(of) && (field.length === of.length || /^[.[]/.test(field.slice(of.length)));
  const hasFaults = (of: string): boolean => schemaFaults.some(({ field }) => isWithin(field, of));
  return loadedRules()?.ruleErrors(schema, path, { hasFaults, isUnchanged }) ?? [];
}

function warningFaults(deprecated: boolean, warning: string): string[] {
  if (!deprecated) return ['can only be set for deprecated versions'];
  const faults: string[] = [];
  if (Buffer.byteLength(warning) > 256) faults.push('must be <= 256 characters long');
  if (warning === '') faults.push('must not be an empty string');
  const bad = [...warning].find((ch) => /[\p{C}\p{Z}]/u.test(ch) && ch !== ' ');
  if (bad !== undefined) {
    const index = Buffer.byteLength(warning.slice(0, warning.indexOf(bad)));
    faults.push(
      `must only contain printable UTF-8 characters; non-printable character found at index ${index}`,
    );
  }
  return faults;
}

const perVersion = ['schema', 'subresources', 'additionalPrinterColumns', 'selectableFields'] as const;
type PerVersion = (typeof perVersion)[number];

/** Which fields all versions have in the same form. */
export function sharedFields(versions: readonly CustomResourceDefinitionVersion[]): Set<PerVersion> {
  const [first] = versions;
  return new Set(
    perVersion.filter((field) => versions.every((version) => semanticEqual(version[field], first?.[field]))),
  );
}

type Versions = readonly CustomResourceDefinitionVersion[];

/** Whether the version had this schema before: rules that were let in stay in, whatever they cost. */
function hasSameSchema({ name, schema }: CustomResourceDefinitionVersion, oldVersions: Versions): boolean {
  const old = oldVersions.find((version) => version.name === name);
  return old?.schema !== undefined && semanticEqual(schema, old.schema);
}

/** Checks the given fields of a version, whose path is the version's or that of the spec. */
function validateFields(
  errors: FieldErrors,
  version: CustomResourceDefinitionVersion,
  path: string,
  schemaField: string,
  fields: (field: PerVersion) => boolean,
  oldVersions: Versions,
): void {
  const { subresources, additionalPrinterColumns: columns = [], selectableFields: selectable = [] } = version;
  const schema = version.schema?.openAPIV3Schema;
  const statusEnabled = subresources?.status !== undefined;
  if (fields('schema') && schema) {
    const isUnchanged = hasSameSchema(version, oldVersions);
    validateRootSchema(errors, schema, `${path}.${schemaField}`, { statusEnabled, isUnchanged, oldVersions });
  }
  if (fields('subresources') && subresources)
    validateSubresources(errors, subresources, `${path}.subresources`);
  if (fields('additionalPrinterColumns'))
    columns.forEach((column, i) => {
      validateColumn(errors, column, `${path}.additionalPrinterColumns[${i}]`);
    });
  if (fields('selectableFields') && selectable.length > 0 && schema)
    validateSelectable(errors, selectable, schema, `${path}.selectableFields`);
}

/** The faults of what the versions do not share. */
export function validateOwnFields(
  errors: FieldErrors,
  version: CustomResourceDefinitionVersion,
  path: string,
  shared: ReadonlySet<PerVersion>,
  oldVersions: Versions,
): void {
  const { deprecated = false, deprecationWarning: warning } = version;
  if (warning !== undefined)
    errors.invalids(`${path}.deprecationWarning`, warning, warningFaults(deprecated, warning));
  validateFields(errors, version, path, 'schema', (field) => !shared.has(field), oldVersions);
}

/** The faults of what all versions share. */
export function validateSharedFields(
  errors: FieldErrors,
  versions: Versions,
  shared: ReadonlySet<PerVersion>,
  oldVersions: Versions,
): void {
  const [first] = versions;
  if (first) validateFields(errors, first, 'spec', 'validation', (field) => shared.has(field), oldVersions);
}
