// The rules of Ingresses.
// Upstream: ValidateIngressSpec in k8s.io/kubernetes/pkg/apis/networking/validation/validation.go.
import type {
  HTTPIngressPath,
  Ingress,
  IngressBackend,
  IngressLoadBalancerStatus,
  IngressRule,
  IngressTLS,
} from '#types/networking.k8s.io_v1';
import { parseIpSloppy, validateLegacyIp } from '../../validation/addresses.ts';
import { FieldErrors } from '../../validation/field-errors.ts';
import { dnsSubdomain, labelName, portName, portNumber, wildcardSubdomain } from '../../validation/names.ts';
import { validateKindReference } from '../path-reference.ts';

const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix'];
const badSequences = ['//', '/./', '/../', '%2f', '%2F'];
const badSuffixes = ['/..', '/.'];

/** What an Ingress may keep because its old version has it. */
export interface KeptFaults {
  readonly secretNames?: boolean;
  readonly wildcardRules?: boolean;
}

function validateService(
  errors: FieldErrors,
  service: NonNullable<IngressBackend['service']>,
  path: string,
): void {
  if (!service.name) errors.required(`${path}.service.name`);
  else errors.invalids(`${path}.service.name`, service.name, labelName(service.name, false));
  const { name, number } = service.port;
  if (name && number) errors.invalid(path, '', 'cannot set both port name & port number');
  else if (name) errors.invalids(`${path}.service.port.name`, name, portName(name));
  else if (number) errors.invalids(`${path}.service.port.number`, number, portNumber(number));
  else errors.required(path, 'port name or number is required');
}

function validateBackend(errors: FieldErrors, { resource, service }: IngressBackend, path: string): void {
  if (resource && service) errors.invalid(path, '', 'cannot set both resource and service backends');
  else if (resource) validateKindReference(errors, resource, `${path}.resource`);
  else if (service) validateService(errors, service, path);
  else errors.invalid(path, '', 'resource or service backend is required');
}

function validatePathText(errors: FieldErrors, text: string, path: string): void {
  for (const sequence of badSequences)
    if (text.includes(sequence)) errors.invalid(path, text, `must not contain '${sequence}'`);
  for (const suffix of badSuffixes)
    if (text.endsWith(suffix)) errors.invalid(path, text, `cannot end with '${suffix}'`);
}

function validateHttpPath(errors: FieldErrors, item: HTTPIngressPath, path: string): void {
  const { pathType, path: text = '' } = item;
  // Where it is left out, the decoded path has null.
  if (pathType === undefined || pathType === null) {
    errors.required(`${path}.pathType`, 'pathType must be specified');
    return;
  }
  if (!pathTypes.includes(pathType)) errors.notSupported(`${path}.pathType`, pathType, pathTypes);
  else {
    const mayBeEmpty = pathType === 'ImplementationSpecific';
    if (!text.startsWith('/') && !(mayBeEmpty && text === ''))
      errors.invalid(`${path}.path`, text, 'must be an absolute path');
    if (!mayBeEmpty) validatePathText(errors, text, `${path}.path`);
  }
  validateBackend(errors, item.backend, `${path}.backend`);
}

function validateRuleValue(errors: FieldErrors, { http }: IngressRule, path: string): void {
  if (!http) return;
  const paths = http.paths ?? [];
  if (paths.length === 0) errors.required(`${path}.http.paths`);
  paths.forEach((item, i) => {
    validateHttpPath(errors, item, `${path}.http.paths[${i}]`);
  });
}

function hostFaults(host: string): string[] {
  return host.includes('*') ? wildcardSubdomain(host) : dnsSubdomain(host);
}

function validateRule(errors: FieldErrors, rule: IngressRule, path: string, kept: KeptFaults): void {
  const { host = '' } = rule;
  if (host !== '') {
    if (parseIpSloppy(host)) errors.invalid(`${path}.host`, host, 'must be a DNS name, not an IP address');
    errors.invalids(`${path}.host`, host, hostFaults(host));
  }
  if (!host.includes('*') || !kept.wildcardRules) validateRuleValue(errors, rule, path);
}

function secretFaults({ secretName }: IngressTLS): string[] {
  return secretName ? dnsSubdomain(secretName) : [];
}

/** The rules of create and update. */
export function validateIngress(errors: FieldErrors, { spec }: Ingress, kept: KeptFaults = {}): void {
  const { rules = [], defaultBackend, tls, ingressClassName } = spec;
  if (rules.length === 0 && !defaultBackend)
    errors.invalid('spec', spec.rules ?? null, 'either `defaultBackend` or `rules` must be specified');
  if (defaultBackend) validateBackend(errors, defaultBackend, 'spec.defaultBackend');
  rules.forEach((rule, i) => {
    validateRule(errors, rule, `spec.rules[${i}]`, kept);
  });
  tls?.forEach((entry, i) => {
    const at = `spec.tls[${i}]`;
    entry.hosts?.forEach((host, j) => {
      errors.invalids(`${at}.hosts[${j}]`, host, hostFaults(host));
    });
    if (!kept.secretNames) errors.invalids(`${at}.secretName`, entry.secretName, secretFaults(entry));
  });
  if (ingressClassName !== undefined)
    errors.invalids('spec.ingressClassName', ingressClassName, dnsSubdomain(ingressClassName));
}

/** What the old version has that today is refused. */
export function keptFaults({ spec }: Ingress): KeptFaults {
  const isBadWildcard = (rule: IngressRule): boolean => {
    const faults = new FieldErrors();
    validateRuleValue(faults, rule, '');
    return rule.host?.includes('*') === true && !faults.empty;
  };
  return {
    secretNames: spec.tls?.some((entry) => secretFaults(entry).length > 0),
    wildcardRules: spec.rules?.some(isBadWildcard),
  };
}

/** The rules of the addresses in a status. */
export function validateIngressStatus(
  errors: FieldErrors,
  status: IngressLoadBalancerStatus | undefined,
  old: IngressLoadBalancerStatus | undefined,
): void {
  const kept = (old?.ingress ?? []).flatMap(({ ip }) => ip || []);
  status?.ingress?.forEach(({ ip, hostname }, i) => {
    const at = `status.loadBalancer.ingress[${i}]`;
    if (ip) validateLegacyIp(errors, `${at}.ip`, ip, kept);
    if (!hostname) return;
    errors.invalids(`${at}.hostname`, hostname, dnsSubdomain(hostname));
    if (parseIpSloppy(hostname))
      errors.invalid(`${at}.hostname`, hostname, 'must be a DNS name, not an IP address');
  });
}
