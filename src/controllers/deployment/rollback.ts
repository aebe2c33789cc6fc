// Rollbacks asked for by the annotation that old APIs left behind. kubectl rollout undo patches the template itself.
// Upstream: k8s.io/kubernetes/pkg/controller/deployment/rollback.go.
import type { Deployment, ReplicaSet } from '#types/apps_v1';
import { goQuote } from '../../api/go-text.ts';
import {
  lastRevision,
  parseRevision,
  revisionOf,
  rollbackAnnotation,
  rolledBackAnnotations,
} from './annotations.ts';
import { allSets, type SetsOfDeployment, sameTemplate, templateHashLabel } from './replica-sets.ts';
import type { DeploymentWriter } from './writer.ts';

/** The revision that is asked for, 0 for the last one; undefined when none is. */
export function rollbackTarget({ metadata }: Deployment): bigint | undefined {
  return parseRevision(metadata.annotations?.[rollbackAnnotation]);
}

/** The Deployment with a set's template and annotations. */
export function rolledBack(deployment: Deployment, set: ReplicaSet): Deployment {
  const { template } = set.spec;
  const { [templateHashLabel]: _, ...labels } = template.metadata?.labels ?? {};
  return {
    ...deployment,
    metadata: { ...deployment.metadata, annotations: rolledBackAnnotations(deployment, set) },
    spec: { ...deployment.spec, template: { ...template, metadata: { ...template.metadata, labels } } },
  };
}

function withoutTarget(deployment: Deployment): Deployment {
  const { [rollbackAnnotation]: _, ...annotations } = deployment.metadata.annotations ?? {};
  return { ...deployment, metadata: { ...deployment.metadata, annotations } };
}

/** Rolls back and takes the annotation away, which is also taken away where there is nothing to roll back to. */
export async function rollBack(writer: DeploymentWriter, sets: SetsOfDeployment): Promise<void> {
  const { deployment } = writer;
  const all = allSets(sets);
  const giveUp = async (reason: string, message: string): Promise<void> => {
    writer.event('Warning', reason, message);
    await writer.update(withoutTarget(deployment));
  };
  const notFound = 'DeploymentRollbackRevisionNotFound';
  const target = rollbackTarget(deployment) || lastRevision(all);
  if (target === 0n) return giveUp(notFound, 'Unable to find last revision.');
  const set = all.find((candidate) => revisionOf(candidate) === target);
  if (!set) return giveUp(notFound, 'Unable to find the revision to rollback to.');
  const name = goQuote(deployment.metadata.name!);
  if (sameTemplate(deployment.spec.template, set.spec.template)) {
    const message = `The rollback revision contains the same template as current deployment ${name}`;
    return giveUp('DeploymentRollbackTemplateUnchanged', message);
  }
  await writer.update(withoutTarget(rolledBack(deployment, set)));
  writer.event('Normal', 'DeploymentRollback', `Rolled back deployment ${name} to revision ${target}`);
}
