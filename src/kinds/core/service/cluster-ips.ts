// Addresses of a service: their form, their families, and which may change. Choosing them is the API server's.
// Upstream: ValidateServiceClusterIPsRelatedFields and validateUpgradeDowngrade* in
// k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import type { Service } from '#types/core_v1';
import { isDualStack, parseIpSloppy, validateLegacyIp } from '../../validation/addresses.ts';
import type { FieldErrors } from '../../validation/field-errors.ts';

const families = ['IPv4', 'IPv6'];
const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
const listPath = 'spec.clusterIPs';
const unchangeable = 'may not change once set';

function headless({ spec }: Service): boolean {
  return spec.clusterIPs?.length === 1 && spec.clusterIPs[0] === 'None';
}

function validateFamilies(errors: FieldErrors, { spec }: Service): void {
  const seen = new Set<string>();
  spec.ipFamilies?.forEach((family, i) => {
    const at = `spec.ipFamilies[${i}]`;
    if (!families.includes(family)) errors.notSupported(at, family, families);
    if (seen.has(family)) errors.duplicate(at, family);
    seen.add(family);
  });
  const policy = spec.ipFamilyPolicy;
  if (policy !== undefined && !policies.includes(policy))
    errors.notSupported('spec.ipFamilyPolicy', policy, policies);
}

/** Forms, families and that clusterIP is the first of clusterIPs. */
export function validateClusterIPs(errors: FieldErrors, service: Service, old?: Service): void {
  const { spec } = service;
  if (spec.type === 'ExternalName') return;
  const ips = spec.clusterIPs ?? [];
  if (spec.clusterIP) {
    if (ips.length === 0) errors.required(listPath);
    else if (ips[0] !== spec.clusterIP) errors.invalid(listPath, ips, 'first value must match `clusterIP`');
  } else if (ips.length > 0) errors.invalid(listPath, ips, 'must be empty when `clusterIP` is not specified');
  validateFamilies(errors, service);
  const before = errors.list.length;
  ips.forEach((ip, i) => {
    if (i > 0 || ip !== 'None') validateLegacyIp(errors, `${listPath}[${i}]`, ip, old?.spec.clusterIPs);
    else if (ips.length > 1) errors.invalid(listPath, ips, "'None' must be the first and only value");
  });
  const invalid = errors.list.length > before;
  if (ips.length > 2) errors.invalid(listPath, ips, 'may only hold up to 2 values');
  if (invalid) return;
  if (ips.length > 1 && !isDualStack(ips))
    errors.invalid(listPath, ips, 'may specify no more than one IP for each IP family');
  if (headless(service)) return;
  spec.ipFamilies?.forEach((family, i) => {
    const ip = ips[i];
    if (ip === undefined) return;
    const isV6 = parseIpSloppy(ip)?.family === 6;
    const expected = family === 'IPv4' && isV6 ? 'IPv4' : family === 'IPv6' && !isV6 ? 'IPv6' : undefined;
    if (expected)
      errors.invalid(
        `${listPath}[${i}]`,
        ip,
        `expected an ${expected} value as indicated by \`ipFamilies[${i}]\``,
      );
  });
}

function mustBeSingleStack(errors: FieldErrors, { spec }: Service, what: string): void {
  if (spec.ipFamilyPolicy === 'SingleStack') return;
  errors.invalid(
    'spec.ipFamilyPolicy',
    spec.ipFamilyPolicy ?? null,
    `must be set to 'SingleStack' when releasing the secondary ${what}`,
  );
}

function external(service: Service, old: Service): boolean {
  return service.spec.type === 'ExternalName' || old.spec.type === 'ExternalName';
}

/** The first address stays; a second one can come and go. */
export function validateClusterIPChange(errors: FieldErrors, service: Service, old: Service): void {
  if (external(service, old) || (headless(service) && headless(old))) return;
  const before = old.spec.clusterIPs ?? [];
  const now = service.spec.clusterIPs ?? [];
  const printed = service.spec.clusterIPs ?? null;
  if (before.length === now.length) {
    before.forEach((ip, i) => {
      if (ip !== now[i]) errors.invalid(`${listPath}[${i}]`, printed, unchangeable);
    });
    return;
  }
  if (now.length === 0) errors.invalid(`${listPath}[0]`, printed, 'primary clusterIP can not be unset');
  if (before.length > 0 && now.length > 0 && now[0] !== before[0])
    errors.invalid(`${listPath}[0]`, printed, unchangeable);
  if (before.length > now.length && now.length === 1) mustBeSingleStack(errors, service, 'clusterIP');
}

/** The same for families. Upstream prints the addresses in some of the faults. */
export function validateFamilyChange(errors: FieldErrors, service: Service, old: Service): void {
  if (external(service, old) || headless(service) || headless(old)) return;
  const path = 'spec.ipFamilies[0]';
  const before = old.spec.ipFamilies ?? [];
  const now = service.spec.ipFamilies ?? [];
  const ips = service.spec.clusterIPs ?? null;
  if (before.length === now.length) {
    before.forEach((family, i) => {
      if (family !== now[i]) errors.invalid(path, now, unchangeable);
    });
    return;
  }
  if (before.length > now.length && !ips?.length)
    errors.invalid(path, service.spec.ipFamilies ?? null, 'primary ipFamily can not be unset');
  if (before.length > 0 && now.length > 0 && now[0] !== before[0]) errors.invalid(path, ips, unchangeable);
  if (before.length > now.length && now.length === 1) mustBeSingleStack(errors, service, 'ipFamily');
}
