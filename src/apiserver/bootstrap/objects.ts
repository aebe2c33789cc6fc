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
  return ['default', 'kube-node-lease', 'kube-public', 'kube-system'].map((name) => ({
    kind: 'Namespace',
    apiVersion: 'v1',
    metadata: { name },
  }));
}

function priorityClasses(): KubeObject[] {
  const make = (name: string, value: number, description: string): KubeObject => ({
    kind: 'PriorityClass',
    apiVersion: 'scheduling.k8s.io/v1',
    metadata: { name },
    value,
    description,
  });
  return [
    make(
      'system-cluster-critical',
      2_000_000_000,
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
    ),
    make(
      'system-node-critical',
      2_000_001_000,
      'Used for system critical pods that must not be moved from their current node.',
    ),
  ];
}

function kubernetesService({ serviceAddress, endpoint }: BootstrapFacts): KubeObject[] {
  const isV6 = endpoint.address.includes(':');
  const metadata = { name: 'kubernetes', namespace: 'default' };
  const port = { name: 'https', protocol: 'TCP', port: endpoint.port };
  return [
    {
      kind: 'Service',
      apiVersion: 'v1',
      metadata: { ...metadata, labels: { component: 'apiserver', provider: 'kubernetes' } },
      spec: {
        ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: endpoint.port }],
        clusterIP: serviceAddress,
        ipFamilyPolicy: 'SingleStack',
        type: 'ClusterIP',
        sessionAffinity: 'None',
      },
    },
    {
      kind: 'Endpoints',
      apiVersion: 'v1',
      metadata: { ...metadata, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
      subsets: [{ addresses: [{ ip: endpoint.address }], ports: [port] }],
    },
    {
      kind: 'EndpointSlice',
      apiVersion: 'discovery.k8s.io/v1',
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'kubernetes' } },
      addressType: isV6 ? 'IPv6' : 'IPv4',
      endpoints: [{ addresses: [endpoint.address], conditions: { ready: true } }],
      ports: [port],
    },
  ];
}

function configMaps({ clientAuthority, now }: BootstrapFacts): KubeObject[] {
  const make = (name: string, data: Record<string, string>): KubeObject => ({
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name, namespace: 'kube-system' },
    data,
  });
  return [
    make('extension-apiserver-authentication', { 'client-ca-file': clientAuthority }),
    make('kube-apiserver-legacy-service-account-token-tracking', { since: formatTime(now).slice(0, 10) }),
  ];
}

function flowControlObjects(): KubeObject[] {
  const apiVersion = 'flowcontrol.apiserver.k8s.io/v1';
  const annotations = { 'apf.kubernetes.io/autoupdate-spec': 'true' };
  const make =
    (kind: string) =>
    (item: { name: string; spec: object }): KubeObject => ({
      kind,
      apiVersion,
      metadata: { name: item.name, annotations: { ...annotations } },
      spec: item.spec,
    });
  return [
    ...flowControl.prioritylevelconfigurations.map(make('PriorityLevelConfiguration')),
    ...flowControl.flowschemas.map(make('FlowSchema')),
  ];
}

// Higher comes first in discovery. Upstream: pkg/controlplane/apiserver/aggregator.go, cmd/kube-apiserver/app/aggregator.go.
const groupPriorities: Readonly<Record<string, number>> = {
  '': 18000,
  apps: 17800,
  'events.k8s.io': 17750,
  'authentication.k8s.io': 17700,
  'authorization.k8s.io': 17600,
  autoscaling: 17500,
  batch: 17400,
  'certificates.k8s.io': 17300,
  'networking.k8s.io': 17200,
  extensions: 17150,
  policy: 17100,
  'rbac.authorization.k8s.io': 17000,
  'storage.k8s.io': 16800,
  'apiextensions.k8s.io': 16700,
  'admissionregistration.k8s.io': 16700,
  'scheduling.k8s.io': 16600,
  'coordination.k8s.io': 16500,
  'node.k8s.io': 16300,
  'discovery.k8s.io': 16200,
  'resource.k8s.io': 16200,
  'flowcontrol.apiserver.k8s.io': 16100,
  'internal.apiserver.k8s.io': 16000,
  'storagemigration.k8s.io': 15800,
};
const versionPriorities: Readonly<Record<string, number>> = {
  '/v1': 1,
  'autoscaling/v2': 30,
  'resource.k8s.io/v1': 21,
  'flowcontrol.apiserver.k8s.io/v1': 21,
  'admissionregistration.k8s.io/v1beta1': 12,
  'admissionregistration.k8s.io/v1alpha1': 9,
  'apps/v1beta2': 9,
  'apps/v1beta1': 1,
  'autoscaling/v2beta1': 9,
  'autoscaling/v2beta2': 1,
  'batch/v1beta1': 9,
  'certificates.k8s.io/v1beta1': 9,
  'certificates.k8s.io/v1alpha1': 1,
  'coordination.k8s.io/v1beta1': 13,
  'coordination.k8s.io/v1alpha2': 12,
  'extensions/v1beta1': 1,
  'internal.apiserver.k8s.io/v1alpha1': 9,
  'networking.k8s.io/v1beta1': 9,
  'policy/v1beta1': 9,
  'rbac.authorization.k8s.io/v1beta1': 12,
  'resource.k8s.io/v1beta2': 15,
  'resource.k8s.io/v1beta1': 9,
  'resource.k8s.io/v1alpha3': 1,
  'scheduling.k8s.io/v1alpha2': 1,
  'storage.k8s.io/v1beta1': 9,
  'storagemigration.k8s.io/v1beta1': 9,
};
const usualVersionPriority = 15;
/** Groups that serve themselves as extensions do. */
const lowestGroupPriority = 1000;

function apiServices({ definitions, now }: BootstrapFacts): KubeObject[] {
  const served = new Map(
    definitions
      .filter((d) => d.group !== 'apiregistration.k8s.io')
      .map((d) => [`${d.version}.${d.group}`, d]),
  );
  return [...served].map(([name, { group, version }]) => ({
    kind: 'APIService',
    apiVersion: 'apiregistration.k8s.io/v1',
    metadata: { name, labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' } },
    spec: {
      ...(group && { group }),
      version,
      groupPriorityMinimum: groupPriorities[group] ?? lowestGroupPriority,
      versionPriority: versionPriorities[`${group}/${version}`] ?? usualVersionPriority,
    },
    status: {
      conditions: [
        {
          type: 'Available',
          status: 'True',
          lastTransitionTime: formatTime(now),
          reason: 'Local',
          message: 'Local APIServices are always available',
        },
      ],
    },
  }));
}

function identityLease({ identity, identityUid, hostname, now }: BootstrapFacts): KubeObject {
  return {
    kind: 'Lease',
    apiVersion: 'coordination.k8s.io/v1',
    metadata: {
      name: identity,
      namespace: 'kube-system',
      labels: { 'apiserver.kubernetes.io/identity': 'kube-apiserver', 'kubernetes.io/hostname': hostname },
    },
    spec: {
      holderIdentity: `${identity}_${identityUid}`,
      leaseDurationSeconds: 3600,
      renewTime: formatMicroTime(now),
    },
  };
}

function serviceCidr(range: string, now: number): KubeObject {
  return {
    kind: 'ServiceCIDR',
    apiVersion: apiVersionOf('networking.k8s.io', 'v1'),
    metadata: { name: 'kubernetes' },
    spec: { cidrs: range.split(',') },
    status: {
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          lastTransitionTime: formatTime(now),
          reason: '',
          message: 'Kubernetes Service CIDR is ready',
        },
      ],
    },
  };
}

/** All objects, in the order in which they are made. `serviceRange`: CIDRs, comma-separated. */
export function bootstrapObjects(facts: BootstrapFacts, serviceRange: string): KubeObject[] {
  return [
    ...namespaces(),
    ...priorityClasses(),
    serviceCidr(serviceRange, facts.now),
    ...kubernetesService(facts),
    ...configMaps(facts),
    ...rbacObjects(),
    ...flowControlObjects(),
    ...apiServices(facts),
    identityLease(facts),
  ];
}
