// Which pods belong together when nobody says: those of the same services and the same owner.
// Upstream: DefaultSelector in plugins/helper/spread.go.
import type { ReplicaSet, StatefulSet } from '#types/apps_v1';
import type { Pod, ReplicationController, Service } from '#types/core_v1';
import { LabelSelector, selectorOfLabels, selectorOfObject } from '../../../api/label-selector.ts';
import type { KubeObject } from '../../../api/object.ts';
import type { Lister } from '../../../client/object-store.ts';
import { replicaSets, replicationControllers, services, statefulSets } from '../../../client/resources.ts';
import type { PluginContext } from '../../framework.ts';

/** What owns pods. */
export interface OwnerListers {
  readonly services: Lister<Service>;
  readonly replicationControllers: Lister<ReplicationController>;
  readonly replicaSets: Lister<ReplicaSet>;
  readonly statefulSets: Lister<StatefulSet>;
}

/** Asks for the informers of all of them. */
export function ownerListers({ informer }: Pick<PluginContext, 'informer'>): OwnerListers {
  return {
    services: informer(services).lister,
    replicationControllers: informer(replicationControllers).lister,
    replicaSets: informer(replicaSets).lister,
    statefulSets: informer(statefulSets).lister,
  };
}

function selectsPod(selector: Record<string, string>, labels: Record<string, string> | undefined): boolean {
  for (const key in selector) if (labels?.[key] !== selector[key]) return false;
  return true;
}

function labelsOfServices(lister: Lister<Service>, pod: Pod): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const { spec } of lister.inNamespace(pod.metadata.namespace ?? '')) {
    if (spec.selector && selectsPod(spec.selector, pod.metadata.labels)) Object.assign(labels, spec.selector);
  }
  return labels;
}

function narrowed(
  selector: LabelSelector,
  owner: (KubeObject & { spec?: { selector?: Parameters<typeof selectorOfObject>[0] } }) | undefined,
): LabelSelector {
  if (!owner) return selector;
  try {
    const own = selectorOfObject(owner.spec?.selector);
    return own.nothing ? selector : new LabelSelector([...selector.requirements, ...own.requirements]);
  } catch {
    return selector;
  }
}

/** The selector of the pod's services and its controller; empty when it has neither. */
export function ownerSelector(listers: OwnerListers, pod: Pod): LabelSelector {
  const labels = labelsOfServices(listers.services, pod);
  const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller);
  if (!owner) return selectorOfLabels(labels);
  const key = `${pod.metadata.namespace}/${owner.name}`;
  switch (`${owner.apiVersion} ${owner.kind}`) {
    case 'v1 ReplicationController':
      return selectorOfLabels({ ...labels, ...listers.replicationControllers.get(key)?.spec.selector });
    case 'apps/v1 ReplicaSet':
      return narrowed(selectorOfLabels(labels), listers.replicaSets.get(key));
    case 'apps/v1 StatefulSet':
      return narrowed(selectorOfLabels(labels), listers.statefulSets.get(key));
    default:
      return selectorOfLabels(labels);
  }
}
