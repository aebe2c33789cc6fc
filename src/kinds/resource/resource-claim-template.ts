// ResourceClaimTemplate: what tables cannot say. Its spec never changes.
// Upstream: k8s.io/kubernetes/pkg/registry/resource/resourceclaimtemplate/strategy.go.
import type { ResourceClaimTemplate } from '#types/resource.k8s.io_v1';
import { defineKind } from '../define-kind.ts';
import { internalJson } from '../internal-json.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { subdomainName } from '../validation/names.ts';
import { validateImmutable } from '../validation/numbers.ts';
import { validateTemplateMetadata } from '../validation/template-metadata.ts';
import { validateAdminRequests } from './admin-access.ts';
import { setClaimDefaults, validateDeviceClaim } from './claim-rules.ts';
import { templateV1beta1 } from './v1beta1.ts';

function validate(errors: FieldErrors, { spec }: ResourceClaimTemplate): void {
  validateTemplateMetadata(errors, spec.metadata, 'spec.metadata');
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
  validateCreate(template, context) {
    const errors = new FieldErrors();
    validateAdminRequests(errors, template.spec.spec.devices.requests, context);
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
