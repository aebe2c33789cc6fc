// Where a service answers: its endpoints, for the server knows no way to its cluster address.
// Upstream: k8s.io/kube-aggregator/pkg/apiserver/resolvers.go, the endpoint service resolver.
import type { Endpoints, Service } from '#types/core_v1';
import type { KubeObject } from '../../api/object.ts';
import type { ServiceResolver } from './webhook-client.ts';

/** Reads an object of the core group; undefined where there is none. */
type Lookup = (resource: 'services' | 'endpoints', namespace: string, name: string) => KubeObject | undefined;

/** Resolves services by their Endpoints. Its errors name what is missing. */
export function endpointResolver(lookup: Lookup): ServiceResolver {
  return (namespace, name, port) => {
    const service = lookup('services', namespace, name) as (Service & KubeObject) | undefined;
    if (service === undefined) throw new Error(`service ${JSON.stringify(name)} not found`);
    if (service.spec.type === 'ExternalName' && service.spec.externalName)
      return { host: service.spec.externalName, port };
    const servicePort = service.spec.ports?.find((candidate) => candidate.port === port);
    if (servicePort === undefined)
      throw new Error(`no service port ${port} found for service ${JSON.stringify(name)}`);
    const endpoints = lookup('endpoints', namespace, name) as (Endpoints & KubeObject) | undefined;
    for (const { addresses = [], ports = [] } of endpoints?.subsets ?? []) {
      const found = ports?.find((candidate) => (candidate.name ?? '') === (servicePort.name ?? ''));
      const address = addresses?.[0];
      if (found && address) return { host: address.ip, port: found.port };
    }
    throw new Error(`no endpoints available for service ${JSON.stringify(name)}`);
  };
}
