// The ReplicaSets of a Deployment: which is the new one, which are old, and what they sum up to.
// Upstream: k8s.io/kubernetes/pkg/controller/deployment/util/deployment_util.go.
import type { Deployment, ReplicaSet } from '#types/apps_v1';
import type { PodTemplateSpec } from '#types/core_v1';
import { podTemplateMeaning } from '../pod-template-hash.ts';
import { desiredReplicasOf, revisionOf } from './annotations.ts';
import { replicasOf } from './fenceposts.ts';

/** The label by which ReplicaSets of one Deployment tell their pods apart. */
export const templateHashLabel = 'pod-template-hash';

/** The pods that a set shall have; the server sets the default. */
export function sizeOf({ spec }: ReplicaSet): number {
  return spec.replicas ?? 1;
}

/** The older first, by name among those of one second. */
export function byCreation(a: ReplicaSet, b: ReplicaSet): number {
  const [older, younger] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
  if (older !== younger) return older < younger ? -1 : 1;
  return (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1;
}

/** The larger first, the older among equals. */
export function bySizeOlder(a: ReplicaSet, b: ReplicaSet): number {
  return sizeOf(b) - sizeOf(a) || byCreation(a, b);
}

/** The larger first, the younger among equals. */
export function bySizeNewer(a: ReplicaSet, b: ReplicaSet): number {
  return sizeOf(b) - sizeOf(a) || byCreation(b, a);
}

/** The lower revision first. */
export function byRevision(a: ReplicaSet, b: ReplicaSet): number {
  const [first, second] = [revisionOf(a), revisionOf(b)];
  if (first === undefined || second === undefined || first === second) return byCreation(a, b);
  return first < second ? -1 : 1;
}

/** What cached templates mean, worked out once. */
const meanings = new WeakMap<PodTemplateSpec, string>();

function meaningOf(template: PodTemplateSpec): string {
  let meaning = meanings.get(template);
  if (meaning === undefined) {
    const { [templateHashLabel]: _, ...labels } = template.metadata?.labels ?? {};
    meaning = podTemplateMeaning({ ...template, metadata: { ...template.metadata, labels } });
    meanings.set(template, meaning);
  }
  return meaning;
}

/** Whether two templates mean the same, whatever their hash labels say. */
export function sameTemplate(a: PodTemplateSpec, b: PodTemplateSpec): boolean {
  return meaningOf(a) === meaningOf(b);
}

/** A Deployment's sets: the one with its template, if there is one, and the others, the oldest first. */
export interface SetsOfDeployment {
  readonly newSet: ReplicaSet | undefined;
  readonly oldSets: readonly ReplicaSet[];
}

/** Sorts a Deployment's sets. Of several with its template the oldest is the new one (kubernetes#40415). */
export function sortSets(deployment: Deployment, sets: readonly ReplicaSet[]): SetsOfDeployment {
  const sorted = [...sets].sort(byCreation);
  const newSet = sorted.find((set) => sameTemplate(set.spec.template, deployment.spec.template));
  return { newSet, oldSets: sorted.filter((set) => set !== newSet) };
}

/** All sets: the old ones, then the new one. */
export function allSets({ newSet, oldSets }: SetsOfDeployment): readonly ReplicaSet[] {
  return newSet ? [...oldSets, newSet] : oldSets;
}

/** Those that shall have pods. */
export function activeSets(sets: readonly ReplicaSet[]): ReplicaSet[] {
  return sets.filter((set) => sizeOf(set) > 0);
}

function sum(sets: readonly ReplicaSet[], count: (set: ReplicaSet) => number | undefined): number {
  return sets.reduce((total, set) => total + (count(set) ?? 0), 0);
}

/** Pods that the sets shall have. */
export function wantedPods(sets: readonly ReplicaSet[]): number {
  return sum(sets, sizeOf);
}

/** Pods that they have. */
export function actualPods(sets: readonly ReplicaSet[]): number {
  return sum(sets, (set) => set.status?.replicas);
}

export function readyPods(sets: readonly ReplicaSet[]): number {
  return sum(sets, (set) => set.status?.readyReplicas);
}

export function availablePods(sets: readonly ReplicaSet[]): number {
  return sum(sets, (set) => set.status?.availableReplicas);
}

/** Pods on their way out; undefined when a set does not count them. Sets that nobody looked at yet have none. */
export function terminatingPods(sets: readonly ReplicaSet[]): number | undefined {
  const counted = sets.filter(
    (set) => set.status?.observedGeneration || set.status?.terminatingReplicas !== undefined,
  );
  if (counted.some((set) => set.status.terminatingReplicas === undefined)) return undefined;
  return sum(counted, (set) => set.status.terminatingReplicas);
}

/** The only set with pods, or the youngest where none has any; undefined when several have. */
export function activeOrLatest(sets: SetsOfDeployment): ReplicaSet | undefined {
  const active = activeSets(allSets(sets));
  if (active.length > 1) return undefined;
  return active[0] ?? sets.newSet ?? sets.oldSets.at(-1);
}

/** Whether the new set has all the pods, all of them available, and was scaled for the present size. */
export function isSaturated(deployment: Deployment, set: ReplicaSet | undefined): boolean {
  const replicas = replicasOf(deployment);
  return (
    set !== undefined &&
    sizeOf(set) === replicas &&
    desiredReplicasOf(set) === replicas &&
    (set.status?.availableReplicas ?? 0) === replicas
  );
}
