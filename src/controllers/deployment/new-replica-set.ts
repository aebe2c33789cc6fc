// The new ReplicaSet of a Deployment: found and kept up to date, or created with a name made of the template's hash.
// Upstream: getNewReplicaSet in k8s.io/kubernetes/pkg/controller/deployment/sync.go.
import type { Deployment, ReplicaSet } from '#types/apps_v1';
import { goQuote } from '../../api/go-text.ts';
import { isAlreadyExists, isNamespaceTerminating } from '../../client/api-errors.ts';
import { deployments } from '../../client/resources.ts';
import { controllerOf, controllerReference } from '../controller-ref.ts';
import { podTemplateHash } from '../pod-template-hash.ts';
import { hasAnnotations, maxRevision, newSetAnnotations, revisionAnnotation } from './annotations.ts';
import { findCondition, newCondition } from './conditions.ts';
import { hasProgressDeadline, newSetSize } from './fenceposts.ts';
import {
  type SetsOfDeployment,
  sameTemplate,
  sizeOf,
  templateHashLabel,
  wantedPods,
} from './replica-sets.ts';
import type { DeploymentWriter } from './writer.ts';

const longestName = 253;

/** The name of a Deployment's ReplicaSet; a name too long is cut, the hash never. */
export function replicaSetName(deploymentName: string, hash: string): string {
  return `${deploymentName.slice(0, longestName - 1 - hash.length)}-${hash}`;
}

/** The ReplicaSet for the Deployment's template. */
export function newReplicaSet(deployment: Deployment, oldSets: readonly ReplicaSet[]): ReplicaSet {
  const { metadata, spec } = deployment;
  const hash = podTemplateHash(spec.template, deployment.status?.collisionCount);
  const labels = { ...spec.template.metadata?.labels, [templateHashLabel]: hash };
  const annotations = newSetAnnotations(deployment, undefined, maxRevision(oldSets) + 1n, false);
  return {
    metadata: {
      name: replicaSetName(metadata.name!, hash),
      namespace: metadata.namespace,
      labels,
      annotations,
      ownerReferences: [controllerReference(deployments, deployment)],
    },
    spec: {
      replicas: newSetSize(deployment, wantedPods(oldSets), 0),
      minReadySeconds: spec.minReadySeconds,
      selector: {
        ...spec.selector,
        matchLabels: { ...spec.selector?.matchLabels, [templateHashLabel]: hash },
      },
      template: { ...spec.template, metadata: { ...spec.template.metadata, labels } },
    },
    status: { replicas: 0 },
  };
}

/** Keeps revision, annotations and minReadySeconds of the new set and the Deployment's revision as they should be. */
export async function syncNewSet(
  writer: DeploymentWriter,
  sets: SetsOfDeployment,
): Promise<SetsOfDeployment> {
  if (!sets.newSet) return sets;
  const newSet = await refreshSet(writer, sets.newSet, maxRevision(sets.oldSets) + 1n);
  const revision = newSet.metadata.annotations?.[revisionAnnotation] ?? '';
  const { deployment } = writer;
  const { annotations } = deployment.metadata;
  // a Deployment that begins to care for progress counts from now on
  const isFound =
    hasProgressDeadline(deployment) && !findCondition(deployment.status?.conditions, 'Progressing');
  if (isFound || annotations?.[revisionAnnotation] !== revision) {
    const message = `Found new replica set ${goQuote(newSet.metadata.name!)}`;
    const status = isFound
      ? writer.statusWith(newCondition('Progressing', 'True', 'FoundNewReplicaSet', message, writer.now()))
      : deployment.status;
    await writer.writeStatus(status, { ...annotations, [revisionAnnotation]: revision });
  }
  return { ...sets, newSet };
}

async function refreshSet(writer: DeploymentWriter, set: ReplicaSet, revision: bigint): Promise<ReplicaSet> {
  const { deployment } = writer;
  const annotations = newSetAnnotations(deployment, set.metadata.annotations, revision, true);
  const minReadySeconds = deployment.spec.minReadySeconds ?? 0;
  const isFresh = hasAnnotations(set, annotations) && (set.spec.minReadySeconds ?? 0) === minReadySeconds;
  if (isFresh) return set;
  return writer.updateSet({
    ...set,
    metadata: { ...set.metadata, annotations },
    spec: { ...set.spec, minReadySeconds: minReadySeconds || undefined },
  });
}

/** Creates the new set where there is none. */
export async function ensureNewSet(
  writer: DeploymentWriter,
  sets: SetsOfDeployment,
): Promise<SetsOfDeployment & { readonly newSet: ReplicaSet }> {
  if (sets.newSet) return { ...sets, newSet: sets.newSet };
  const set = newReplicaSet(writer.deployment, sets.oldSets);
  let created: ReplicaSet | undefined;
  let newSet: ReplicaSet;
  try {
    created = await writer.createSet(set);
    newSet = created;
  } catch (error) {
    newSet = await existingSet(writer, set, error);
  }
  if (created && sizeOf(set) > 0) {
    const message = `Scaled up replica set ${created.metadata.name} from 0 to ${sizeOf(set)}`;
    writer.event('Normal', 'ScalingReplicaSet', message);
  }
  await noteCreated(writer, set, created);
  return { ...sets, newSet };
}

async function noteCreated(
  writer: DeploymentWriter,
  set: ReplicaSet,
  created: ReplicaSet | undefined,
): Promise<void> {
  const { deployment } = writer;
  const revision = set.metadata.annotations![revisionAnnotation]!;
  const { annotations } = deployment.metadata;
  const isTold = created !== undefined && hasProgressDeadline(deployment);
  if (!isTold && annotations?.[revisionAnnotation] === revision) return;
  const message = `Created new replica set ${goQuote(set.metadata.name!)}`;
  const status = isTold
    ? writer.statusWith(newCondition('Progressing', 'True', 'NewReplicaSetCreated', message, writer.now()))
    : deployment.status;
  await writer.writeStatus(status, { ...annotations, [revisionAnnotation]: revision });
}

/**
 * The set that was in the way of a create, when it is ours with the same template: the cache was late. One that is not makes
 * another name necessary: the collision is counted, which changes the hash. Every other failure is told. Rethrows.
 */
async function existingSet(writer: DeploymentWriter, set: ReplicaSet, error: unknown): Promise<ReplicaSet> {
  const { deployment } = writer;
  if (isAlreadyExists(error)) {
    const existing = writer.cachedSet(set.metadata.name!);
    if (!existing) throw error;
    const isOurs =
      controllerOf(existing)?.uid === deployment.metadata.uid &&
      sameTemplate(deployment.spec.template, existing.spec.template);
    if (isOurs) return existing;
    const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
    await writer.writeStatus({ ...deployment.status, collisionCount });
    throw error;
  }
  if (isNamespaceTerminating(error)) throw error;
  const problem = error instanceof Error ? error.message : String(error);
  const message = `Failed to create new replica set ${goQuote(set.metadata.name!)}: ${problem}`;
  if (hasProgressDeadline(deployment)) {
    const condition = newCondition('Progressing', 'False', 'ReplicaSetCreateError', message, writer.now());
    // the failure to create matters more than one to tell of it
    await writer.writeCondition(condition).catch(() => {});
  }
  writer.event('Warning', 'ReplicaSetCreateError', message);
  throw error;
}
