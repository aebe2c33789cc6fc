// ResourcePoolStatusRequest: what tables cannot say. Asked once, answered once.
// Upstream: k8s.io/kubernetes/pkg/apis/resource/validation/validation_resourcepoolstatusrequest.go.
import type { PoolStatus, ResourcePoolStatusRequest } from '#types/resource.k8s.io_v1alpha3';
import { defineKind } from '../define-kind.ts';
import { semanticEqual } from '../semantic-equal.ts';
import { validateConditions } from '../validation/conditions.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { dnsSubdomain, longerThan, subdomainName } from '../validation/names.ts';
import { validateImmutable } from '../validation/numbers.ts';
import { keepMetadata, takeBack } from '../validation/status-strategy.ts';
import { validateDriverName } from '../volumes/source-rules.ts';
import { validatePoolName, validateSlice } from './list-rules.ts';

const mostPools = 1000;
const mostConditions = 10;
const longestError = 256;

function atLeast(errors: FieldErrors, value: number | undefined, least: number, path: string): void {
  if (value !== undefined && value < least)
    errors.invalid(path, value, `must be greater than or equal to ${least}`);
}

function validateDriver(errors: FieldErrors, driver: string | undefined, path: string): void {
  if (!driver) errors.required(path);
  else validateDriverName(errors, driver, path);
}

function validatePool(errors: FieldErrors, pool: PoolStatus, path: string): void {
  validateDriver(errors, pool.driver, `${path}.driver`);
  validatePoolName(errors, pool.poolName ?? '', `${path}.poolName`);
  atLeast(errors, pool.generation, 0, `${path}.generation`);
  atLeast(errors, pool.resourceSliceCount, 1, `${path}.resourceSliceCount`);
  for (const count of ['totalDevices', 'allocatedDevices', 'availableDevices', 'unavailableDevices'] as const)
    atLeast(errors, pool[count], 0, `${path}.${count}`);
  if (pool.nodeName !== undefined)
    errors.invalids(`${path}.nodeName`, pool.nodeName, dnsSubdomain(pool.nodeName));
  if (longerThan(pool.validationError ?? '', longestError))
    errors.tooLong(`${path}.validationError`, longestError);
}

export const resourcePoolStatusRequest = defineKind<ResourcePoolStatusRequest>({
  group: 'resource.k8s.io',
  version: 'v1alpha3',
  kind: 'ResourcePoolStatusRequest',
  nameRule: subdomainName,
  setDefaults({ spec }) {
    spec.limit ??= 100;
  },
  prepareForCreate(request) {
    delete request.status;
  },
  validateCreate({ spec }) {
    const errors = new FieldErrors();
    validateDriver(errors, spec.driver, 'spec.driver');
    if (spec.poolName !== undefined) validatePoolName(errors, spec.poolName, 'spec.poolName');
    atLeast(errors, spec.limit, 1, 'spec.limit');
    if (spec.limit !== undefined && spec.limit > mostPools)
      errors.invalid('spec.limit', spec.limit, `must be less than or equal to ${mostPools}`);
    return errors.list;
  },
  prepareForUpdate: (request, old) => takeBack(request, old, 'status'),
  validateUpdate({ spec }, old) {
    const errors = new FieldErrors();
    validateImmutable(errors, spec, old.spec, 'spec');
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
          if (!semanticEqual(status, old.status))
            errors.invalid('status', status ?? null, 'field is immutable');
          return errors.list;
        }
        if (!status) return errors.list;
        if (status.poolCount === undefined) errors.required('status.poolCount');
        atLeast(errors, status.poolCount, 0, 'status.poolCount');
        validateSlice(errors, status.pools, mostPools, 'status.pools', (pool, at) =>
          validatePool(errors, pool, at),
        );
        validateConditions(errors, status.conditions, 'status.conditions');
        const count = status.conditions?.length ?? 0;
        if (count > mostConditions) errors.tooMany('status.conditions', count, mostConditions);
        return errors.list;
      },
    },
  },
});
