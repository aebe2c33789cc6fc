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
import { findField } from '../../custom/rules/field-path-syntax.ts';
import { loadedRules } from '../../custom/rules/lazy-rules.ts';
import { defaultChecks, mentionsDefaults } from '../../custom/schema/lazy-defaults.ts';
import { unsupportedText } from '../../custom/schema/unsupported.ts';
import { semanticEqual } from '../../semantic-equal.ts';
import type { FieldErrors } from '../../validation/field-errors.ts';
import { schemaForm } from './internal-form.ts';
import { type Lenience, lenienceOf } from './lenience.ts';
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

const noSchemaTexts = {
  spec: 'may only be set when validations.schema is included',
  version: 'may only be set when `version.schema.openAPIV3Schema` is not included',
};

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
    const found = findField(jsonPath, schema, { brackets: false });
    if ('fault' in found) {
      errors.invalid(at, jsonPath, `is an invalid path: ${found.fault}`);
      return;
    }
    if (/^metadata(\.|$)/.test(String(found.path)))
      errors.invalid(at, jsonPath, 'must not point to fields in metadata');
    if (!['string', 'boolean', 'integer'].includes(found.schema?.type ?? ''))
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

// Of these the zero says nothing; others are pointers in upstream.
const zeroFields = new Set(
  'id $schema description type format title pattern nullable exclusiveMaximum exclusiveMinimum uniqueItems x-kubernetes-embedded-resource x-kubernetes-int-or-string'.split(
    ' ',
  ),
);

function validateRoot(errors: FieldErrors, schema: JSONSchemaProps, path: string): void {
  // In the order of upstream's fields, of which one is blamed.
  const first = ['id', '$schema', '$ref', 'type'];
  const names = [...first, ...Object.keys(schema).filter((name) => !first.includes(name))];
  for (const name of names) {
    const value = schema[name as keyof JSONSchemaProps];
    if (value === undefined || value === null || (zeroFields.has(name) && !value)) continue;
    if (name === 'type') {
      if (value === 'object') continue;
      errors.invalid(
        `${path}.type`,
        value,
        'only "object" is allowed as the type at the root of the schema if the status subresource is enabled',
      );
      return;
    }
    if (rootNames.has(name)) continue;
    errors.invalid(
      path,
      schemaForm(schema),
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

/** The faults that keep the rules from being looked at. */
function deepFaults(schema: JSONSchemaProps, path: string, lenient: Lenience): readonly FieldError[] {
  const faults = structuralFaults(schema, path);
  if (faults.length > 0 || !mentionsDefaults(schema)) return faults;
  const requirePruned = (): boolean => !lenient.unknownInDefaults();
  return defaultChecks().defaultErrors(schema, path, { requirePruned });
}

function validateRootSchema(
  errors: FieldErrors,
  schema: JSONSchemaProps,
  path: string,
  { statusEnabled, isUnchanged, oldVersions }: RootOptions,
): void {
  const at = `${path}.openAPIV3Schema`;
  const start = errors.list.length;
  const unsupported = unsupportedText(schema);
  const lenient = lenienceOf(oldVersions);
  const faults = unsupported === undefined ? deepFaults(schema, at, lenient) : [];
  // What is shown of the schema is what the checks of defaults made of it.
  if (statusEnabled) validateRoot(errors, schema, at);
  if (schema.nullable) errors.forbidden(`${at}.nullable`, 'nullable cannot be true at the root');
  errors.add(faults);
  const faulty = new Set<string>();
  validateSchema(errors, schema, at, { root: true, lenient, faulty });
  if (unsupported !== undefined) {
    if (errors.list.length === start) errors.invalid(at, '', unsupported);
  } else if (faults.length === 0)
    errors.add(
      loadedRules()?.ruleErrors(schema, at, { hasFaults: (of) => faulty.has(of), isUnchanged }) ?? [],
    );
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
function hasSameSchema(
  { name }: CustomResourceDefinitionVersion,
  { versions, oldVersions }: Siblings,
): boolean {
  const named = (version: CustomResourceDefinitionVersion): boolean => version.name === name;
  const old = oldVersions.find(named);
  return old?.schema !== undefined && semanticEqual(versions.find(named)?.schema, old.schema);
}

/** What a version is checked beside. */
export interface Siblings {
  readonly versions: Versions;
  /** What all versions have in the same form. */
  readonly shared: ReadonlySet<PerVersion>;
  /** Those before the update; none of a new definition. */
  readonly oldVersions: Versions;
}

interface FieldsPlace {
  readonly path: string;
  readonly schemaPath: string;
  readonly statusEnabled: boolean;
  checks(field: PerVersion): boolean;
}

/** Checks some fields of a version, whose path is the version's or that of the spec. */
function validateFields(
  errors: FieldErrors,
  version: CustomResourceDefinitionVersion,
  { path, schemaPath, statusEnabled, checks }: FieldsPlace,
  siblings: Siblings,
): void {
  const { subresources, additionalPrinterColumns: columns = [], selectableFields: selectable = [] } = version;
  const schema = version.schema?.openAPIV3Schema;
  if (checks('schema') && schema) {
    const { oldVersions } = siblings;
    const isUnchanged = hasSameSchema(version, siblings);
    validateRootSchema(errors, schema, schemaPath, { statusEnabled, isUnchanged, oldVersions });
  }
  if (checks('subresources') && subresources)
    validateSubresources(errors, subresources, `${path}.subresources`);
  if (checks('additionalPrinterColumns'))
    columns.forEach((column, i) => {
      validateColumn(errors, column, `${path}.additionalPrinterColumns[${i}]`);
    });
  if (checks('selectableFields') && selectable.length > 0) {
    const at = `${path}.selectableFields`;
    if (schema && checks('schema')) validateSelectable(errors, selectable, schema, at);
    else errors.invalid(at, '', noSchemaTexts[path === 'spec' ? 'spec' : 'version']);
  }
}

function hasStatus({ subresources }: CustomResourceDefinitionVersion): boolean {
  return subresources?.status !== undefined;
}

/** The faults of what the versions do not share. */
export function validateOwnFields(
  errors: FieldErrors,
  version: CustomResourceDefinitionVersion,
  path: string,
  siblings: Siblings,
): void {
  const { versions, shared } = siblings;
  const { deprecated = false, deprecationWarning: warning } = version;
  if (warning !== undefined)
    errors.invalids(`${path}.deprecationWarning`, warning, warningFaults(deprecated, warning));
  // Upstream looks for the subresources by the name.
  const statusEnabled = hasStatus(versions.find(({ name }) => name === version.name) ?? version);
  const checks = (field: PerVersion): boolean => !shared.has(field);
  const place = { path, schemaPath: `${path}.schema`, statusEnabled, checks };
  validateFields(errors, version, place, siblings);
}

/** The faults of what all versions share. */
export function validateSharedFields(errors: FieldErrors, siblings: Siblings): void {
  const { versions, shared } = siblings;
  const [first] = versions;
  if (!first) return;
  const checks = (field: PerVersion): boolean => shared.has(field);
  const statusEnabled = versions.some(hasStatus);
  const place = { path: 'spec', schemaPath: 'spec.validation', statusEnabled, checks };
  validateFields(errors, first, place, siblings);
}
