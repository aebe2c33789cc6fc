// What the two kinds that keep a number of pods differ in: ReplicaSet, and ReplicationController as its older form.
// Upstream: k8s.io/kubernetes/pkg/controller/replication/conversion.go.
import type { ReplicaSet } from '#types/apps_v1';
import type { Pod, PodTemplateSpec, ReplicationController } from '#types/core_v1';
import type { LabelSelector } from '../../api/label-selector.ts';
import type { Resource } from '../../client/resource.ts';

/** Something that keeps a number of pods. */
export type ReplicaOwner = ReplicaSet | ReplicationController;

/** One of the kinds. */
export interface ReplicaKind<T extends ReplicaOwner> {
  readonly resource: Resource<T>;
  /** What it selects. Throws SelectorError. */
  selectorOf(owner: T): LabelSelector;
  /** Whether its status counts pods that are on their way out. */
  readonly countsTerminating: boolean;
}

const emptyTemplate: PodTemplateSpec = { metadata: {}, spec: { containers: [] } };

export function templateOf(owner: ReplicaOwner): PodTemplateSpec {
  return owner.spec.template ?? emptyTemplate;
}

/** How many pods are wanted; the server sets the default. */
export function wantedReplicas(owner: ReplicaOwner): number {
  return owner.spec.replicas ?? 1;
}

/** Whether the pod has every label of the template. */
export function isFullyLabeled(owner: ReplicaOwner, pod: Pod): boolean {
  const labels = pod.metadata.labels ?? {};
  const wanted = templateOf(owner).metadata?.labels ?? {};
  for (const name in wanted) if (labels[name] !== wanted[name]) return false;
  return true;
}
