// Rules of the status of a ResourceClaim: what was allocated and who uses it.
// Upstream: validateResourceClaimStatusUpdate in k8s.io/kubernetes/pkg/apis/resource/validation/validation.go.
import type {
  AllocatedDeviceStatus,
  AllocationResult,
  DeviceRequestAllocationResult,
  NetworkDeviceData,
  ResourceClaim,
} from '#types/resource.k8s.io_v1';
import { goQuote } from '../../api/go-text.ts';
import { internalJson } from '../internal-json.ts';
import { semanticEqual } from '../semantic-equal.ts';
import { validateInterfaceAddress } from '../validation/addresses.ts';
import { validateConditions } from '../validation/conditions.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { dnsLabel, longerThan } from '../validation/names.ts';
import { validateNodeSelector } from '../validation/node-selector.ts';
import { validateDriverName } from '../volumes/source-rules.ts';
import { validateBindingConditions } from './binding-conditions.ts';
import {
  mostConfigs,
  mostRequests,
  requestNamesOf,
  validateConfiguration,
  validateRaw,
  validateRequestReference,
  validateRequestReferences,
} from './claim-rules.ts';
import { validatePoolName, validateSet, validateSlice } from './list-rules.ts';

const mostUsers = 256;
const mostConditions = 8;
const longestData = 10 * 1024;
const sources = ['FromClaim', 'FromClass'];
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface DeviceId {
  readonly driver: string;
  readonly pool: string;
  readonly device: string;
  readonly shareID?: string;
}

/** A device by name, or a share of it. */
export function identityOf(id: DeviceId): string {
  return JSON.stringify(printedId(id));
}

/** The same with the names of upstream's internal type. */
function printedId({ driver, pool, device, shareID = '' }: DeviceId) {
  return { Driver: driver, Pool: pool, Device: device, ShareID: shareID };
}

function validateDeviceId(errors: FieldErrors, id: DeviceId, path: string): void {
  validateDriverName(errors, id.driver, `${path}.driver`);
  validatePoolName(errors, id.pool, `${path}.pool`);
  errors.invalids(`${path}.device`, id.device, dnsLabel(id.device));
}

/** What Go's uuid.Validate says of a text. */
function uuidFault(text: string): string | undefined {
  const length = Buffer.byteLength(text);
  if (length === 45 && !/^urn:uuid:/i.test(text)) return `invalid urn prefix: ${goQuote(text.slice(0, 9))}`;
  if (length === 38 && !/^\{.*\}$/.test(text)) return 'invalid bracketed UUID format';
  const bare = length === 45 ? text.slice(9) : length === 38 ? text.slice(1, -1) : text;
  if (![32, 36].includes(bare.length)) return `invalid UUID length: ${length}`;
  const pattern = bare.length === 32 ? /^[0-9a-f]{32}$/i : uuid;
  return pattern.test(bare) ? undefined : 'invalid UUID format';
}

function validateShare(errors: FieldErrors, { shareID }: DeviceId, path: string): void {
  if (shareID === undefined) return;
  const fault = uuidFault(shareID);
  if (fault !== undefined) errors.invalid(`${path}.shareID`, shareID, `error validating uid: ${fault}`);
  else if (shareID.length !== 36 || shareID !== shareID.toLowerCase())
    errors.invalid(
      `${path}.shareID`,
      shareID,
      'uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase hexadecimal characters',
    );
}

function validateResult(
  errors: FieldErrors,
  result: DeviceRequestAllocationResult,
  names: ReadonlySet<string>,
  path: string,
): void {
  validateRequestReference(errors, result.request, names, `${path}.request`);
  validateDeviceId(errors, result, path);
  validateBindingConditions(errors, result, path);
  validateShare(errors, result, path);
}

function validateAllocation(
  errors: FieldErrors,
  { devices, nodeSelector }: AllocationResult,
  names: ReadonlySet<string>,
): void {
  const path = 'status.allocation.devices';
  validateSlice(errors, devices.results, mostRequests, `${path}.results`, (result, at) =>
    validateResult(errors, result, names, at),
  );
  validateSlice(errors, devices.config, 2 * mostConfigs, `${path}.config`, (config, at) => {
    if (!config.source) errors.required(`${at}.source`);
    else if (!sources.includes(config.source)) errors.notSupported(`${at}.source`, config.source, sources);
    validateRequestReferences(errors, config.requests, names, `${at}.requests`);
    validateConfiguration(errors, config, at);
  });
  if (nodeSelector) validateNodeSelector(errors, nodeSelector, false, 'status.allocation.nodeSelector');
}

function validateNetwork(errors: FieldErrors, data: NetworkDeviceData | undefined, path: string): void {
  if (!data) return;
  if (longerThan(data.interfaceName ?? '', 256)) errors.tooLong(`${path}.interfaceName`, 256);
  if (longerThan(data.hardwareAddress ?? '', 128)) errors.tooLong(`${path}.hardwareAddress`, 128);
  validateSet(
    errors,
    data.ips,
    16,
    `${path}.ips`,
    (ip, at) => validateInterfaceAddress(errors, at, ip),
    (ip) => ip,
  );
}

function validateDevice(
  errors: FieldErrors,
  device: AllocatedDeviceStatus,
  allocated: ReadonlySet<string>,
  path: string,
): void {
  validateDeviceId(errors, device, path);
  validateShare(errors, device, path);
  if (!allocated.has(identityOf(device)))
    errors.invalid(path, printedId(device), 'must be an allocated device in the claim');
  const conditions = device.conditions ?? [];
  if (conditions.length > mostConditions)
    errors.tooMany(`${path}.conditions`, conditions.length, mostConditions);
  validateConditions(errors, conditions, `${path}.conditions`);
  if (device.data !== undefined && device.data !== null)
    validateRaw(errors, device.data, `${path}.data`, longestData);
  validateNetwork(errors, device.networkData, `${path}.networkData`);
}

function validateUsers(errors: FieldErrors, claim: ResourceClaim, old: ResourceClaim): void {
  const path = 'status.reservedFor';
  const users = claim.status.reservedFor ?? [];
  if (users.length === 0) return;
  if (!claim.status.allocation) {
    errors.forbidden(path, 'may not be specified when `allocated` is not set');
    return;
  }
  if (!claim.metadata.deletionTimestamp) return;
  const before = old.status.reservedFor ?? [];
  if (users.some((user) => !before.some((other) => semanticEqual(user, other))))
    errors.forbidden(
      path,
      'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set',
    );
}

/** The rules of an update of the status. */
export function validateClaimStatus(errors: FieldErrors, claim: ResourceClaim, old: ResourceClaim): void {
  const { reservedFor, devices, allocation } = claim.status;
  validateSet(
    errors,
    reservedFor,
    mostUsers,
    'status.reservedFor',
    (user, at) => {
      for (const field of ['resource', 'name', 'uid'] as const)
        if (!user[field]) errors.required(`${at}.${field}`);
    },
    ({ uid }) => uid,
  );
  const allocated = new Set((allocation?.devices.results ?? []).map(identityOf));
  validateSet(
    errors,
    devices,
    Number.POSITIVE_INFINITY,
    'status.devices',
    (device, at) => validateDevice(errors, device, allocated, at),
    printedId,
  );
  validateUsers(errors, claim, old);
  const before = old.status.allocation;
  if (before && allocation) {
    if (!semanticEqual(before, allocation))
      errors.invalid('status.allocation', internalJson(allocation, 'AllocationResult'), 'field is immutable');
  } else if (allocation) validateAllocation(errors, allocation, requestNamesOf(claim.spec.devices));
}
