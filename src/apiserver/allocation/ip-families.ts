// Which IP families a service uses: its policy and families, filled in from the cluster's where it does not say.
// Upstream: initIPFamilyFields in pkg/registry/core/service/storage/alloc.go in kubernetes/kubernetes.
import ipaddr from 'ipaddr.js';
import type { Service } from '#types/core_v1';
import { type FieldError, invalid } from '../../api/field-error.ts';
import { path } from '../../api/field-path.ts';
import { invalidObject } from '../../api/status.ts';
import { validateClusterIPs } from '../../kinds/core/service/cluster-ips.ts';
import { FieldErrors } from '../../kinds/validation/field-errors.ts';
import type { AddressPool } from './address-pool.ts';

const spec = path('spec');

function familyOf(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown';
  return ipaddr.parse(address).kind() === 'ipv4' ? 'IPv4' : 'IPv6';
}

function otherFamily(family: string): string {
  return family === 'IPv4' ? 'IPv6' : 'IPv4';
}

function same(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return JSON.stringify(a ?? []) === JSON.stringify(b ?? []);
}

function defaultPolicy(service: Service, old: Service | undefined): string {
  if (old?.spec.ipFamilyPolicy) return old.spec.ipFamilyPolicy;
  const selectorless = Object.keys(service.spec.selector ?? {}).length === 0;
  return service.spec.clusterIP === 'None' && selectorless ? 'RequireDualStack' : 'SingleStack';
}

/** Going back to one family drops the second address; anything else may not lose one silently. */
function checkReduction(service: Service, old: Service): FieldError[] {
  const next = service.spec;
  if (next.ipFamilyPolicy === 'SingleStack') {
    if (same(next.clusterIPs, old.spec.clusterIPs) && (next.clusterIPs?.length ?? 0) > 1)
      next.clusterIPs = next.clusterIPs!.slice(0, 1);
    if (same(next.ipFamilies, old.spec.ipFamilies) && (next.ipFamilies?.length ?? 0) > 1)
      next.ipFamilies = next.ipFamilies!.slice(0, 1);
    return [];
  }
  const reduced = (now: readonly string[] | undefined, before: readonly string[] | undefined): boolean =>
    (now?.length ?? 0) > 0 && now!.length < (before?.length ?? 0);
  const errors: FieldError[] = [];
  const field = spec.child('ipFamilyPolicy');
  if (reduced(next.clusterIPs, old.spec.clusterIPs))
    errors.push(
      invalid(field, next.ipFamilyPolicy, "must be 'SingleStack' to release the secondary cluster IP"),
    );
  if (reduced(next.ipFamilies, old.spec.ipFamilies))
    errors.push(
      invalid(field, next.ipFamilyPolicy, "must be 'SingleStack' to release the secondary IP family"),
    );
  return errors;
}

function inferFromAddresses(service: Service, pools: readonly AddressPool[]): FieldError[] {
  const errors: FieldError[] = [];
  const next = service.spec;
  for (const [i, address] of (next.clusterIPs ?? []).entries()) {
    if (address === 'None') break;
    if (i < (next.ipFamilies?.length ?? 0)) continue;
    const family = familyOf(address);
    // a malformed address is validation's matter
    if (family === 'unknown') continue;
    if (pools.some((p) => p.family === family)) next.ipFamilies = [...(next.ipFamilies ?? []), family];
    else
      errors.push(
        invalid(
          spec.child('clusterIPs').index(i),
          next.clusterIPs,
          `${family} is not configured on this cluster`,
        ),
      );
  }
  return errors;
}

/** Fills ipFamilyPolicy and ipFamilies in place. Throws 422 for what the cluster can't give. */
export function fillIpFamilies(
  service: Service,
  old: Service | undefined,
  pools: readonly AddressPool[],
): void {
  const next = service.spec;
  if (next.type === 'ExternalName') return;
  const untouched =
    old &&
    old.spec.type === next.type &&
    next.ipFamilyPolicy === 'PreferDualStack' &&
    old.spec.ipFamilyPolicy === 'PreferDualStack' &&
    same(next.clusterIPs, old.spec.clusterIPs) &&
    same(next.ipFamilies, old.spec.ipFamilies);
  if (untouched) return;
  next.ipFamilyPolicy ??= defaultPolicy(service, old);
  const throwIfAny = (errors: FieldError[]): void => {
    if (errors.length > 0)
      throw invalidObject({ group: '', kind: 'Service' }, service.metadata.name ?? '', errors);
  };
  const unfit = new FieldErrors();
  validateClusterIPs(unfit, service, old);
  throwIfAny(unfit.list);
  const errors: FieldError[] = old ? checkReduction(service, old) : [];
  const policyField = spec.child('ipFamilyPolicy');
  if (next.ipFamilyPolicy === 'SingleStack') {
    if (next.clusterIPs?.length === 2)
      errors.push(
        invalid(
          policyField,
          next.ipFamilyPolicy,
          "must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified",
        ),
      );
    if (next.ipFamilies?.length === 2)
      errors.push(
        invalid(
          policyField,
          next.ipFamilyPolicy,
          "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified",
        ),
      );
  }
  errors.push(...inferFromAddresses(service, pools));
  throwIfAny(errors);
  const primary = pools[0]!.family;
  if (next.clusterIP === 'None' && Object.keys(next.selector ?? {}).length === 0) {
    if (!next.ipFamilies?.length) next.ipFamilies = [primary];
    if (next.ipFamilies.length < 2 && next.ipFamilyPolicy !== 'SingleStack')
      next.ipFamilies = [next.ipFamilies[0]!, otherFamily(next.ipFamilies[0]!)];
    return;
  }
  if (next.ipFamilyPolicy === 'RequireDualStack' && pools.length < 2) {
    errors.push(
      invalid(policyField, next.ipFamilyPolicy, 'this cluster is not configured for dual-stack services'),
    );
  }
  for (const [i, family] of (next.ipFamilies ?? []).entries()) {
    if (!pools.some((p) => p.family === family))
      errors.push(invalid(spec.child('ipFamilies').index(i), family, 'not configured on this cluster'));
  }
  throwIfAny(errors);
  if (!next.ipFamilies?.length) next.ipFamilies = [primary];
  if (next.ipFamilyPolicy !== 'SingleStack' && next.ipFamilies.length === 1 && pools.length === 2) {
    next.ipFamilies = [next.ipFamilies[0]!, otherFamily(next.ipFamilies[0]!)];
  }
}
