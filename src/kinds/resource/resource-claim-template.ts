// ResourceClaimTemplate: what tables cannot say. Its spec never changes.
// Upstream: k8s.io/kubernetes/pkg/registry/resource/resourceclaimtemplate/strategy.go.
import type { ResourceClaimTemplate } from '#types/resource.k8s.io_v1';
import { defineKind } from '../define-kind.ts';
import { internalJson } from '../internal-json.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { validateLabels } from '../validation/labels.ts';
import { subdomainName } from '../validation/names.ts';
import { validateImmutable } from '../validation/numbers.ts';
import { validateAnnotations } from '../validation/object-meta.ts';
import { setClaimDefaults, validateDeviceClaim } from './claim-rules.ts';
import { templateV1beta1 } from './v1beta1.ts';

function validate(errors: FieldErrors, { spec }: ResourceClaimTemplate): void {
  validateAnnotations(errors, spec.metadata.annotations, 'spec.metadata.annotations');
  validateLabels(errors, spec.metadata.labels, 'spec.metadata.labels');
  validateDeviceClaim(errors, spec.spec.devices, 'spec.spec.devices');
}

export const resourceClaimTemplate = defineKind<ResourceClaimTemplate>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaimTemplate',
  metadataChecks: ['change', 'whole'],
  nameRule: subdomainName,
  returnsDeletedObject: true,
  setDefaults: ({ spec }) => setClaimDefaults(spec.spec.devices),
  validateCreate(template) {
    const errors = new FieldErrors();
    validate(errors, template);
    return errors.list;
  },
  validateUpdate(template, old) {
    const errors = new FieldErrors();
    validate(errors, template);
    const shown = internalJson(template.spec, 'ResourceClaimTemplateSpec');
    validateImmutable(errors, template.spec, old.spec, 'spec', shown);
    return errors.list;
  },
  table: {
    columns: [nameColumn, ageColumn],
    row: (template, context) => ({ cells: [nameOf(template), ageOf(template, context)] }),
  },

  conversions: { v1beta1: templateV1beta1 },
});
