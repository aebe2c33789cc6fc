// VolumeAttributesClass: what tables cannot say. Neither driver nor parameters ever change.
// Upstream: k8s.io/kubernetes/pkg/apis/storage/validation/validation.go.
import type { VolumeAttributesClass } from '#types/storage.k8s.io_v1';
import { defineKind } from '../define-kind.ts';
import { semanticEqual } from '../semantic-equal.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, doc, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { subdomainName } from '../validation/names.ts';
import { validateParameters, validateProvisioner } from './class-parameters.ts';

function validate(errors: FieldErrors, { driverName, parameters }: VolumeAttributesClass): void {
  validateProvisioner(errors, driverName, 'driverName');
  validateParameters(errors, parameters, true);
}

export const volumeAttributesClass = defineKind<VolumeAttributesClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttributesClass',
  metadataChecks: ['change', 'whole'],
  nameRule: subdomainName,
  returnsDeletedObject: true,
  validateCreate(attributesClass) {
    const errors = new FieldErrors();
    validate(errors, attributesClass);
    return errors.list;
  },
  validateUpdate(attributesClass, old) {
    const errors = new FieldErrors();
    if (attributesClass.driverName !== old.driverName)
      errors.forbidden('driverName', 'updates to driverName are forbidden.');
    if (!semanticEqual(attributesClass.parameters, old.parameters))
      errors.forbidden('parameters', 'updates to parameters are forbidden.');
    validate(errors, attributesClass);
    return errors.list;
  },
  table: {
    columns: [
      nameColumn,
      column('DriverName', 'string', doc('storage.k8s.io/v1.VolumeAttributesClass.driverName')),
      ageColumn,
    ],
    row: (attributesClass, context) => ({
      cells: [nameOf(attributesClass), attributesClass.driverName, ageOf(attributesClass, context)],
    }),
  },
});
