// An endpoint of a slice: what is told of one pod. Upstream: podToEndpoint in k8s.io/endpointslice/utils.go.
import type { Node, Pod, Service } from '#types/core_v1';
import type { Endpoint, EndpointPort } from '#types/discovery.k8s.io_v1';
import { hasHostname, isPodReady, portNumber } from '../service-pods.ts';

const zoneLabel = 'topology.kubernetes.io/zone';

/** The pod as an endpoint of an address family; undefined when it has no address of it. */
export function endpointOf(
  pod: Pod,
  node: Node | undefined,
  service: Service,
  addressType: string,
): Endpoint | undefined {
  const addresses = (pod.status?.podIPs ?? [])
    .map((a) => a.ip ?? '')
    .filter((ip) => ip !== '' && ip.includes(':') === (addressType === 'IPv6'));
  if (addresses.length === 0) return undefined;
  const serving = isPodReady(pod);
  const terminating = Boolean(pod.metadata.deletionTimestamp);
  const ready = (service.spec?.publishNotReadyAddresses ?? false) || (serving && !terminating);
  const zone = node?.metadata.labels?.[zoneLabel];
  const { namespace, name, uid } = pod.metadata;
  return {
    addresses,
    conditions: { ready, serving, terminating },
    ...(hasHostname(pod, service) && { hostname: pod.spec.hostname }),
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(pod.spec.nodeName && { nodeName: pod.spec.nodeName }),
    ...(zone && { zone }),
  };
}

/** The ports of a service at a pod; those that the pod does not have are left out. */
export function portsOf(pod: Pod, service: Service): EndpointPort[] {
  const ports: EndpointPort[] = [];
  for (const servicePort of service.spec?.ports ?? []) {
    const port = portNumber(pod, servicePort);
    if (port === undefined) continue;
    const { name = '', protocol, appProtocol } = servicePort;
    ports.push({ name, port, protocol, ...(appProtocol !== undefined && { appProtocol }) });
  }
  return ports;
}

/** The endpoint with the hints that the service's trafficDistribution asks for; of ready ones only. */
export function withHints(endpoint: Endpoint, trafficDistribution: string | undefined): Endpoint {
  const { hints: _old, ...plain } = endpoint;
  const wanted = ['PreferClose', 'PreferSameZone', 'PreferSameNode'].includes(trafficDistribution ?? '');
  if (!wanted || endpoint.conditions?.ready !== true) return plain;
  const hints = {
    ...(endpoint.zone && { forZones: [{ name: endpoint.zone }] }),
    ...(trafficDistribution === 'PreferSameNode' &&
      endpoint.nodeName && { forNodes: [{ name: endpoint.nodeName }] }),
  };
  return Object.keys(hints).length > 0 ? { ...plain, hints } : plain;
}
