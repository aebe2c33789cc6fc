// Names and addresses of a pod: DNS, host name, host network.
// Upstream: validatePodDNSConfig, validatePodHostName and neighbours in
// k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import type { HostAlias, PodDNSConfig, PodSpec } from '#types/core_v1';
import { validateLegacyIp } from '../validation/addresses.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { dnsSubdomain, dnsSubdomainWithUnderscore, longerThan } from '../validation/names.ts';
import { visitContainers } from './containers-of.ts';
import type { PodSpecOptions } from './options.ts';

const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];

/** Checks `dnsPolicy`. */
export function validateDnsPolicy(errors: FieldErrors, policy: string | undefined, path: string): void {
  if (!policy) errors.required(path);
  else if (!dnsPolicies.includes(policy)) errors.notSupported(path, policy, dnsPolicies);
}

/** Checks `dnsConfig`. */
export function validateDnsConfig(errors: FieldErrors, spec: PodSpec, path: string): void {
  const config = spec.dnsConfig;
  if (spec.dnsPolicy === 'None') {
    if (!config) {
      errors.required(path, 'must provide `dnsConfig` when `dnsPolicy` is None');
      return;
    }
    if (!config.nameservers?.length) {
      errors.required(
        `${path}.nameservers`,
        'must provide at least one DNS nameserver when `dnsPolicy` is None',
      );
      return;
    }
  }
  if (config) validateConfig(errors, config, path);
}

function validateConfig(errors: FieldErrors, config: PodDNSConfig, path: string): void {
  const { nameservers = [], searches = [], options = [] } = config;
  if (nameservers.length > 3)
    errors.invalid(`${path}.nameservers`, nameservers, 'must not have more than 3 nameservers');
  nameservers.forEach((server, i) => {
    validateLegacyIp(errors, `${path}.nameservers[${i}]`, server);
  });
  if (searches.length > 32)
    errors.invalid(`${path}.searches`, searches, 'must not have more than 32 search paths');
  if (longerThan(searches.join(' '), 2048)) {
    errors.invalid(
      `${path}.searches`,
      searches,
      'must not have more than 2048 characters (including spaces) in the search list',
    );
  }
  searches.forEach((search, i) => {
    if (search === '.') return;
    const domain = search.endsWith('.') ? search.slice(0, -1) : search;
    errors.invalids(`${path}.searches[${i}]`, domain, dnsSubdomainWithUnderscore(domain));
  });
  options.forEach((option, i) => {
    if (!option.name) errors.required(`${path}.options[${i}]`, 'must not be empty');
  });
}

/** Checks `hostAliases`. */
export function validateHostAliases(
  errors: FieldErrors,
  aliases: readonly HostAlias[] | undefined,
  path: string,
): void {
  aliases?.forEach((alias, i) => {
    validateLegacyIp(errors, `${path}[${i}].ip`, alias.ip);
    alias.hostnames?.forEach((name, j) => {
      errors.invalids(`${path}[${i}].hostnames[${j}]`, name, dnsSubdomain(name));
    });
  });
}

/** With the host's network a container's ports are the host's. */
export function validateHostNetworkPorts(
  errors: FieldErrors,
  spec: PodSpec,
  path: string,
  options: PodSpecOptions,
): void {
  if (!spec.hostNetwork) return;
  spec.containers?.forEach((container, i) => {
    container.ports?.forEach((port, j) => {
      const hostPort = port.hostPort ?? 0;
      if ((options.isPod || hostPort !== 0) && hostPort !== port.containerPort) {
        errors.invalid(
          `${path}.containers[${i}].ports[${j}].hostPort`,
          hostPort,
          'must match `containerPort` when `hostNetwork` is true',
        );
      }
    });
  });
}

/** A pod in its own user namespace shares no other namespace with the host. */
export function validateUserNamespace(
  errors: FieldErrors,
  spec: PodSpec,
  path: string,
  options: PodSpecOptions,
): void {
  if (spec.hostUsers !== false) return;
  const detail = 'when `hostUsers` is false';
  if (!options.allowUserNamespaceHostNetwork && spec.hostNetwork)
    errors.forbidden(`${path}.hostNetwork`, detail);
  if (spec.hostPID) errors.forbidden(`${path}.HostPID`, detail);
  if (spec.hostIPC) errors.forbidden(`${path}.HostIPC`, detail);
  if (options.allowUserNamespaceVolumeDevices) return;
  visitContainers(spec, path, (container, at) => {
    if (container.volumeDevices?.length) errors.forbidden(`${at()}.volumeDevices`, detail);
  });
}

/** Checks `hostnameOverride`. */
export function validateHostnameOverride(errors: FieldErrors, spec: PodSpec, path: string): void {
  const name = spec.hostnameOverride;
  if (name === undefined) return;
  const at = `${path}.hostnameOverride`;
  if (spec.setHostnameAsFQDN) errors.forbidden(at, 'may not be specified when setHostnameAsFQDN is true');
  if (spec.hostNetwork) errors.forbidden(at, 'may not be specified when hostNetwork is true');
  if (longerThan(name, 64)) errors.tooLong(at, 64);
  errors.invalids(at, name, dnsSubdomain(name));
}
