// What a new cluster holds before anybody made anything.
// Upstream: pkg/controlplane/instance.go, .../controller/{systemnamespaces,kubernetesservice,apiserverleasegc} in kubernetes/kubernetes.
import { apiVersionOf, type KubeObject } from '../../api/object.ts';
import { formatMicroTime, formatTime } from '../../api/time.ts';
import type { ResourceDefinition } from '../../kinds/registry.ts';
import flowControl from './flow-control.json' with { type: 'json' };
import { rbacObjects } from './rbac-objects.ts';

/** What the objects tell of the server. */
export interface BootstrapFacts {
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** First address of the service range, for `kubernetes.default`. */
  readonly serviceAddress: string;
  /** Where the server itself is reached. */
  readonly endpoint: { address: string; port: number };
  /** PEM of the authority that signs client certificates. */
  readonly clientAuthority: string;
  readonly hostname: string;
  readonly identity: string;
  readonly identityUid: string;
  readonly definitions: readonly ResourceDefinition[];
}

function namespaces(): KubeObject[] {
  return ['default', 'kube-node-lease', 'kube-public', 'kube-system'].map((name) => ({ kind: 'Namespace', apiVersion: 'v1', metadata: { name } }));
}

function priorityClasses(): KubeObject[] {
  const make = (name: string, value: number, description: string): KubeObject => ({ kind: 'PriorityClass', apiVersion: 'scheduling.k8s.io/v1', metadata: { name }, value, description });
  return [
    make('system-cluster-critical', 2_000_000_000, 'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.'),
    make('system-node-critical', 2_000_001_000, 'Used for system critical pods that must not be moved from their current node.'),
  ];
}

function kubernetesService({ serviceAddress, endpoint }: BootstrapFacts): KubeObject[] {
  const isV6 = endpoint.address.includes(':');
  const metadata = { name: 'kubernetes', namespace: 'default' };
  const port = { name: 'https', protocol: 'TCP', port: endpoint.port };
  return [
    {
      kind: 'Service', apiVersion: 'v1',
      metadata: { ...metadata, labels: { component: 'apiserver', provider: 'kubernetes' } },
      spec: { ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: endpoint.port }], clusterIP: serviceAddress, clusterIPs: [serviceAddress], type: 'ClusterIP', sessionAffinity: 'None' },
    },
    {
      kind: 'Endpoints', apiVersion: 'v1',
      metadata: { ...metadata, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
      subsets: [{ addresses: [{ ip: endpoint.address }], ports: [port] }],
    },
    {
      kind: 'EndpointSlice', apiVersion: 'discovery.k8s.io/v1',
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'kubernetes' } },
      addressType: isV6 ? 'IPv6' : 'IPv4',
      endpoints: [{ addresses: [endpoint.address], conditions: { ready: true } }],
      ports: [port],
    },
  ];
}

function configMaps({ clientAuthority, now }: BootstrapFacts): KubeObject[] {
  const make = (name: string, data: Record<string, string>): KubeObject => ({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name, namespace: 'kube-system' }, data });
  return [
    make('extension-apiserver-authentication', { 'client-ca-file': clientAuthority }),
    make('kube-apiserver-legacy-service-account-token-tracking', { since: formatTime(now).slice(0, 10) }),
  ];
}

function flowControlObjects(): KubeObject[] {
  const apiVersion = 'flowcontrol.apiserver.k8s.io/v1';
  const annotations = { 'apf.kubernetes.io/autoupdate-spec': 'true' };
  const make = (kind: string) => (item: { name: string; spec: object }): KubeObject => ({ kind, apiVersion, metadata: { name: item.name, annotations: { ...annotations } }, spec: item.spec });
  return [...flowControl.prioritylevelconfigurations.map(make('PriorityLevelConfiguration')), ...flowControl.flowschemas.map(make('FlowSchema'))];
}

// Higher comes first in discovery. Upstream: apiVersionPriorities in pkg/controlplane/apiserver/aggregator.go.
const highestGroupPriority = 18000;

function apiServices({ definitions, now }: BootstrapFacts): KubeObject[] {
  const versions = new Map<string, { group: string; version: string; groupRank: number; versionRank: number }>();
  const groups: string[] = [];
  for (const { group, version } of definitions) {
    if (!groups.includes(group)) groups.push(group);
    const name = `${version}.${group}`;
    if (versions.has(name)) continue;
    const versionRank = [...versions.values()].filter((v) => v.group === group).length;
    versions.set(name, { group, version, groupRank: groups.indexOf(group), versionRank });
  }
  return [...versions].map(([name, { group, version, groupRank, versionRank }]) => ({
    kind: 'APIService',
    apiVersion: 'apiregistration.k8s.io/v1',
    metadata: { name, labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' } },
    spec: { ...(group && { group }), version, groupPriorityMinimum: highestGroupPriority - 50 * groupRank, versionPriority: group === '' ? 1 : 30 - 15 * versionRank },
    status: { conditions: [{ type: 'Available', status: 'True', lastTransitionTime: formatTime(now), reason: 'Local', message: 'Local APIServices are always available' }] },
  }));
}

function identityLease({ identity, identityUid, hostname, now }: BootstrapFacts): KubeObject {
  return {
    kind: 'Lease', apiVersion: 'coordination.k8s.io/v1',
    metadata: { name: identity, namespace: 'kube-system', labels: { 'apiserver.kubernetes.io/identity': 'kube-apiserver', 'kubernetes.io/hostname': hostname } },
    spec: { holderIdentity: `${identity}_${identityUid}`, leaseDurationSeconds: 3600, renewTime: formatMicroTime(now) },
  };
}

function serviceCidr(range: string): KubeObject {
  return { kind: 'ServiceCIDR', apiVersion: apiVersionOf('networking.k8s.io', 'v1'), metadata: { name: 'kubernetes' }, spec: { cidrs: range.split(',') } };
}

/** All objects, in the order in which they are made. `serviceRange`: CIDRs, comma-separated. */
export function bootstrapObjects(facts: BootstrapFacts, serviceRange: string): KubeObject[] {
  return [
    ...namespaces(),
    ...priorityClasses(),
    serviceCidr(serviceRange),
    ...kubernetesService(facts),
    ...configMaps(facts),
    ...rbacObjects(),
    ...flowControlObjects(),
    ...apiServices(facts),
    identityLease(facts),
  ];
}
