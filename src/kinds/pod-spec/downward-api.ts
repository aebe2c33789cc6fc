// What a container or volume may read of its own pod.
// Upstream: validateObjectFieldSelector and validateContainerResourceFieldSelector in
// k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import type { ObjectFieldSelector, ResourceFieldSelector } from '#types/core_v1';
import { compareQuantities } from '../../api/quantity.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { qualifiedName } from '../validation/names.ts';

/** Fields that a volume can hold. */
export const volumeFields = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];

/** Fields that an environment variable can hold. */
export const envFields = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];

const knownFields = new Set([
  ...volumeFields,
  ...envFields,
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
]);

/** Splits `metadata.labels['a']`; the subscript is undefined where there is none. */
function splitSubscript(fieldPath: string): { field: string; subscript?: string } {
  const match = /^(.+?)\['(.*)'\]$/s.exec(fieldPath);
  return match ? { field: match[1]!, subscript: match[2]! } : { field: fieldPath };
}

/** Checks a reference to a field of the pod. */
export function validateFieldRef(
  errors: FieldErrors,
  ref: ObjectFieldSelector,
  fields: readonly string[],
  path: string,
): void {
  const unconvertible = (why: string): void =>
    errors.invalid(`${path}.fieldPath`, ref.fieldPath, `error converting fieldPath: ${why}`);
  if (!ref.apiVersion) errors.required(`${path}.apiVersion`);
  else if (!ref.fieldPath) errors.required(`${path}.fieldPath`);
  else if (ref.apiVersion !== 'v1') unconvertible(`unsupported pod version: ${ref.apiVersion}`);
  else validateFieldPath(errors, ref.fieldPath, fields, path, unconvertible);
}

function validateFieldPath(
  errors: FieldErrors,
  fieldPath: string,
  fields: readonly string[],
  path: string,
  unconvertible: (why: string) => void,
): void {
  const { field, subscript } = splitSubscript(fieldPath);
  if (subscript !== undefined) {
    if (field === 'metadata.annotations')
      errors.invalids(path, subscript.toLowerCase(), qualifiedName(subscript.toLowerCase()));
    else if (field === 'metadata.labels') errors.invalids(path, subscript, qualifiedName(subscript));
    else unconvertible(`field label does not support subscript: ${fieldPath}`);
    return;
  }
  const known = field === 'spec.host' ? 'spec.nodeName' : field;
  if (!knownFields.has(known)) unconvertible(`field label not supported: ${field}`);
  else if (!fields.includes(known)) errors.notSupported(`${path}.fieldPath`, known, fields);
}

const resources = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];
const byteDivisors = new Set('1 1k 1M 1G 1T 1P 1E 1Ki 1Mi 1Gi 1Ti 1Pi 1Ei'.split(' '));
const byteDivisorText = [...byteDivisors].join(', ');

function isHugePagesField(resource: string): boolean {
  return resource.startsWith('requests.hugepages-') || resource.startsWith('limits.hugepages-');
}

function divisorFault(resource: string, divisor: string): string | undefined {
  const kind = resource.slice(resource.indexOf('.') + 1);
  const listed = resources.includes(resource);
  if (listed && kind === 'cpu') {
    return divisor === '1' || divisor === '1m'
      ? undefined
      : "only divisor's values 1m and 1 are supported with the cpu resource";
  }
  const names: Record<string, string> = { memory: 'memory', 'ephemeral-storage': 'local ephemeral storage' };
  const name = isHugePagesField(resource) ? 'hugepages' : listed ? names[kind] : undefined;
  if (!name || byteDivisors.has(divisor)) return undefined;
  return `only divisor's values ${byteDivisorText} are supported with the ${name} resource`;
}

/** Checks a reference to a container's resources; a volume must say of which container. */
export function validateResourceFieldRef(
  errors: FieldErrors,
  ref: ResourceFieldSelector,
  path: string,
  volume: boolean,
): void {
  if (volume && !ref.containerName) errors.required(`${path}.containerName`);
  else if (!ref.resource) errors.required(`${path}.resource`);
  else if (!resources.includes(ref.resource) && !isHugePagesField(ref.resource))
    errors.notSupported(`${path}.resource`, ref.resource, resources);
  const divisor = ref.divisor ?? '0';
  if (compareQuantities(divisor, '0') === 0) return;
  const fault = divisorFault(ref.resource, divisor);
  if (fault) errors.invalid(`${path}.divisor`, ref.resource, fault);
}
