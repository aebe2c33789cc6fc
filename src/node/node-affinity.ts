// Whether a pod may be on a node by its selector and its required affinity.
// Upstream: k8s.io/component-helpers/scheduling/corev1/nodeaffinity.
import type { Node, NodeSelectorRequirement, Pod } from '#types/core_v1';
import { type LabelOperator, type Labels, requirementMatches } from '../api/label-selector.ts';

const operators: Record<string, LabelOperator> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
  Gt: 'gt',
  Lt: 'lt',
};

function allMatch(requirements: readonly NodeSelectorRequirement[], labels: Labels): boolean {
  return requirements.every(({ key, operator, values }) => {
    const known = operators[operator];
    return known !== undefined && requirementMatches({ key, operator: known, values: values ?? [] }, labels);
  });
}

/** Whether the node has what the pod requires. */
export function matchesNode(pod: Pod, node: Node): boolean {
  const { labels, name } = node.metadata;
  for (const [key, value] of Object.entries(pod.spec.nodeSelector ?? {}))
    if (labels?.[key] !== value) return false;
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (!required) return true;
  const fields = { 'metadata.name': name ?? '' };
  return (required.nodeSelectorTerms ?? []).some(({ matchExpressions, matchFields }) => {
    if (!matchExpressions?.length && !matchFields?.length) return false;
    return allMatch(matchExpressions ?? [], labels) && allMatch(matchFields ?? [], fields);
  });
}
