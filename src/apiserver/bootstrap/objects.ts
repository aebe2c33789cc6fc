// What a new cluster holds before anybody made anything.
// Upstream: pkg/controlplane/instance.go, pkg/controlplane/controller/{systemnamespaces,kubernetesservice,defaultservicecidr},
// pkg/controlplane/reconcilers/lease.go and pkg/registry/flowcontrol/ensurer/strategy.go in kubernetes/kubernetes.
import { isDeepStrictEqual } from 'node:util';
import type { Endpoints } from '#types/core_v1';
import { apiVersionOf, type KubeObject } from '../../api/object.ts';
import { formatTime } from '../../api/time.ts';
import type { ResourceDefinition } from '../../kinds/registry.ts';
import flowControl from './flow-control.json' with { type: 'json' };
import { rbacObjects } from './rbac-objects.ts';
import { mendRbac } from './rbac-reconciliation.ts';

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
  readonly definitions: readonly ResourceDefinition[];
}

/** An object that the server makes where it is missing. */
export interface BootstrapObject {
  readonly object: KubeObject;
  /** Who owns its fields; absent: the API server by its own name. */
  readonly manager?: string;
  /** Who applies its status, where that is not simply there. */
  readonly statusManager?: string;
  /** How often it is looked after, in milliseconds; absent: at the start alone. */
  readonly everyMs?: number;
  /**
   * What is to stand in the place of `current`, or undefined where it is right; changes neither. `wanted` is the object with its
   * defaults. `atStart`: whether the server has just started.
   */
  readonly mend?: (current: KubeObject, wanted: KubeObject, atStart: boolean) => KubeObject | undefined;
}

// Upstream's intervals, and for config maps, which it looks after at every change, no longer ones.
const namespaceMs = 60_000;
const kubernetesServiceMs = 10_000;
const serviceCidrMs = 10_000;
const configMapMs = 10_000;
const flowControlMs = 60_000;

const once = (objects: readonly KubeObject[]): BootstrapObject[] => objects.map((object) => ({ object }));

const kept = (objects: readonly KubeObject[], everyMs: number): BootstrapObject[] =>
  objects.map((object) => ({ object, everyMs }));

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

const parts = ['subsets', 'addressType', 'endpoints', 'ports'];

/** Puts back what endpoints hold, and their labels. Ports of Endpoints may be others than the server's, once it runs. */
function mendEndpoints(current: KubeObject, wanted: KubeObject, atStart: boolean): KubeObject | undefined {
  const labels = { ...current.metadata.labels, ...wanted.metadata.labels };
  const view = (object: KubeObject): unknown => {
    const { subsets } = object as Endpoints;
    const left = Object.fromEntries(parts.map((part) => [part, object[part]]));
    if (!atStart && subsets !== undefined) left['subsets'] = subsets.map(({ addresses }) => addresses);
    return left;
  };
  const isRight =
    isDeepStrictEqual(view(current), view(wanted)) && isDeepStrictEqual(labels, current.metadata.labels);
  return isRight ? undefined : { ...wanted, metadata: { ...current.metadata, labels } };
}

function kubernetesService({ serviceAddress, endpoint }: BootstrapFacts): BootstrapObject[] {
  const isV6 = endpoint.address.includes(':');
  const metadata = { name: 'kubernetes', namespace: 'default' };
  const port = { name: 'https', protocol: 'TCP', port: endpoint.port };
  const service: KubeObject = {
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
  };
  const endpoints: KubeObject = {
    kind: 'Endpoints',
    apiVersion: 'v1',
    metadata: { ...metadata, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: [{ ip: endpoint.address }], ports: [port] }],
  };
  const slice: KubeObject = {
    kind: 'EndpointSlice',
    apiVersion: 'discovery.k8s.io/v1',
    metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: isV6 ? 'IPv6' : 'IPv4',
    endpoints: [{ addresses: [endpoint.address], conditions: { ready: true } }],
    ports: [port],
  };
  return [
    { object: service, everyMs: kubernetesServiceMs },
    { object: endpoints, everyMs: kubernetesServiceMs, mend: mendEndpoints },
    { object: slice, everyMs: kubernetesServiceMs, mend: mendEndpoints },
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

const autoUpdate = 'apf.kubernetes.io/autoupdate-spec';
const mandatory = ['exempt', 'catch-all'];

function parseBool(text: string | undefined): boolean | undefined {
  if (/^(1|t|true)$/i.test(text ?? '')) return true;
  return /^(0|f|false)$/i.test(text ?? '') ? false : undefined;
}

/** Puts back the spec, of what is not mandatory only where the annotation or a first generation say that nobody wants another. */
function mendFlowControl(current: KubeObject, wanted: KubeObject): KubeObject | undefined {
  const { name, annotations, generation } = current.metadata;
  const said = parseBool(annotations?.[autoUpdate]);
  const updates = mandatory.includes(name!) || (said ?? generation === 1);
  const isOther = updates && !isDeepStrictEqual(current['spec'], wanted['spec']);
  if (said === updates && !isOther) return undefined;
  return {
    ...current,
    metadata: { ...current.metadata, annotations: { ...annotations, [autoUpdate]: String(updates) } },
    ...(isOther && { spec: wanted['spec'] }),
  };
}

function flowControlObjects(): BootstrapObject[] {
  const make =
    (kind: string) =>
    (item: { name: string; spec: object }): BootstrapObject => ({
      object: {
        kind,
        apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
        metadata: { name: item.name, annotations: { [autoUpdate]: 'true' } },
        spec: item.spec,
      },
      manager: 'api-priority-and-fairness-config-producer-v1',
      everyMs: flowControlMs,
      mend: mendFlowControl,
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

/** The cluster gets its second family. */
function mendServiceCidr(current: KubeObject, wanted: KubeObject): KubeObject | undefined {
  const { cidrs: now } = current['spec'] as { cidrs: string[] };
  const { cidrs: then } = wanted['spec'] as { cidrs: string[] };
  const grows = now.length === 1 && then.length === 2 && now[0] === then[0];
  return grows ? { ...current, spec: wanted['spec'] } : undefined;
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
          message: 'Kubernetes default Service CIDR is ready',
        },
      ],
    },
  };
}

/** All objects, in the order in which they are made. `serviceRange`: CIDRs, comma-separated. */
export function bootstrapObjects(facts: BootstrapFacts, serviceRange: string): BootstrapObject[] {
  return [
    ...kept(namespaces(), namespaceMs),
    ...once(priorityClasses()),
    {
      object: serviceCidr(serviceRange, facts.now),
      statusManager: 'kubernetes-service-cidr-controller',
      everyMs: serviceCidrMs,
      mend: mendServiceCidr,
    },
    ...kubernetesService(facts),
    ...kept(configMaps(facts), configMapMs),
    ...rbacObjects().map((object) => ({ object, mend: mendRbac })),
    ...flowControlObjects(),
    ...once(apiServices(facts)),
  ];
}
