// The annotations by which a Deployment keeps its books in its ReplicaSets: revisions, and the size they were scaled for.
// Upstream: k8s.io/kubernetes/pkg/controller/deployment/util/deployment_util.go.
import type { Deployment, ReplicaSet } from '#types/apps_v1';
import { maxSurge, replicasOf } from './fenceposts.ts';

/** The number in a Deployment's sequence of rollouts. */
export const revisionAnnotation = 'deployment.kubernetes.io/revision';
/** Earlier revisions of a ReplicaSet that came back into use. */
export const revisionHistoryAnnotation = 'deployment.kubernetes.io/revision-history';
/** The Deployment's size when the ReplicaSet was scaled: tells scaling from rolling out. */
export const desiredReplicasAnnotation = 'deployment.kubernetes.io/desired-replicas';
/** That size with the surge. */
export const maxReplicasAnnotation = 'deployment.kubernetes.io/max-replicas';
/** A rollback asked for through an old API. */
export const rollbackAnnotation = 'deprecated.deployment.rollback.to';

type Annotations = Record<string, string>;

const notCopied = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionAnnotation,
  revisionHistoryAnnotation,
  desiredReplicasAnnotation,
  maxReplicasAnnotation,
  rollbackAnnotation,
]);

/** A revision, which has 64 bits; undefined for what is none. */
export function parseRevision(text: string | undefined): bigint | undefined {
  const [, sign, digits] = /^([+-]?)([0-9]+)$/.exec(text ?? '') ?? [];
  if (digits === undefined) return undefined;
  const revision = sign === '-' ? -BigInt(digits) : BigInt(digits);
  return BigInt.asIntN(64, revision) === revision ? revision : undefined;
}

/** The ReplicaSet's revision: 0 without one, undefined when it is no number. */
export function revisionOf({ metadata }: ReplicaSet): bigint | undefined {
  const text = metadata.annotations?.[revisionAnnotation];
  return text === undefined ? 0n : parseRevision(text);
}

/** The highest revision; 0 for none. */
export function maxRevision(sets: readonly ReplicaSet[]): bigint {
  let most = 0n;
  for (const set of sets) {
    const revision = revisionOf(set);
    if (revision !== undefined && revision > most) most = revision;
  }
  return most;
}

/** The second highest revision, which a rollback without a number goes to; 0 for none. */
export function lastRevision(sets: readonly ReplicaSet[]): bigint {
  let most = 0n;
  let second = 0n;
  for (const set of sets) {
    const revision = revisionOf(set);
    if (revision === undefined) continue;
    if (revision >= most) {
      second = most;
      most = revision;
    } else if (revision > second) second = revision;
  }
  return second;
}

function countIn(set: ReplicaSet, annotation: string): number | undefined {
  const text = set.metadata.annotations?.[annotation];
  if (text === undefined || !/^[0-9]+$/.test(text)) return undefined;
  const count = Number(text);
  return count < 2 ** 31 ? count : undefined;
}

/** The Deployment's size when this set was scaled last; undefined when the annotation is absent or no count. */
export function desiredReplicasOf(set: ReplicaSet): number | undefined {
  return countIn(set, desiredReplicasAnnotation);
}

/** That size with the surge. */
export function maxReplicasOf(set: ReplicaSet): number | undefined {
  return countIn(set, maxReplicasAnnotation);
}

/** The two annotations of size, as they should be. */
export function sizeAnnotations(deployment: Deployment): Annotations {
  const replicas = replicasOf(deployment);
  return {
    [desiredReplicasAnnotation]: String(replicas),
    [maxReplicasAnnotation]: String(replicas + maxSurge(deployment)),
  };
}

/** Whether the set has all these annotations. */
export function hasAnnotations(set: ReplicaSet, annotations: Annotations): boolean {
  return Object.entries(annotations).every(([name, value]) => set.metadata.annotations?.[name] === value);
}

// About a hundred revisions.
const historyLimit = 2000;

/** The history with one more revision; the oldest are dropped where it grows too long. */
export function appendRevision(history: string | undefined, revision: string, limit = historyLimit): string {
  if (!history) return revision;
  const revisions = history.split(',');
  let length = history.length + revision.length + 1;
  let start = 0;
  while (length > limit && start < revisions.length) length -= revisions[start++]!.length + 1;
  return length <= limit ? [...revisions.slice(start), revision].join(',') : history;
}

/**
 * The annotations of the Deployment's new ReplicaSet: copies of the Deployment's, the revision raised to `revision` where it
 * was lower, and what it was before noted. Sizes are added for a set that does not exist yet.
 */
export function newSetAnnotations(
  deployment: Deployment,
  current: Annotations | undefined,
  revision: bigint,
  exists: boolean,
): Annotations {
  const annotations: Annotations = { ...current };
  for (const [name, value] of Object.entries(deployment.metadata.annotations ?? {}))
    if (!notCopied.has(name)) annotations[name] = value;
  const old = annotations[revisionAnnotation];
  const oldNumber = old ? parseRevision(old) : 0n;
  // books that cannot be read are left alone
  if (oldNumber === undefined) return { ...current };
  if (oldNumber < revision) {
    annotations[revisionAnnotation] = String(revision);
    if (old !== undefined)
      annotations[revisionHistoryAnnotation] = appendRevision(annotations[revisionHistoryAnnotation], old);
  }
  return exists ? annotations : { ...annotations, ...sizeAnnotations(deployment) };
}

/** The Deployment's annotations after a rollback to a set: the set's, but for the books. */
export function rolledBackAnnotations(deployment: Deployment, set: ReplicaSet): Annotations {
  const kept = Object.entries(deployment.metadata.annotations ?? {}).filter(([name]) => notCopied.has(name));
  const taken = Object.entries(set.metadata.annotations ?? {}).filter(([name]) => !notCopied.has(name));
  return Object.fromEntries([...kept, ...taken]);
}
