// Names and pools of a ResourcePoolStatusRequest, which are held to declarative rules alone.
// Upstream: the declarative rules of k8s.io/api/resource/v1alpha3/types.go; texts of apimachinery/pkg/api/validate/{strfmt,content}.
import type { PoolStatus, ResourcePoolStatusRequestStatus } from '#types/resource.k8s.io_v1alpha3';
import { semanticEqual } from '../semantic-equal.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { dnsSubdomain, longerThan, patternMessage } from '../validation/names.ts';

const mostPools = 1000;
const mostConditions = 10;
const longestError = 256;
const longestName = 253;
const caselessText = patternMessage(
  "an RFC 1123 subdomain must consist of alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*',
  'Example.com',
);

/** Declarative rules count bytes. */
function longNameFaults(name: string, pattern?: string): string[] {
  return dnsSubdomain(name).map((fault) =>
    fault.startsWith('must be no more') ? `must be no more than ${longestName} bytes` : (pattern ?? fault),
  );
}

/** At least so many, where it is there. */
export function atLeast(errors: FieldErrors, value: number | undefined, least: number, path: string): void {
  if (value !== undefined && value < least)
    errors.invalid(path, value, `must be greater than or equal to ${least}`);
}

/** The name of a driver, in any case. */
export function validateCaselessName(errors: FieldErrors, name: string | undefined, path: string): void {
  if (!name) errors.required(path);
  else errors.invalids(path, name, longNameFaults(name.toLowerCase(), caselessText));
}

/** The name of a pool: subdomains with slashes between them. */
export function validatePoolPath(errors: FieldErrors, name: string, path: string): void {
  if (longerThan(name, longestName)) errors.tooLong(path, longestName);
  name.split('/').forEach((segment, i) => {
    const faults = segment === '' ? ['must not be empty'] : longNameFaults(segment);
    errors.invalids(
      path,
      segment === '' ? name : segment,
      faults.map((fault) => `segment ${i}: ${fault}`),
    );
  });
}

function validatePool(errors: FieldErrors, pool: PoolStatus, path: string): void {
  const { driver, poolName, generation, nodeName, validationError = '' } = pool;
  validateCaselessName(errors, driver, `${path}.driver`);
  if (poolName) validatePoolPath(errors, poolName, `${path}.poolName`);
  else errors.required(`${path}.poolName`);
  if (generation) atLeast(errors, generation, 0, `${path}.generation`);
  else errors.required(`${path}.generation`);
  atLeast(errors, pool.resourceSliceCount, 1, `${path}.resourceSliceCount`);
  for (const count of ['totalDevices', 'allocatedDevices', 'availableDevices', 'unavailableDevices'] as const)
    atLeast(errors, pool[count], 0, `${path}.${count}`);
  if (nodeName !== undefined) errors.invalids(`${path}.nodeName`, nodeName, longNameFaults(nodeName));
  if (longerThan(validationError, longestError)) errors.tooLong(`${path}.validationError`, longestError);
}

/** The declarative rules of a status; what is as it was before is not looked at. */
export function validatePoolStatuses(
  errors: FieldErrors,
  status: ResourcePoolStatusRequestStatus,
  old: ResourcePoolStatusRequestStatus | undefined,
): void {
  const { poolCount, pools = [], conditions = [] } = status;
  if (old === undefined || poolCount !== old.poolCount) {
    if (poolCount === undefined) errors.required('status.poolCount');
    atLeast(errors, poolCount, 0, 'status.poolCount');
  }
  if (!semanticEqual(pools, old?.pools ?? [])) {
    if (pools.length > mostPools) errors.tooMany('status.pools', pools.length, mostPools);
    else
      pools.forEach((pool, i) => {
        validatePool(errors, pool, `status.pools[${i}]`);
      });
  }
  if (semanticEqual(conditions, old?.conditions ?? [])) return;
  if (conditions.length > mostConditions) {
    errors.tooMany('status.conditions', conditions.length, mostConditions);
    return;
  }
  const types = new Set<string>();
  conditions.forEach((condition, i) => {
    if (types.has(condition.type)) errors.duplicate(`status.conditions[${i}]`, condition);
    types.add(condition.type);
  });
}
