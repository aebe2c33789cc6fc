// The rules of services beside their addresses.
// Upstream: validateService in k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import type { LoadBalancerStatus, Service, ServicePort } from '#types/core_v1';
import { internalJson } from '../../internal-json.ts';
import { validatePortReference } from '../../pod-spec/probes.ts';
import { parseIpSloppy, validateLegacyCidr, validateLegacyIp } from '../../validation/addresses.ts';
import { validateEndpointIp } from '../../validation/endpoint-ip.ts';
import type { FieldErrors } from '../../validation/field-errors.ts';
import { validateLabels } from '../../validation/labels.ts';
import { dnsLabel, dnsSubdomain, portNumber, qualifiedName } from '../../validation/names.ts';
import { validateClusterIPs } from './cluster-ips.ts';

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const affinities = ['ClientIP', 'None'];
const protocols = ['SCTP', 'TCP', 'UDP'];
const trafficPolicies = ['Cluster', 'Local'];

/** Whether a text is a policy of traffic. */
export function isTrafficPolicy(text: string | undefined): boolean {
  return text !== undefined && trafficPolicies.includes(text);
}
const distributions = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];
const hintsAnnotation = 'service.kubernetes.io/topology-aware-hints';
const modeAnnotation = 'service.kubernetes.io/topology-mode';
const rangesAnnotation = 'service.beta.kubernetes.io/load-balancer-source-ranges';

/** Without an address of its own. */
export function isHeadless({ spec }: Service): boolean {
  return spec.clusterIPs?.length === 1 && spec.clusterIPs[0] === 'None';
}

/** Whether the world outside the cluster can reach it. */
export function isExternallyAccessible({ spec }: Service): boolean {
  if (spec.type === 'LoadBalancer' || spec.type === 'NodePort') return true;
  return spec.type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0;
}

/** Whether a load balancer asks each node if it has endpoints. */
export function needsHealthCheck({ spec }: Service): boolean {
  return spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
}

function validatePort(
  errors: FieldErrors,
  port: ServicePort,
  needsName: boolean,
  names: Set<string>,
  path: string,
): void {
  const { name = '', protocol = '', appProtocol } = port;
  if (needsName && name === '') errors.required(`${path}.name`);
  else if (name !== '') {
    errors.invalids(`${path}.name`, name, dnsLabel(name));
    if (names.has(name)) errors.duplicate(`${path}.name`, name);
    names.add(name);
  }
  errors.invalids(`${path}.port`, port.port, portNumber(port.port));
  if (protocol === '') errors.required(`${path}.protocol`);
  else if (!protocols.includes(protocol)) errors.notSupported(`${path}.protocol`, protocol, protocols);
  validatePortReference(errors, port.targetPort ?? 0, `${path}.targetPort`);
  if (appProtocol !== undefined)
    errors.invalids(`${path}.appProtocol`, appProtocol, qualifiedName(appProtocol));
}

function validatePorts(errors: FieldErrors, { spec }: Service): void {
  const ports = spec.ports ?? [];
  const at = (i: number): string => `spec.ports[${i}]`;
  if (spec.type === 'ClusterIP') {
    ports.forEach((port, i) => {
      if (port.nodePort) errors.forbidden(`${at(i)}.nodePort`, "may not be used when `type` is 'ClusterIP'");
    });
  }
  const nodePorts = new Set<string>();
  ports.forEach(({ nodePort, protocol }, i) => {
    if (!nodePort) return;
    const key = `${protocol}/${nodePort}`;
    if (nodePorts.has(key)) errors.duplicate(`${at(i)}.nodePort`, nodePort);
    nodePorts.add(key);
  });
  const seen = new Set<string>();
  ports.forEach(({ port, protocol }, i) => {
    const key = `${protocol}/${port}`;
    if (seen.has(key)) errors.duplicate(at(i), internalJson({ protocol, port }, 'ServicePort'));
    seen.add(key);
  });
}

function validateAffinity(errors: FieldErrors, { spec }: Service): void {
  const { sessionAffinity = '', sessionAffinityConfig: config } = spec;
  if (sessionAffinity === '') errors.required('spec.sessionAffinity');
  else if (!affinities.includes(sessionAffinity))
    errors.notSupported('spec.sessionAffinity', sessionAffinity, affinities);
  const path = 'spec.sessionAffinityConfig';
  if (sessionAffinity === 'None' && config)
    errors.forbidden(path, 'must not be set when session affinity is None');
  if (sessionAffinity !== 'ClientIP') return;
  const missing = 'when session affinity type is ClientIP';
  const seconds = config?.clientIP?.timeoutSeconds;
  if (!config) errors.required(path, missing);
  else if (!config.clientIP) errors.required(`${path}.clientIP`, missing);
  else if (seconds === undefined) errors.required(`${path}.clientIP.timeoutSeconds`, missing);
  else if (seconds <= 0 || seconds > 86400)
    errors.invalid(`${path}.clientIP.timeoutSeconds`, seconds, 'must be greater than 0 and less than 86400');
}

function validateType(errors: FieldErrors, service: Service): void {
  const { spec } = service;
  const { type = '' } = spec;
  if (isHeadless(service) && (type === 'LoadBalancer' || type === 'NodePort')) {
    errors.invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`);
  }
  if (type !== 'ExternalName') return;
  const forbidden = 'may not be set for ExternalName services';
  if (spec.clusterIPs?.length) errors.forbidden('spec.clusterIPs', forbidden);
  if (spec.ipFamilies?.length) errors.forbidden('spec.ipFamilies', forbidden);
  if (spec.ipFamilyPolicy !== undefined) errors.forbidden('spec.ipFamilyPolicy', forbidden);
  const name = (spec.externalName ?? '').replace(/\.$/, '');
  if (name === '') errors.required('spec.externalName');
  else errors.invalids('spec.externalName', name, dnsSubdomain(name));
}

function validateSourceRanges(errors: FieldErrors, service: Service, old: Service | undefined): void {
  const { spec, metadata } = service;
  const onlyForLoadBalancers = "may only be used when `type` is 'LoadBalancer'";
  const ranges = spec.loadBalancerSourceRanges ?? [];
  if (ranges.length > 0) {
    const path = 'spec.LoadBalancerSourceRanges';
    if (spec.type !== 'LoadBalancer') errors.forbidden(path, onlyForLoadBalancers);
    const kept = (old?.spec.loadBalancerSourceRanges ?? []).map((range) => range.trim());
    ranges.forEach((range, i) => {
      validateLegacyCidr(errors, `${path}[${i}]`, range.trim(), kept);
    });
    return;
  }
  const annotation = metadata.annotations?.[rangesAnnotation];
  if (annotation === undefined) return;
  const path = `metadata.annotations[${rangesAnnotation}]`;
  if (spec.type !== 'LoadBalancer') errors.forbidden(path, onlyForLoadBalancers);
  if (old && (old.metadata.annotations?.[rangesAnnotation] ?? '') === annotation) return;
  if (annotation.trim() === '') return;
  for (const range of annotation.trim().split(',')) validateLegacyCidr(errors, path, range.trim());
}

/** `loadBalancerClass`: set once, for load balancers. */
export function validateLoadBalancerClass(
  errors: FieldErrors,
  service: Service,
  old: Service | undefined,
): void {
  const path = 'spec.loadBalancerClass';
  const name = service.spec.loadBalancerClass;
  const isLoadBalancer = service.spec.type === 'LoadBalancer';
  if (old?.spec.type === 'LoadBalancer' && isLoadBalancer && old.spec.loadBalancerClass !== name)
    errors.invalid(path, name, 'may not change once set');
  if (name === undefined) return;
  if (isLoadBalancer) errors.invalids(path, name, qualifiedName(name));
  else errors.forbidden(path, "may only be used when `type` is 'LoadBalancer'");
}

function validateTraffic(errors: FieldErrors, service: Service): void {
  const { spec } = service;
  const { externalTrafficPolicy: external = '', healthCheckNodePort: checkPort = 0 } = spec;
  const externalPath = 'spec.externalTrafficPolicy';
  if (!isExternallyAccessible(service)) {
    if (external !== '')
      errors.invalid(externalPath, external, 'may only be set for externally-accessible services');
  } else if (external === '') errors.required(externalPath);
  else if (!trafficPolicies.includes(external)) errors.notSupported(externalPath, external, trafficPolicies);
  const checkPath = 'spec.healthCheckNodePort';
  if (!needsHealthCheck(service)) {
    if (checkPort !== 0) {
      errors.invalid(
        checkPath,
        checkPort,
        "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
      );
    }
  } else if (checkPort === 0) errors.required(checkPath);
  else errors.invalids(checkPath, checkPort, portNumber(checkPort));
  const internal = spec.internalTrafficPolicy;
  if (internal === undefined) {
    if (spec.type !== 'ExternalName' && types.includes(spec.type ?? ''))
      errors.required('spec.internalTrafficPolicy');
  } else if (!trafficPolicies.includes(internal))
    errors.notSupported('spec.internalTrafficPolicy', internal, trafficPolicies);
  const { trafficDistribution: distribution } = spec;
  if (distribution !== undefined && !distributions.includes(distribution))
    errors.notSupported('spec.trafficDistribution', distribution, distributions);
}

/** The rules of create and update. */
export function validateService(errors: FieldErrors, service: Service, old?: Service): void {
  const { spec, metadata } = service;
  const { type = '' } = spec;
  const hints = metadata.annotations?.[hintsAnnotation];
  const mode = metadata.annotations?.[modeAnnotation];
  if (hints !== undefined && mode !== undefined && hints !== mode) {
    errors.invalid(
      `metadata.annotations[${modeAnnotation}]`,
      mode,
      `must match annotations[${hintsAnnotation}] when both are specified`,
    );
  }
  const ports = spec.ports ?? [];
  if (ports.length === 0 && !isHeadless(service) && type !== 'ExternalName') errors.required('spec.ports');
  validateType(errors, service);
  const names = new Set<string>();
  ports.forEach((port, i) => {
    validatePort(errors, port, ports.length > 1, names, `spec.ports[${i}]`);
  });
  validateLabels(errors, spec.selector, 'spec.selector');
  validateAffinity(errors, service);
  validateClusterIPs(errors, service, old);
  spec.externalIPs?.forEach((ip, i) => {
    const before = errors.list.length;
    validateLegacyIp(errors, `spec.externalIPs[${i}]`, ip, old?.spec.externalIPs);
    if (errors.list.length === before) validateEndpointIp(errors, ip, `spec.externalIPs[${i}]`);
  });
  if (type === '') errors.required('spec.type');
  else if (!types.includes(type)) errors.notSupported('spec.type', type, types);
  validatePorts(errors, service);
  validateSourceRanges(errors, service, old);
  if (spec.allocateLoadBalancerNodePorts !== undefined && type !== 'LoadBalancer')
    errors.forbidden('spec.allocateLoadBalancerNodePorts', "may only be used when `type` is 'LoadBalancer'");
  if (type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts === undefined)
    errors.required('allocateLoadBalancerNodePorts');
  validateLoadBalancerClass(errors, service, undefined);
  validateTraffic(errors, service);
}

const ipModes = ['Proxy', 'VIP'];

/** The rules of a load balancer's addresses in a status. */
export function validateLoadBalancerStatus(
  errors: FieldErrors,
  status: LoadBalancerStatus | undefined,
  old: LoadBalancerStatus | undefined,
  type: string | undefined,
): void {
  const path = 'status.loadBalancer.ingress';
  const ingress = status?.ingress ?? [];
  if (type !== 'LoadBalancer' && ingress.length > 0) {
    errors.forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'");
    return;
  }
  const kept = (old?.ingress ?? []).flatMap(({ ip }) => ip ?? []);
  ingress.forEach(({ ip = '', ipMode, hostname = '' }, i) => {
    const at = `${path}[${i}]`;
    if (ip !== '') validateLegacyIp(errors, `${at}.ip`, ip, kept);
    if (ipMode === undefined) {
      if (ip !== '') errors.required(`${at}.ipMode`, 'must be specified when `ip` is set');
    } else if (ip === '') errors.forbidden(`${at}.ipMode`, 'may not be specified when `ip` is not set');
    else if (!ipModes.includes(ipMode)) errors.notSupported(`${at}.ipMode`, ipMode, ipModes);
    if (hostname === '') return;
    errors.invalids(`${at}.hostname`, hostname, dnsSubdomain(hostname));
    if (parseIpSloppy(hostname))
      errors.invalid(`${at}.hostname`, hostname, 'must be a DNS name, not an IP address');
  });
}
