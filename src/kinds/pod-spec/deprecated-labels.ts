// Labels of nodes that have a better name today.
// Upstream: k8s.io/kubernetes/pkg/api/node/util.go.
import type { LabelSelector } from '#types/meta_v1';

const messages: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region':
    'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone':
    'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type':
    'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods':
    'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
};

/** What to use instead of a label; undefined for a good one. */
export function deprecatedNodeLabel(key: string): string | undefined {
  return Object.hasOwn(messages, key) ? messages[key] : undefined;
}

/** Warnings for a label selector over nodes. */
export function nodeLabelSelectorWarnings(selector: LabelSelector | undefined, path: string): string[] {
  const warnings: string[] = [];
  selector?.matchExpressions?.forEach(({ key }, i) => {
    const message = deprecatedNodeLabel(key);
    if (message) warnings.push(`${path}.matchExpressions[${i}].key: ${key} is ${message}`);
  });
  for (const key in selector?.matchLabels) {
    const message = deprecatedNodeLabel(key);
    if (message) warnings.push(`${path}.matchLabels.${key}: ${message}`);
  }
  return warnings;
}
