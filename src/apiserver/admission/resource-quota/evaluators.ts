// Which resources are measured how, and which are not measured at all.
// Upstream: pkg/quota/v1/evaluator/core/registry.go and pkg/quota/v1/install/registry.go in kubernetes/kubernetes.
import { type GroupResource, groupResourceText } from '../../../api/status.ts';
import { claimEvaluator } from './claim-evaluator.ts';
import { countEvaluator } from './count-evaluator.ts';
import type { Evaluator } from './evaluator.ts';
import { podEvaluator } from './pod-evaluator.ts';
import { serviceEvaluator } from './service-evaluator.ts';

const evaluators = new Map<string, Evaluator>([
  ['pods', podEvaluator],
  ['services', serviceEvaluator],
  ['persistentvolumeclaims', claimEvaluator],
]);

// What is not stored, and events.
const ignored = new Set([
  'bindings',
  'componentstatuses',
  'tokenreviews.authentication.k8s.io',
  'selfsubjectreviews.authentication.k8s.io',
  'subjectaccessreviews.authorization.k8s.io',
  'selfsubjectaccessreviews.authorization.k8s.io',
  'localsubjectaccessreviews.authorization.k8s.io',
  'selfsubjectrulesreviews.authorization.k8s.io',
  'events',
  'events.events.k8s.io',
]);

/** The evaluator of a resource; undefined where quotas do not apply. */
export function evaluatorOf(of: GroupResource): Evaluator | undefined {
  const name = groupResourceText(of);
  if (ignored.has(name)) return undefined;
  let evaluator = evaluators.get(name);
  if (!evaluator) {
    evaluator = countEvaluator(of.group, of.resource);
    evaluators.set(name, evaluator);
  }
  return evaluator;
}
