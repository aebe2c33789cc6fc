// The versions that Kubernetes has given up since 1.16, for --legacy-apis: data in openapi/legacy, conversions here. What is
// not named below has the shape of today's version.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addTypeFolder, packageRoot } from '../../api/schema/type-table.ts';
import type { VersionConversion } from '../define-kind.ts';
import { furtherResources, type ResourceDefinition, type ResourceFact } from '../registry.ts';
import { appsV1beta1StatefulSet } from './apps-v1beta1-stateful-set.ts';
import { autoscalingV2beta1 } from './autoscaling-v2beta1.ts';
import { autoscalingV2beta2 } from './autoscaling-v2beta2.ts';
import { extensionsDaemonSet } from './daemon-set.ts';
import { appsV1beta1Deployment, extensionsDeployment } from './deployment.ts';
import { extensionsIngress, networkingV1beta1Ingress } from './ingress.ts';
import { policyV1beta1 } from './pod-disruption-budget.ts';
import { extensionsReplicaSet } from './replica-set.ts';

interface LegacyFacts {
  readonly groups: readonly {
    readonly group: string;
    readonly after?: string;
    readonly versions: string[];
  }[];
  readonly resources: readonly ResourceFact[];
}

let facts: LegacyFacts | undefined;

function loadFacts(): LegacyFacts {
  facts ??= JSON.parse(
    readFileSync(join(packageRoot(), 'openapi', 'legacy', 'resources.json'), 'utf8'),
  ) as LegacyFacts;
  return facts;
}

const conversions: Readonly<Record<string, VersionConversion>> = {
  'apps/v1beta1.Deployment': appsV1beta1Deployment,
  'apps/v1beta1.StatefulSet': appsV1beta1StatefulSet,
  'autoscaling/v2beta1.HorizontalPodAutoscaler': autoscalingV2beta1,
  'autoscaling/v2beta2.HorizontalPodAutoscaler': autoscalingV2beta2,
  'extensions/v1beta1.DaemonSet': extensionsDaemonSet,
  'extensions/v1beta1.Deployment': extensionsDeployment,
  'extensions/v1beta1.Ingress': extensionsIngress,
  'extensions/v1beta1.ReplicaSet': extensionsReplicaSet,
  'networking.k8s.io/v1beta1.Ingress': networkingV1beta1Ingress,
  'policy/v1beta1.PodDisruptionBudget': policyV1beta1,
};

let all: readonly ResourceDefinition[] | undefined;

/** Every resource of the versions that are gone. */
export function legacyResources(): readonly ResourceDefinition[] {
  addTypeFolder(join('legacy', 'types'));
  all ??= furtherResources(loadFacts().resources, conversions);
  return all;
}

/** The types whose conversion changes more than apiVersion: `apps/v1beta1.Deployment`. */
export function convertedTypes(): readonly string[] {
  return Object.keys(conversions);
}

interface Group {
  readonly group: string;
  readonly versions: readonly string[];
}

/** Today's groups in discovery order, with the versions and groups that are gone at their places. */
export function legacyGroups(today: readonly Group[]): Group[] {
  const { groups } = loadFacts();
  return today.flatMap((known) => {
    const versions = groups.find(({ group }) => group === known.group)?.versions ?? [];
    const added = groups.filter(({ after }) => after === known.group);
    return [
      { group: known.group, versions: [...new Set([...versions, ...known.versions])] },
      ...added.map(({ group, versions: own }) => ({ group, versions: own })),
    ];
  });
}
