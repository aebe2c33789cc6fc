// A CustomResourceDefinition's version as a kind: the hooks that the engine asks, by the rules that hold for every custom
// resource and by what the definition says.
// Upstream: k8s.io/apiextensions-apiserver/pkg/registry/customresource/{strategy,status_strategy,validator}.go.
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionVersion,
} from '#types/apiextensions.k8s.io_v1';
import { type FieldError, fieldErrorText, invalid } from '../../api/field-error.ts';
import { FieldPath } from '../../api/field-path.ts';
import { apiVersionOf, type KubeObject } from '../../api/object.ts';
import type { AnyKind, HookContext, UpdateStrategy } from '../define-kind.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { subdomainName } from '../validation/names.ts';
import { takeBack } from '../validation/status-strategy.ts';
import { customPrinter } from './printer.ts';
import { isScaleUnset, missingScale, scaleMapping, validateScale } from './replica-paths.ts';
import { type CompiledSchema, compileSchema } from './schema/compile-schema.ts';
import { deepEqual } from './schema/numbers.ts';
import { validateValue } from './schema/validate.ts';
import { selectableFields } from './selectable-fields.ts';
import { deprecationWarning, finalizerWarnings } from './warnings.ts';

/**
 * The version's own rules (x-kubernetes-validations): the faults of a whole object, beside its old self in an update. Asked
 * only when the object has no fault that keeps rules from being tried. `onForgiven` is told of faults of what has not changed.
 */
export type RuleValidator = (
  object: KubeObject,
  old: KubeObject | undefined,
  path: FieldPath | undefined,
  onForgiven?: (error: FieldError) => void,
) => FieldError[];

/** What the definition does not hold. */
export interface CustomKindOptions {
  readonly rules?: RuleValidator;
}

/** A version as a kind, and what else a server wants to know of it. */
export interface CustomKind {
  readonly kind: AnyKind;
  readonly schema: CompiledSchema;
  readonly version: CustomResourceDefinitionVersion;
  readonly hasStatus: boolean;
  /** The `Warning` of every request to the version. */
  readonly deprecation: string | undefined;
}

const blocking: ReadonlySet<FieldError['type']> = new Set<FieldError['type']>([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

/** Rules see only objects whose types they can rely on. */
function withRules(
  errors: FieldError[],
  rules: RuleValidator | undefined,
  object: KubeObject,
  old: KubeObject | undefined,
  warn: HookContext['warn'],
): FieldError[] {
  if (rules === undefined) return errors;
  if (!errors.some(({ type }) => blocking.has(type)))
    return [...errors, ...rules(object, old, undefined, (error) => warn?.(fieldErrorText(error)))];
  const skipped =
    'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';
  return [...errors, invalid(FieldPath.none, null, skipped)];
}

function withoutMetadata({ metadata: _, ...rest }: KubeObject): Record<string, unknown> {
  return rest;
}

/** Everything of a version that its hooks share. */
interface Parts extends CustomKindOptions {
  readonly crd: CustomResourceDefinition;
  readonly version: CustomResourceDefinitionVersion;
  readonly schema: CompiledSchema;
  readonly hasStatus: boolean;
}

/** The kind as it was accepted: another name that was asked for later may wait. */
function kindOf({ spec, status }: CustomResourceDefinition): string {
  return status?.acceptedNames?.kind || spec.names.kind;
}

function validateTypeMeta({ crd, version }: Parts, object: KubeObject): FieldError[] {
  const errors = new FieldErrors();
  const kind = kindOf(crd);
  const apiVersion = apiVersionOf(crd.spec.group, version.name);
  if (object.kind !== kind) errors.invalid('kind', object.kind ?? '', `must be ${kind}`);
  if (object.apiVersion !== apiVersion)
    errors.invalid('apiVersion', object.apiVersion ?? '', `must be ${apiVersion}`);
  return errors.list;
}

function validateByDefinition(
  parts: Parts,
  object: KubeObject,
  old: KubeObject | undefined,
  { warn }: HookContext,
): FieldError[] {
  const { schema, version } = parts;
  const errors = new FieldErrors();
  const wrongType = validateTypeMeta(parts, object);
  errors.add(wrongType);
  if (wrongType.length === 0) {
    errors.add(schema.validate(object, old === undefined ? {} : { old }));
    const scale = version.subresources?.scale;
    if (scale) validateScale(errors, object, scale);
  }
  errors.add(schema.validateEmbedded(object));
  if (old === undefined || schema.validateListTypes(old).length === 0)
    errors.add(schema.validateListTypes(object));
  return withRules(errors.list, parts.rules, object, old, warn);
}

function statusStrategy(parts: Parts): UpdateStrategy<KubeObject> {
  const { schema, version, rules } = parts;
  return {
    resetFields: [['metadata'], ['spec']],
    prepareForUpdate(object, old) {
      const { status } = object;
      const { managedFields, resourceVersion } = object.metadata;
      const hadStatus = Object.hasOwn(object, 'status');
      for (const name of Object.keys(object)) delete object[name];
      Object.assign(object, old);
      object.metadata = { ...old.metadata };
      if (resourceVersion !== undefined) object.metadata.resourceVersion = resourceVersion;
      if (managedFields === undefined) delete object.metadata.managedFields;
      else object.metadata.managedFields = managedFields;
      if (hadStatus) object['status'] = status;
      else delete object['status'];
    },
    validateUpdate(object, old, { warn }) {
      const errors = new FieldErrors();
      const wrongType = validateTypeMeta(parts, object);
      errors.add(wrongType);
      if (wrongType.length === 0) {
        const node = schema.root.properties.get('status');
        if (node !== undefined && Object.hasOwn(object, 'status'))
          errors.add(validateValue(node, object['status'], { path: 'status', old: old['status'] }));
        const scale = version.subresources?.scale;
        if (scale) validateScale(errors, object, scale, true);
      }
      const duplicates = schema.validateListTypes(object);
      if (duplicates.length > 0 && schema.validateListTypes(old).length === 0) errors.add(duplicates);
      return withRules(errors.list, rules, object, old, warn);
    },
  };
}

function mainStrategy(parts: Parts): Partial<AnyKind> {
  const { hasStatus } = parts;
  return {
    resetFields: hasStatus ? [['status']] : [],
    prepareForCreate(object) {
      if (hasStatus) delete object['status'];
      object.metadata.generation = 1;
    },
    validateCreate: (object, context) => validateByDefinition(parts, object, undefined, context),
    warningsOnCreate: (object) => finalizerWarnings(object),
    prepareForUpdate(object, old) {
      if (hasStatus) takeBack(object, old, 'status');
      if (!deepEqual(withoutMetadata(object), withoutMetadata(old)))
        object.metadata.generation = (old.metadata.generation ?? 0) + 1;
    },
    validateUpdate: (object, old, context) => validateByDefinition(parts, object, old, context),
    warningsOnUpdate: finalizerWarnings,
  };
}

/** Compiles one version of a definition; throws for a version that it does not have. */
export function customKind(
  crd: CustomResourceDefinition,
  versionName: string,
  options: CustomKindOptions = {},
): CustomKind {
  const { spec } = crd;
  const version = spec.versions?.find(({ name }) => name === versionName);
  if (version === undefined)
    throw new Error(`${spec.names.plural}.${spec.group} has no version ${versionName}`);
  const schema = compileSchema(version.schema?.openAPIV3Schema, {
    preserveUnknownFields: spec.preserveUnknownFields,
  });
  const hasStatus = version.subresources?.status !== undefined;
  const parts: Parts = { ...options, crd, version, schema, hasStatus };
  const scale = version.subresources?.scale;
  const kind: AnyKind = {
    group: spec.group,
    version: versionName,
    kind: kindOf(crd),
    nameRule: subdomainName,
    setDefaults: schema.applyDefaults,
    ...mainStrategy(parts),
    allowUnconditionalUpdate: false,
    ...(hasStatus ? { subresources: { status: statusStrategy(parts) } } : {}),
    ...(scale && {
      scale: {
        ...scaleMapping(scale),
        missing: (object) => missingScale(object, scale),
        unset: (object) => isScaleUnset(object, scale),
      },
    }),
    selectableFields: selectableFields(version.selectableFields),
    table: customPrinter(version.additionalPrinterColumns),
  };
  return { kind, schema, version, hasStatus, deprecation: deprecationWarning(crd, versionName) };
}
