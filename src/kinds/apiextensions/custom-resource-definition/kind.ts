// CustomResourceDefinition: what tables cannot say.
// Upstream: k8s.io/apiextensions-apiserver/pkg/registry/customresourcedefinition/strategy.go.
import type { CustomResourceDefinition } from '#types/apiextensions.k8s.io_v1';
import { goQuote } from '../../../api/go-text.ts';
import { printed } from '../../../api/schema/printed.ts';
import { defineKind } from '../../define-kind.ts';
import { semanticEqual } from '../../semantic-equal.ts';
import { FieldErrors } from '../../validation/field-errors.ts';
import { subdomainName } from '../../validation/names.ts';
import { firstGeneration, raiseGeneration, takeBack } from '../../validation/status-strategy.ts';
import { definitionDeletion } from './deletion.ts';
import { everySchema } from './schema-parts.ts';
import { validateDefinition, validateNames } from './spec-rules.ts';

const stringFormats = new Set(
  'bsonobjectid uri email hostname ipv4 ipv6 cidr mac uuid uuid3 uuid4 uuid5 isbn isbn10 isbn13 creditcard ssn hexcolor rgbcolor byte password date duration datetime k8sshortname k8slongname'.split(
    ' ',
  ),
);

function isKnownFormat(type: string, format: string): boolean {
  if (type === 'integer') return format === 'int32' || format === 'int64';
  if (type === 'number') return format === 'float' || format === 'double';
  if (type === '' || type === 'string') return stringFormats.has(format.replaceAll('-', ''));
  return false;
}

function unknownFormats({ spec }: CustomResourceDefinition): string[] {
  const schemas = (spec.versions ?? []).flatMap(({ schema }) => schema?.openAPIV3Schema ?? []);
  return schemas.flatMap((root) =>
    [...everySchema(root)].flatMap(({ type = '', format }) =>
      format && !isKnownFormat(type, format) ? [format] : [],
    ),
  );
}

function formatWarnings(formats: readonly string[]): string[] {
  return formats.map((format) => `unrecognized format ${goQuote(format)}`);
}

/** The version that is stored now counts among those that ever were. */
function noteStoredVersion({ spec, status }: CustomResourceDefinition): void {
  const name = spec.versions?.find(({ storage }) => storage)?.name;
  if (name !== undefined && !status.storedVersions?.includes(name))
    status.storedVersions = [...(status.storedVersions ?? []), name];
}

/** A webhook without a client and without versions is none. Upstream: the v1 conversion in pkg/apis/apiextensions/v1. */
function dropEmptyWebhook({ spec }: CustomResourceDefinition): void {
  const webhook = spec.conversion?.webhook;
  if (webhook && !webhook.clientConfig && !webhook.conversionReviewVersions?.length)
    delete spec.conversion!.webhook;
}

function sameSpec(a: unknown, b: unknown): boolean {
  const ref = 'apiextensions.k8s.io/v1.CustomResourceDefinitionSpec';
  return semanticEqual(printed(ref, a as object), printed(ref, b as object));
}

export const customResourceDefinition = defineKind<CustomResourceDefinition>({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  metadataRules: 'plain',
  nameRule: (name, prefix, { spec }) => [
    ...subdomainName(name, prefix),
    ...(name === `${spec.names.plural}.${spec.group}` ? [] : ['must be spec.names.plural+"."+spec.group']),
  ],
  setDefaults(definition) {
    const { spec } = definition;
    const { names } = spec;
    if (!names.singular) names.singular = names.kind.toLowerCase();
    if (!names.listKind && names.kind) names.listKind = `${names.kind}List`;
    spec.conversion ??= { strategy: 'None' };
    if (!spec.conversion.webhook?.conversionReviewVersions) dropEmptyWebhook(definition);
    const service = spec.conversion.webhook?.clientConfig?.service;
    if (service) service.port ??= 443;
    definition.status ??= { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: null };
    if (!definition.status.storedVersions?.length) noteStoredVersion(definition);
  },
  prepareForCreate(definition) {
    definition.status = {
      conditions: null,
      acceptedNames: { plural: '', kind: '' },
      storedVersions: null,
    };
    noteStoredVersion(definition);
    dropEmptyWebhook(definition);
    firstGeneration(definition);
  },
  validateCreate(definition) {
    const errors = new FieldErrors();
    validateDefinition(errors, definition);
    return errors.list;
  },
  warningsOnCreate: (definition) => formatWarnings(unknownFormats(definition)),
  allowUnconditionalUpdate: false,
  defaultPropagation: 'none',
  twoPhaseDeletion: definitionDeletion,
  prepareForUpdate(definition, old) {
    takeBack(definition, old, 'status');
    dropEmptyWebhook(definition);
    raiseGeneration(definition, old, ['spec'], sameSpec);
    definition.status = { ...definition.status };
    noteStoredVersion(definition);
  },
  validateUpdate(definition, old) {
    const errors = new FieldErrors();
    validateDefinition(errors, definition, old);
    return errors.list;
  },
  warningsOnUpdate(definition, old) {
    const before = new Set(unknownFormats(old));
    return formatWarnings(unknownFormats(definition).filter((format) => !before.has(format)));
  },

  subresources: {
    status: {
      // metadata is not taken back, so that it can be owned: kubernetes/kubernetes#137681
      resetFields: [['spec']],
      prepareForUpdate(definition, old) {
        definition.spec = old.spec;
      },
      validateUpdate({ status }) {
        const errors = new FieldErrors();
        validateNames(errors, status.acceptedNames, 'status.acceptedNames');
        return errors.list;
      },
    },
  },
});
