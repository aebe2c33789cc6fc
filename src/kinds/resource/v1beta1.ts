// resource.k8s.io/v1beta1: requests have what v1 puts under `exactly`, and devices have a `basic` around what v1 has in them.
// Upstream: k8s.io/kubernetes/pkg/apis/resource/v1beta1/conversion.go.

import type * as v1 from '#types/resource.k8s.io_v1';
import type * as v1beta1 from '#types/resource.k8s.io_v1beta1';
import { copyJson } from '../../api/json-object.ts';
import type { KubeObject } from '../../api/object.ts';
import type { VersionConversion } from '../define-kind.ts';

const exactFields = [
  'deviceClassName',
  'selectors',
  'allocationMode',
  'count',
  'adminAccess',
  'tolerations',
  'capacity',
] as const;

function requestToday(old: v1beta1.DeviceRequest): v1.DeviceRequest {
  const { name, firstAvailable, ...exactly } = old;
  const isSet = exactFields.some((field) => {
    const value = exactly[field];
    return value !== undefined && value !== '' && value !== 0;
  });
  return {
    name,
    ...(isSet && { exactly: exactly as v1.ExactDeviceRequest }),
    ...(firstAvailable && { firstAvailable }),
  };
}

function requestOld({ name, exactly, firstAvailable }: v1.DeviceRequest): v1beta1.DeviceRequest {
  return { name, ...exactly, ...(firstAvailable && { firstAvailable }) } as v1beta1.DeviceRequest;
}

/** Changes the requests of a claim's spec in place. */
function convertRequests<From, To>(
  devices: { requests?: From[] | null } | undefined,
  convert: (request: From) => To,
): void {
  if (devices?.requests) (devices as { requests?: unknown }).requests = devices.requests.map(convert);
}

function setDefaults(devices: v1beta1.DeviceClaim | undefined): void {
  for (const request of devices?.requests ?? []) {
    // without a class a request has alternatives, which have defaults of their own
    if (!request.deviceClassName) continue;
    if (!request.allocationMode) request.allocationMode = 'ExactCount';
    if (request.allocationMode === 'ExactCount' && !request.count) request.count = 1;
  }
}

function inVersion(object: KubeObject, version: string): KubeObject {
  return { ...copyJson(object), apiVersion: `resource.k8s.io/${version}` };
}

/** ResourceClaim. */
export const claimV1beta1: VersionConversion = {
  setDefaults: (object) => setDefaults((object as unknown as v1beta1.ResourceClaim).spec.devices),
  toStorage(object) {
    const claim = inVersion(object, 'v1');
    convertRequests((claim as unknown as v1beta1.ResourceClaim).spec.devices, requestToday);
    return claim;
  },
  fromStorage(object) {
    const claim = inVersion(object, 'v1beta1');
    convertRequests((claim as unknown as v1.ResourceClaim).spec.devices, requestOld);
    return claim;
  },
};

/** ResourceClaimTemplate. */
export const templateV1beta1: VersionConversion = {
  setDefaults: (object) =>
    setDefaults((object as unknown as v1beta1.ResourceClaimTemplate).spec.spec.devices),
  toStorage(object) {
    const template = inVersion(object, 'v1');
    convertRequests((template as unknown as v1beta1.ResourceClaimTemplate).spec.spec.devices, requestToday);
    return template;
  },
  fromStorage(object) {
    const template = inVersion(object, 'v1beta1');
    convertRequests((template as unknown as v1.ResourceClaimTemplate).spec.spec.devices, requestOld);
    return template;
  },
};

/** ResourceSlice. */
export const sliceV1beta1: VersionConversion = {
  toStorage(object) {
    const slice = inVersion(object, 'v1');
    const { spec } = slice as unknown as { spec: { devices?: unknown } };
    const devices = (spec.devices ?? undefined) as v1beta1.Device[] | undefined;
    if (devices) spec.devices = devices.map(({ name, basic }): v1.Device => ({ name, ...basic }));
    return slice;
  },
  fromStorage(object) {
    const slice = inVersion(object, 'v1beta1');
    const { spec } = slice as unknown as { spec: { devices?: unknown } };
    const devices = (spec.devices ?? undefined) as v1.Device[] | undefined;
    if (devices) spec.devices = devices.map(({ name, ...basic }): v1beta1.Device => ({ name, basic }));
    return slice;
  },
};
