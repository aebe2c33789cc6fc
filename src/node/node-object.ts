// The Node object as the agent writes it: labels, addresses, resources, conditions. Pure functions.
// Upstream: initialNode in k8s.io/kubernetes/pkg/kubelet/kubelet_node_status.go, pkg/kubelet/nodestatus/setters.go.
import type { Node, NodeCondition, NodeStatus } from '#types/core_v1';
import { formatTime } from '../api/time.ts';
import { addressText, parseCidr } from './runtimes/address-pool.ts';
import type { RuntimeImage } from './runtimes/runtime.ts';

/** What a node has to give, as quantities. */
export interface NodeCapacity {
  readonly cpu?: string;
  readonly memory?: string;
  readonly pods?: string;
  readonly ephemeralStorage?: string;
}

/** What is known of a node before it is registered. */
export interface NodeFacts {
  readonly name: string;
  readonly address: string;
  readonly podCidr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly capacity: NodeCapacity;
  readonly kubeletPort: number;
  /** `simulated://1.0`. */
  readonly runtimeVersion: string;
  readonly bootId: string;
  /** `amd64`. */
  readonly architecture: string;
}

/** The version that nodes tell; the API it speaks is that of Kubernetes 1.36. */
export const kubeletVersion = 'v1.36.3+kubeskiff';
const maxImages = 50;

/** Go's name of this machine's architecture. */
export function goArchitecture(): string {
  return { x64: 'amd64', ia32: '386' }[process.arch as string] ?? process.arch;
}

/**
 * The range of the i-th of `count` nodes' pods: a /24 each, from 10.244.0.0 on. More than 256 nodes do not fit there; they
 * start at 10.128.0.0.
 */
export function podCidrOf(
  i: number,
  count: number,
  base = count > 256 ? '10.128.0.0/9' : '10.244.0.0/16',
): string {
  return `${addressText(parseCidr(base).first + i * 256)}/24`;
}

/** The address of the i-th node where none is given: from 172.18.0.2 on. */
export function addressOf(i: number): string {
  return addressText(parseCidr('172.18.0.0/16').first + 2 + i);
}

/** Capacity, which is allocatable as a whole: nothing is reserved for the system. */
export function nodeResources(capacity: NodeCapacity): Record<string, string> {
  const { cpu = '4', memory = '8Gi', pods = '110', ephemeralStorage = '100Gi' } = capacity;
  return {
    cpu,
    'ephemeral-storage': ephemeralStorage,
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    memory,
    pods,
  };
}

const conditions: readonly Omit<NodeCondition, 'lastHeartbeatTime' | 'lastTransitionTime'>[] = [
  {
    type: 'MemoryPressure',
    status: 'False',
    reason: 'KubeletHasSufficientMemory',
    message: 'kubelet has sufficient memory available',
  },
  {
    type: 'DiskPressure',
    status: 'False',
    reason: 'KubeletHasNoDiskPressure',
    message: 'kubelet has no disk pressure',
  },
  {
    type: 'PIDPressure',
    status: 'False',
    reason: 'KubeletHasSufficientPID',
    message: 'kubelet has sufficient PID available',
  },
  { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
];

/** The kubelet's conditions; one whose status stays keeps its time. */
function nodeConditions(old: readonly NodeCondition[] | undefined, now: string): NodeCondition[] {
  return conditions.map((condition) => {
    const before = old?.find((c) => c.type === condition.type);
    const since = before?.status === condition.status ? before.lastTransitionTime : now;
    return { ...condition, lastHeartbeatTime: now, lastTransitionTime: since ?? now };
  });
}

/** The status; `old` is the one in the API. */
export function nodeStatus(
  facts: NodeFacts,
  old: NodeStatus | undefined,
  images: readonly RuntimeImage[],
  now: number,
): NodeStatus {
  const resources = nodeResources(facts.capacity);
  const largest = [...images].sort((a, b) => b.sizeBytes - a.sizeBytes).slice(0, maxImages);
  return {
    addresses: [
      { type: 'InternalIP', address: facts.address },
      { type: 'Hostname', address: facts.name },
    ],
    capacity: resources,
    allocatable: resources,
    conditions: nodeConditions(old?.conditions, formatTime(now)),
    daemonEndpoints: { kubeletEndpoint: { Port: facts.kubeletPort } },
    nodeInfo: {
      machineID: facts.bootId.replaceAll('-', ''),
      systemUUID: facts.bootId,
      bootID: facts.bootId,
      kernelVersion: 'simulated',
      osImage: 'kubeskiff',
      containerRuntimeVersion: facts.runtimeVersion,
      kubeletVersion,
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture: facts.architecture,
    },
    images: largest.map(({ id, name, sizeBytes }) => ({ names: [id, name], sizeBytes })),
  };
}

/** The labels that every node has, and the node's own. */
export function nodeLabels({ name, labels, architecture }: NodeFacts): Record<string, string> {
  return {
    'beta.kubernetes.io/arch': architecture,
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': architecture,
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    ...labels,
  };
}

/** The annotations that the kubelet sets. */
export const nodeAnnotations = { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' } as const;

/** The object of a node that is new. */
export function newNode(facts: NodeFacts, now: number): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: facts.name, labels: nodeLabels(facts), annotations: { ...nodeAnnotations } },
    spec: { podCIDR: facts.podCidr, podCIDRs: [facts.podCidr] },
    status: nodeStatus(facts, undefined, [], now),
  };
}
