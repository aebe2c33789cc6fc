// Workload: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/registry/scheduling/workload/strategy.go and pkg/apis/scheduling/validation.
import type { Workload } from '#types/scheduling.k8s.io_v1alpha2';
import { defineKind } from '../define-kind.ts';
import { semanticEqual } from '../semantic-equal.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { dnsSubdomain, pathSegment, subdomainName } from '../validation/names.ts';
import { dropDisabled, formatFaults, validateGivenName, validatePolicy } from './group-policy.ts';

const mostTemplates = 8;
const templatesPath = 'spec.podGroupTemplates';

function validateCount(errors: FieldErrors, count: number): void {
  if (count === 0) errors.required(templatesPath);
  if (count > mostTemplates) errors.tooMany(templatesPath, count, mostTemplates);
}

function validate({ spec }: Workload): FieldErrors {
  const errors = new FieldErrors();
  const { controllerRef: controller } = spec;
  if (controller) {
    const { apiGroup, kind, name } = controller;
    if (apiGroup)
      errors.invalids('spec.controllerRef.apiGroup', apiGroup, formatFaults(apiGroup, dnsSubdomain));
    validateGivenName(errors, kind, 'spec.controllerRef.kind', pathSegment);
    validateGivenName(errors, name, 'spec.controllerRef.name', pathSegment);
  }
  const templates = spec.podGroupTemplates ?? [];
  validateCount(errors, templates.length);
  if (templates.length > mostTemplates) return errors;
  const names = new Set<string>();
  templates.forEach((template, i) => {
    const path = `${templatesPath}[${i}]`;
    const { name = '', schedulingPolicy, schedulingConstraints = null } = template;
    if (names.has(name)) errors.duplicate(path, { name, schedulingPolicy, schedulingConstraints });
    names.add(name);
    validateGivenName(errors, name, `${path}.name`);
    validatePolicy(errors, schedulingPolicy, `${path}.schedulingPolicy`);
  });
  return errors;
}

export const workload = defineKind<Workload>({
  group: 'scheduling.k8s.io',
  version: 'v1alpha2',
  kind: 'Workload',
  isDeclarative: true,
  nameRule: subdomainName,
  prepareForCreate(workload) {
    for (const template of workload.spec.podGroupTemplates ?? []) dropDisabled(template);
  },
  validateCreate: (workload) => validate(workload).list,
  prepareForUpdate(workload, old) {
    workload.spec.podGroupTemplates?.forEach((template, i) => {
      dropDisabled(template, old.spec.podGroupTemplates?.[i]);
    });
  },
  validateUpdate({ spec }, old) {
    const errors = new FieldErrors();
    if (!semanticEqual(spec.controllerRef, old.spec.controllerRef))
      errors.invalid('spec.controllerRef', null, 'field is immutable');
    if (!semanticEqual(spec.podGroupTemplates, old.spec.podGroupTemplates)) {
      errors.invalid(templatesPath, null, 'field is immutable');
      validateCount(errors, spec.podGroupTemplates?.length ?? 0);
    }
    return errors.list;
  },
});
