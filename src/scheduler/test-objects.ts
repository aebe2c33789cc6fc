// Pods, nodes and plugins' surroundings for the tests of this folder.
import type { Container, Node, Pod, PodSpec } from '#types/core_v1';
import type { KubeObject } from '../api/object.ts';
import type { Informer } from '../client/informer.ts';
import { keyOf, ObjectStore } from '../client/object-store.ts';
import { type Resource, resourceKey } from '../client/resource.ts';
import { CycleState } from './cycle-state.ts';
import type { Plugin, PluginContext } from './framework.ts';
import { NodeInfo } from './node-info.ts';
import { type PodInfo, podInfoOf } from './pod-info.ts';
import { Snapshot } from './snapshot.ts';

/** A pod with what a test is about; `requests` are those of its only container. */
export type PodFields = Partial<PodSpec> & {
  readonly name?: string;
  readonly namespace?: string;
  readonly labels?: Record<string, string>;
  readonly requests?: Record<string, string>;
  readonly metadata?: Partial<Pod['metadata']>;
  readonly status?: Partial<Pod['status']>;
};

let made = 0;

export function podOf({ name, namespace, labels, requests, metadata, status, ...spec }: PodFields = {}): Pod {
  const unique = `pod-${++made}`;
  const containers = [{ name: 'c', image: 'nginx', resources: { requests } }] as Container[];
  return {
    metadata: { name: name ?? unique, namespace: namespace ?? 'default', uid: unique, labels, ...metadata },
    spec: { schedulerName: 'default-scheduler', containers, ...spec },
    status: { ...status },
  };
}

export function infoOf(fields: PodFields = {}): PodInfo {
  return podInfoOf(podOf(fields));
}

/** A node with what a test is about; 4 cpu, 8Gi, 110 pods when nothing is said. */
export interface NodeFields {
  readonly labels?: Record<string, string>;
  readonly allocatable?: Record<string, string>;
  readonly spec?: Node['spec'];
  readonly images?: Node['status']['images'];
}

export function nodeOf(name: string, { labels, allocatable, spec, images }: NodeFields = {}): Node {
  return {
    metadata: { name, uid: name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec: spec ?? {},
    status: {
      allocatable: allocatable ?? { cpu: '4', memory: '8Gi', pods: '110' },
      images,
    } as Node['status'],
  };
}

/** A node with pods on it. */
export function nodeWith(node: Node, ...pods: PodInfo[]): NodeInfo {
  const info = new NodeInfo();
  info.setNode(node);
  for (const pod of pods) info.addPod(pod);
  return info;
}

/** A snapshot of these nodes. */
export function snapshotOf(nodes: readonly NodeInfo[]): Snapshot {
  const snapshot = new Snapshot();
  const nodeNames = (): string[] => nodes.map(({ name }) => name);
  snapshot.update({ takeChanged: () => nodes, nodeNames, nodesVersion: 1 });
  return snapshot;
}

/** A context whose informers know these objects, by resource name. */
export function contextOf(
  nodes: readonly NodeInfo[],
  objects: Readonly<Record<string, readonly KubeObject[]>> = {},
): Pick<PluginContext, 'informer' | 'snapshot'> {
  function informer<T extends KubeObject>(of: Resource<T>): Informer<T> {
    const lister = new ObjectStore<T>();
    for (const object of objects[resourceKey(of)] ?? []) lister.set(keyOf(object), object as T);
    return { lister } as unknown as Informer<T>;
  }
  return { informer, snapshot: snapshotOf(nodes) };
}

/** What a plugin says to each node, by name: the reason, or 'fits'; for a refusal before: that for all. */
export function filterAll(plugin: Plugin, pod: PodInfo, nodes: readonly NodeInfo[]): Record<string, string> {
  const state = new CycleState();
  const before = plugin.preFilter?.(state, pod, nodes);
  const answer = (node: NodeInfo): string => {
    if (before && 'code' in before) return before.code === 'Skip' ? 'fits' : before.reasons.join(', ');
    const status = plugin.filter?.(state, pod, node);
    return status ? status.reasons.join(', ') : 'fits';
  };
  return Object.fromEntries(nodes.map((node) => [node.name, answer(node)]));
}

/** The normalized scores of each node, by name; undefined when the plugin skips the pod. */
export function scoreAll(
  plugin: Plugin,
  pod: PodInfo,
  nodes: readonly NodeInfo[],
): Record<string, number> | undefined {
  const state = new CycleState();
  if (plugin.preScore?.(state, pod, nodes)?.code === 'Skip') return undefined;
  const scores = nodes.map((node) => plugin.score!(state, pod, node));
  plugin.normalizeScores?.(state, pod, scores, nodes);
  return Object.fromEntries(nodes.map((node, i) => [node.name, scores[i]!]));
}

/** Whether a plugin's hint wants another try; undefined when it does not ask for such changes. */
export function hintOf(
  plugin: Plugin,
  resource: 'Pod' | 'Node' | 'PersistentVolumeClaim' | 'StorageClass',
  action: number,
  pod: PodInfo,
  old: KubeObject | undefined,
  object: KubeObject | undefined,
): boolean | undefined {
  const interest = plugin.events?.find(
    (event) => event.resource === resource && (event.action & action) === action,
  );
  return interest && (interest.hint?.(pod, old, object) ?? true);
}
