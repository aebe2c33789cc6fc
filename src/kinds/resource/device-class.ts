// DeviceClass: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/registry/resource/deviceclass/strategy.go.
import type { DeviceClass } from '#types/resource.k8s.io_v1';
import { defineKind } from '../define-kind.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { longName } from '../validation/names.ts';
import { isExtendedResource } from '../validation/resource-names.ts';
import { firstGeneration, raiseGeneration } from '../validation/status-strategy.ts';
import { mostConfigs, validateConfiguration, validateSelectors } from './claim-rules.ts';
import { validateSlice } from './list-rules.ts';

function validate({ spec }: DeviceClass) {
  const errors = new FieldErrors();
  const name = spec.extendedResourceName;
  validateSelectors(errors, spec.selectors, 'spec.selectors');
  validateSlice(errors, spec.config, mostConfigs, 'spec.config', (config, at) =>
    validateConfiguration(errors, config, at),
  );
  if (name !== undefined && !isExtendedResource(name))
    errors.invalid('spec.extendedResourceName', name, 'must be a valid extended resource name');
  return errors.list;
}

export const deviceClass = defineKind<DeviceClass>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'DeviceClass',
  metadataChecks: ['change', 'whole'],
  nameRule: longName,
  returnsDeletedObject: true,
  prepareForCreate: firstGeneration,
  validateCreate: (deviceClass) => validate(deviceClass),
  prepareForUpdate: (deviceClass, old) => raiseGeneration(deviceClass, old),
  validateUpdate: (deviceClass) => validate(deviceClass),
  table: {
    columns: [nameColumn, ageColumn],
    row: (deviceClass, context) => ({ cells: [nameOf(deviceClass), ageOf(deviceClass, context)] }),
  },
});
