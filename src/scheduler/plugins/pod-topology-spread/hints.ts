// Which changes may help pods that could not be spread. Upstream: plugins/podtopologyspread/plugin.go.
import type { Node, Pod } from '#types/core_v1';
import { semanticEqual } from '../../../kinds/semantic-equal.ts';
import { type PodInfo, sameLabels } from '../../pod-info.ts';
import { hasTopologies, type SpreadConstraint } from './constraints.ts';

function isInvolved(pod: PodInfo, other: Pod | undefined): boolean {
  if (!other || other.metadata.uid === pod.uid) return true;
  if (!other.spec.nodeName && !other.status?.nominatedNodeName) return false;
  return other.metadata.namespace === pod.namespace;
}

/** Whether a pod that came, changed or went may help. */
export function podMayHelp(
  constraints: readonly SpreadConstraint[],
  pod: PodInfo,
  old: Pod | undefined,
  now: Pod | undefined,
): boolean {
  if (!isInvolved(pod, old) || !isInvolved(pod, now)) return false;
  if (!old || !now) {
    const { labels } = (old ?? now)!.metadata;
    return constraints.some(({ selector }) => selector.matches(labels));
  }
  const isTolerant =
    now.metadata.uid === pod.uid && !semanticEqual(old.spec.tolerations, now.spec.tolerations);
  if (isTolerant && constraints.some(({ honorsTaints }) => honorsTaints)) return true;
  if (sameLabels(old.metadata.labels, now.metadata.labels)) return false;
  return constraints.some(
    ({ selector }) => selector.matches(old.metadata.labels) !== selector.matches(now.metadata.labels),
  );
}

/** Whether a node that came, changed or went may help. */
export function nodeMayHelp(
  constraints: readonly SpreadConstraint[],
  old: Node | undefined,
  now: Node | undefined,
): boolean {
  const was = old !== undefined && hasTopologies(old, constraints);
  const is = now !== undefined && hasTopologies(now, constraints);
  if (!old || !now) return was || is;
  if (was !== is) return true;
  if (!is) return false;
  return (
    !semanticEqual(old.spec?.taints, now.spec?.taints) ||
    constraints.some(
      ({ topologyKey }) => old.metadata.labels?.[topologyKey] !== now.metadata.labels?.[topologyKey],
    )
  );
}
