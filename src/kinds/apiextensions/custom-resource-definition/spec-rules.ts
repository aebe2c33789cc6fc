// Rules of the spec of a CustomResourceDefinition.
// Upstream: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go.

import type {
  CustomResourceConversion,
  CustomResourceDefinition,
  CustomResourceDefinitionNames,
  CustomResourceDefinitionVersion,
} from '#types/apiextensions.k8s.io_v1';
import { goQuote } from '../../../api/go-text.ts';
import { caBundleFault } from '../../validation/ca-bundle.ts';
import type { FieldErrors } from '../../validation/field-errors.ts';
import { dns1035Label, dnsSubdomain } from '../../validation/names.ts';
import { validateImmutable } from '../../validation/numbers.ts';
import { validateWebhookClient } from '../../validation/webhook-client.ts';
import { versionForm } from './internal-form.ts';
import { everySchema } from './schema-parts.ts';
import { sharedFields, validateOwnFields, validateSharedFields } from './version-rules.ts';

const scopes = ['Cluster', 'Namespaced'];
const strategies = ['None', 'Webhook'];
const reviewVersions = ['v1', 'v1beta1'];
const approvedAnnotation = 'api-approved.kubernetes.io';

function isEstablished({ status }: CustomResourceDefinition): boolean {
  return (
    status.conditions?.some(({ type, status: value }) => type === 'Established' && value === 'True') ?? false
  );
}

function joined(errors: FieldErrors, value: string, path: string, rule: (value: string) => string[]): void {
  const faults = rule(value);
  if (faults.length > 0) errors.invalid(path, value, faults.join(','));
}

function mixedCase(errors: FieldErrors, value: string, path: string): void {
  const faults = dns1035Label(value.toLowerCase());
  if (faults.length > 0)
    errors.invalid(path, value, `may have mixed case, but should otherwise match: ${faults.join(',')}`);
}

/** Names, where they are there. */
export function validateNames(errors: FieldErrors, names: CustomResourceDefinitionNames, path: string): void {
  const { plural, singular, kind, listKind, shortNames, categories } = names;
  if (plural) joined(errors, plural, `${path}.plural`, dns1035Label);
  if (singular) joined(errors, singular, `${path}.singular`, dns1035Label);
  if (kind) mixedCase(errors, kind, `${path}.kind`);
  if (listKind) mixedCase(errors, listKind, `${path}.listKind`);
  shortNames?.forEach((name, i) => {
    joined(errors, name, `${path}.shortNames[${i}]`, dns1035Label);
  });
  if (kind && kind === listKind)
    errors.invalid(`${path}.listKind`, listKind, 'kind and listKind may not be the same');
  categories?.forEach((category, i) => {
    joined(errors, category, `${path}.categories[${i}]`, dns1035Label);
  });
}

/** Once a definition is served its webhook keeps a good bundle, where it had one. */
function validateBundle(
  errors: FieldErrors,
  conversion: CustomResourceConversion,
  old: CustomResourceDefinition | undefined,
): void {
  const bundle = conversion.webhook?.clientConfig?.caBundle;
  const fault = caBundleFault(bundle);
  if (fault === undefined || old === undefined || !isEstablished(old)) return;
  if (caBundleFault(old.spec.conversion?.webhook?.clientConfig?.caBundle) === undefined)
    errors.invalid('spec.conversion.webhookClientConfig.caBundle', bundle, fault);
}

function validateConversion(
  errors: FieldErrors,
  { spec: { conversion } }: CustomResourceDefinition,
  oldDefinition: CustomResourceDefinition | undefined,
): void {
  const old = oldDefinition?.spec.conversion;
  if (!conversion) return;
  const path = 'spec.conversion';
  const { strategy, webhook } = conversion;
  const versions = webhook?.conversionReviewVersions ?? [];
  const clientPath = `${path}.webhookClientConfig`;
  const versionsPath = `${path}.conversionReviewVersions`;
  if (!strategy) errors.required(`${path}.strategy`);
  else if (!strategies.includes(strategy)) errors.notSupported(`${path}.strategy`, strategy, strategies);
  if (strategy !== 'Webhook') {
    const text = 'should not be set when strategy is not set to Webhook';
    if (webhook?.clientConfig) errors.forbidden(clientPath, text);
    if (versions.length > 0) errors.forbidden(versionsPath, text);
    return;
  }
  if (!webhook?.clientConfig) errors.required(clientPath, 'required when strategy is set to Webhook');
  else {
    validateWebhookClient(errors, webhook.clientConfig, clientPath);
    validateBundle(errors, conversion, oldDefinition);
  }
  if (versions.length === 0) errors.required(versionsPath);
  versions.forEach((version, i) => {
    const at = `${versionsPath}[${i}]`;
    if (versions.indexOf(version) < i) errors.invalid(at, version, 'duplicate version');
    else errors.invalids(at, version, dns1035Label(version));
  });
  const before = old?.webhook?.conversionReviewVersions ?? [];
  const wasKnown = before.length === 0 || before.some((version) => reviewVersions.includes(version));
  const isKnown = versions.some((version) => reviewVersions.includes(version));
  if (versions.length > 0 && wasKnown && !isKnown)
    errors.invalid(versionsPath, versions, `must include at least one of ${reviewVersions.join(', ')}`);
}

function printVersions(versions: readonly CustomResourceDefinitionVersion[]): unknown {
  const shared = sharedFields(versions);
  return versions.map((version) => versionForm(version, (field) => shared.has(field)));
}

function validateVersions(
  errors: FieldErrors,
  given: readonly CustomResourceDefinitionVersion[] | null,
  oldVersions: readonly CustomResourceDefinitionVersion[],
): void {
  const versions = given ?? [];
  const siblings = { versions, shared: sharedFields(versions), oldVersions };
  versions.forEach((version, i) => {
    if (!version.schema?.openAPIV3Schema) errors.required(`spec.versions[${i}].schema.openAPIV3Schema`);
  });
  versions.forEach((version, i) => {
    const path = `spec.versions[${i}]`;
    joined(errors, version.name, `${path}.name`, dns1035Label);
    validateOwnFields(errors, version, path, siblings);
  });
  if (new Set(versions.map(({ name }) => name)).size < versions.length)
    errors.invalid('spec.versions', printVersions(versions), 'must contain unique version names');
  if (versions.filter(({ storage }) => storage).length !== 1)
    errors.invalid(
      'spec.versions',
      given && printVersions(given),
      'must have exactly one version marked as storage version',
    );
}

function validateSpec(
  errors: FieldErrors,
  definition: CustomResourceDefinition,
  old: CustomResourceDefinition | undefined,
): void {
  const { spec } = definition;
  const { group, scope, names } = spec;
  const versions = spec.versions ?? [];
  if (!group) errors.required('spec.group');
  else if (dnsSubdomain(group).length > 0) joined(errors, group, 'spec.group', dnsSubdomain);
  else if (!group.includes('.'))
    errors.invalid('spec.group', group, 'should be a domain with at least one dot');
  if (!scope) errors.required('spec.scope');
  else if (!scopes.includes(scope)) errors.notSupported('spec.scope', scope, scopes);
  const oldVersions = old?.spec.versions ?? [];
  validateVersions(errors, spec.versions ?? null, oldVersions);
  const [first] = versions;
  // Upstream's internal spec names its first version again.
  if (first?.name) joined(errors, first.name, 'spec.version', dns1035Label);
  for (const field of ['plural', 'singular', 'kind', 'listKind'] as const)
    if (!names[field]) errors.required(`spec.names.${field}`);
  validateNames(errors, names, 'spec.names');
  validateSharedFields(errors, { versions, shared: sharedFields(versions), oldVersions });
  validateConversion(errors, definition, old);
}

function validateStored(errors: FieldErrors, { spec, status }: CustomResourceDefinition): void {
  const path = 'status.storedVersions';
  const stored = status.storedVersions ?? [];
  if (stored.length === 0) {
    errors.invalid(path, status.storedVersions, 'must have at least one stored version');
    return;
  }
  const names = (spec.versions ?? []).map(({ name }) => name);
  // Of two versions with one name only the first finds it.
  const left = new Set(stored);
  for (const { name, storage } of spec.versions ?? [])
    if (!left.delete(name) && storage) errors.invalid(path, stored, `must have the storage version ${name}`);
  stored.forEach((name, i) => {
    if (!names.includes(name))
      errors.invalid(
        `${path}[${i}]`,
        name,
        `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`,
      );
  });
}

type Approval = 'missing' | 'bypassed' | 'approved' | 'invalid';

function approvalOf({ metadata }: CustomResourceDefinition): Approval {
  const text = metadata.annotations?.[approvedAnnotation] ?? '';
  if (text === '') return 'missing';
  if (text.startsWith('unapproved')) return 'bypassed';
  return /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/]/.test(text) ? 'approved' : 'invalid';
}

/** Groups of the community need a pointer to the review of their API. */
function validateApproval(
  errors: FieldErrors,
  definition: CustomResourceDefinition,
  old: CustomResourceDefinition | undefined,
): void {
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(definition.spec.group)) return;
  const approval = approvalOf(definition);
  if (old && approvalOf(old) === approval) return;
  const path = `metadata.annotations[${approvedAnnotation}]`;
  const start = `protected groups must have approval annotation ${goQuote(approvedAnnotation)}`;
  const see = 'see https://github.com/kubernetes/enhancements/pull/1111';
  if (approval === 'missing') errors.required(path, `${start}, ${see}`);
  if (approval === 'invalid')
    errors.invalid(
      path,
      definition.metadata.annotations?.[approvedAnnotation],
      `${start} with either a URL or a reason starting with "unapproved", ${see}`,
    );
}

function hasDefaults({ spec }: CustomResourceDefinition): boolean {
  const roots = (spec.versions ?? []).flatMap(({ schema }) => schema?.openAPIV3Schema ?? []);
  return roots.some((root) => [...everySchema(root)].some((schema) => schema.default !== undefined));
}

/** The rules of create and update. */
export function validateDefinition(
  errors: FieldErrors,
  definition: CustomResourceDefinition,
  old?: CustomResourceDefinition,
): void {
  const { spec, status } = definition;
  const { names, group } = spec;
  validateSpec(errors, definition, old);
  if (spec.preserveUnknownFields && hasDefaults(definition))
    errors.invalid(
      'spec.preserveUnknownFields',
      true,
      'must be false in order to use defaults in the schema',
    );
  if (old) {
    if (isEstablished(old)) {
      validateImmutable(errors, spec.scope, old.spec.scope, 'spec.scope');
      validateImmutable(errors, names.kind, old.spec.names.kind, 'spec.names.kind');
    }
    validateImmutable(errors, group, old.spec.group, 'spec.group');
    validateImmutable(errors, names.plural, old.spec.names.plural, 'spec.names.plural');
  }
  validateNames(errors, status.acceptedNames, 'status.acceptedNames');
  validateStored(errors, definition);
  validateApproval(errors, definition, old);
  if (spec.preserveUnknownFields && !old?.spec.preserveUnknownFields)
    errors.invalid(
      'spec.preserveUnknownFields',
      true,
      'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
    );
}
