// PodGroup: what tables cannot say. Its spec never changes.
// Upstream: k8s.io/kubernetes/pkg/registry/scheduling/podgroup/strategy.go and pkg/apis/scheduling/validation.
import type { PodGroup } from '#types/scheduling.k8s.io_v1alpha2';
import { defineKind } from '../define-kind.ts';
import { semanticEqual } from '../semantic-equal.ts';
import { validateConditions } from '../validation/conditions.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { dnsSubdomain, subdomainName } from '../validation/names.ts';
import { keepMetadata, takeBack } from '../validation/status-strategy.ts';
import { dropDisabled, validateGivenName, validateOneOf, validatePolicy } from './group-policy.ts';

function validate({ spec }: PodGroup): FieldErrors {
  const errors = new FieldErrors();
  const reference = spec.podGroupTemplateRef;
  if (reference) {
    validateOneOf(errors, reference, ['workload'], 'spec.podGroupTemplateRef');
    const { workload } = reference;
    const path = 'spec.podGroupTemplateRef.workload';
    if (workload) {
      validateGivenName(errors, workload.workloadName, `${path}.workloadName`, dnsSubdomain);
      validateGivenName(errors, workload.podGroupTemplateName, `${path}.podGroupTemplateName`);
    }
  }
  validatePolicy(errors, spec.schedulingPolicy, 'spec.schedulingPolicy');
  return errors;
}

export const podGroup = defineKind<PodGroup>({
  group: 'scheduling.k8s.io',
  version: 'v1alpha2',
  kind: 'PodGroup',
  isDeclarative: true,
  nameRule: subdomainName,
  setDefaults(group) {
    group.spec.disruptionMode ??= 'Pod';
  },
  prepareForCreate(group) {
    group.status = {};
    dropDisabled(group.spec);
    // dropped as well, and filled in by whatever reads the stored object
    group.spec.disruptionMode = 'Pod';
  },
  validateCreate: (group) => validate(group).list,
  prepareForUpdate(group, old) {
    takeBack(group, old, 'status');
    dropDisabled(group.spec, old.spec);
  },
  validateUpdate(group, old) {
    const errors = new FieldErrors();
    for (const field of ['podGroupTemplateRef', 'schedulingPolicy'] as const)
      if (!semanticEqual(group.spec[field], old.spec[field]))
        errors.invalid(`spec.${field}`, null, 'field is immutable');
    if (group.spec.disruptionMode !== old.spec.disruptionMode) errors.forbidden('spec.disruptionMode', '');
    return errors.list;
  },
  subresources: {
    status: {
      resetFields: [['metadata'], ['spec']],
      prepareForUpdate(group, old) {
        group.spec = old.spec;
        keepMetadata(group, old);
        if (!old.spec.resourceClaims?.length) delete group.status?.resourceClaimStatuses;
      },
      validateUpdate({ status }) {
        const errors = new FieldErrors();
        validateConditions(errors, status?.conditions, 'status.conditions');
        return errors.list;
      },
    },
  },
});
