// ResourcePoolStatusRequest: what tables cannot say. Asked once, answered once.
// Upstream: k8s.io/kubernetes/pkg/apis/resource/validation/validation_resourcepoolstatusrequest.go.
import type { ResourcePoolStatusRequest } from '#types/resource.k8s.io_v1alpha3';
import { defineKind } from '../define-kind.ts';
import { internalJson } from '../internal-json.ts';
import { semanticEqual } from '../semantic-equal.ts';
import { validateConditions } from '../validation/conditions.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { subdomainName } from '../validation/names.ts';
import { validateImmutable } from '../validation/numbers.ts';
import { keepMetadata, takeBack } from '../validation/status-strategy.ts';
import {
  atLeast,
  validateCaselessName,
  validatePoolPath,
  validatePoolStatuses,
} from './pool-status-rules.ts';

const highestLimit = 1000;

export const resourcePoolStatusRequest = defineKind<ResourcePoolStatusRequest>({
  group: 'resource.k8s.io',
  version: 'v1alpha3',
  kind: 'ResourcePoolStatusRequest',
  isDeclarative: true,
  nameRule: subdomainName,
  setDefaults({ spec }) {
    spec.limit ??= 100;
  },
  prepareForCreate(request) {
    delete request.status;
  },
  validateCreate({ spec }) {
    const errors = new FieldErrors();
    validateCaselessName(errors, spec.driver, 'spec.driver');
    if (spec.poolName !== undefined) validatePoolPath(errors, spec.poolName, 'spec.poolName');
    atLeast(errors, spec.limit, 1, 'spec.limit');
    if (spec.limit !== undefined && spec.limit > highestLimit)
      errors.invalid('spec.limit', spec.limit, `must be less than or equal to ${highestLimit}`);
    return errors.list;
  },
  prepareForUpdate: (request, old) => takeBack(request, old, 'status'),
  validateUpdate({ spec }, old) {
    const errors = new FieldErrors();
    validateImmutable(errors, spec, old.spec, 'spec', null);
    return errors.list;
  },

  subresources: {
    status: {
      resetFields: [['metadata'], ['spec']],
      prepareForUpdate(request, old) {
        request.spec = old.spec;
        keepMetadata(request, old);
      },
      validateUpdate({ status }, old) {
        const errors = new FieldErrors();
        if (old.status) {
          if (!semanticEqual(status, old.status)) {
            const shown = status ? internalJson(status, 'ResourcePoolStatusRequestStatus') : null;
            errors.invalid('status', shown, 'field is immutable');
          }
        } else if (status) validateConditions(errors, status.conditions, 'status.conditions');
        if (status) validatePoolStatuses(errors, status, old.status);
        return errors.list;
      },
    },
  },
});
