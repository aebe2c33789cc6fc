// What resources may be called, and which values their quantities may have.
// Upstream: k8s.io/kubernetes/pkg/apis/core/helper/helpers.go and pkg/apis/core/validation/validation.go.

import { ofNamedType } from '../../api/field-error.ts';
import { compareQuantities, parseQuantity, Quantity } from '../../api/quantity.ts';
import type { FieldErrors } from './field-errors.ts';
import { qualifiedName } from './names.ts';

const hugePages = 'hugepages-';
const counted = [
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
];
const computed = [
  'cpu',
  'memory',
  'ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
];
const standard = new Set([...computed, ...counted, 'storage']);
const quota = new Set([...computed, ...counted]);
const integers = new Set(counted);

/** `hugepages-2Mi`. */
export function isHugePages(name: string): boolean {
  return name.startsWith(hugePages);
}

function isQuotaHugePages(name: string): boolean {
  return isHugePages(name) || name.startsWith('requests.hugepages-');
}

/** A resource of Kubernetes itself, not of a vendor. */
export function isNativeResource(name: string): boolean {
  return !name.includes('/') || name.includes('kubernetes.io/');
}

/** A vendor's resource such as `example.com/gpu`. */
export function isExtendedResource(name: string): boolean {
  if (isNativeResource(name) || name.startsWith('requests.')) return false;
  return qualifiedName(`requests.${name}`).length === 0;
}

/** Whether limits may exceed requests. */
export function isOvercommitAllowed(name: string): boolean {
  return isNativeResource(name) && !isHugePages(name);
}

function isContainerResource(name: string): boolean {
  return name === 'cpu' || name === 'memory' || name === 'ephemeral-storage' || isHugePages(name);
}

/** Resources that may stand in `spec.resources` of a pod. */
export function isPodLevelResource(name: string): boolean {
  return name === 'cpu' || name === 'memory' || isHugePages(name);
}

/** A quantity of bytes of huge pages must be a whole number of pages. */
export function isWholeHugePages(name: string, quantity: string): boolean {
  let page: number;
  try {
    page = parseQuantity(name.slice(hugePages.length)).value();
    if (page <= 0 || parseQuantity(name.slice(hugePages.length)).milliValue() % 1000 !== 0) return false;
  } catch {
    return false;
  }
  return parseQuantity(quantity).value() % page === 0;
}

/** A standard name, or one with a domain. */
export function validateResourceName(errors: FieldErrors, name: string, path: string): boolean {
  const messages = qualifiedName(name);
  errors.invalids(path, name, messages);
  if (messages.length > 0) return false;
  if (!name.includes('/') && !standard.has(name) && !isQuotaHugePages(name)) {
    errors.invalid(path, name, 'must be a standard resource type or fully qualified');
    return false;
  }
  return true;
}

/** A resource that a container can ask for. */
export function validateContainerResourceName(errors: FieldErrors, name: string, path: string): void {
  if (name === 'cpu' || name === 'memory') return;
  validateResourceName(errors, name, path);
  if (!name.includes('/')) {
    if (!isContainerResource(name))
      errors.invalid(path, ofNamedType(name), 'must be a standard resource for containers');
  } else if (!isNativeResource(name) && !isExtendedResource(name)) {
    errors.invalid(path, name, "doesn't follow extended resource name standard");
  }
}

/** A resource of a pod as a whole. */
export function validatePodResourceName(errors: FieldErrors, name: string, path: string): void {
  if (!validateResourceName(errors, name, path)) return;
  if (!isPodLevelResource(name)) errors.notSupported(path, name, ['cpu', 'hugepages-', 'memory']);
}

/** A resource that quotas know. */
export function isStandardQuotaResource(name: string): boolean {
  return quota.has(name) || isQuotaHugePages(name);
}

/** A resource that a quota can limit. */
export function validateQuotaResourceName(errors: FieldErrors, name: string, path: string): void {
  validateResourceName(errors, name, path);
  if (!name.includes('/') && !quota.has(name) && !isQuotaHugePages(name))
    errors.invalid(path, name, 'must be a standard resource for quota');
}

/** Not negative. */
export function validateNonnegativeQuantity(errors: FieldErrors, value: string, path: string): void {
  if (compareQuantities(value, '0') < 0) errors.invalid(path, value, 'must be greater than or equal to 0');
}

/** More than zero; false when not. */
export function validatePositiveQuantity(errors: FieldErrors, value: string, path: string): boolean {
  if (compareQuantities(value, '0') > 0) return true;
  errors.invalid(path, value, 'must be greater than zero');
  return false;
}

/** Not negative, and whole where the resource is counted. */
export function validateResourceQuantity(
  errors: FieldErrors,
  name: string,
  value: string,
  path: string,
): void {
  validateNonnegativeQuantity(errors, value, path);
  if (name === 'cpu' || name === 'memory') return;
  if ((integers.has(name) || isExtendedResource(name)) && parseQuantity(value).milliValue() % 1000 !== 0)
    errors.invalid(path, value, 'must be an integer');
}

/** A whole, non-negative value as status fields report it. */
export function validateBasicResource(errors: FieldErrors, value: string, path: string): boolean {
  const amount = parseQuantity(value).value();
  if (amount >= 0) return true;
  errors.invalid(path, amount, 'must be a valid resource quantity');
  return false;
}

/** Rounds amounts up to thousandths, as upstream's defaulting of resource lists does. */
export function roundResources(list: Record<string, string> | null | undefined): void {
  for (const name in list) {
    const text = list[name]!;
    // Only these texts can be finer than a thousandth.
    if (!/[un]$|e-/.test(text)) continue;
    const quantity = parseQuantity(text);
    list[name] = new Quantity(BigInt(quantity.scaledValue(-3)), -3, quantity.format).toString();
  }
}
