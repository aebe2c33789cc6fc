// Rules of the spec of a HorizontalPodAutoscaler.
// Upstream: k8s.io/kubernetes/pkg/apis/autoscaling/validation/validation.go and
// pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go.
import type { HorizontalPodAutoscaler, HPAScalingPolicy, HPAScalingRules } from '#types/autoscaling_v2';
import type { FieldErrors } from '../../validation/field-errors.ts';
import { validateNonnegativeQuantity } from '../../validation/resource-names.ts';
import {
  apiVersionFault,
  type ReferenceOptions,
  validateMetrics,
  validateReference,
} from './metric-rules.ts';

const maxWindow = 3600;
const maxPeriod = 1800;
const selectPolicies = ['Disabled', 'Max', 'Min'];
const policyTypes = ['Percent', 'Pods'];

function validatePolicy(errors: FieldErrors, policy: HPAScalingPolicy, path: string): void {
  const { type, value, periodSeconds } = policy;
  if (!policyTypes.includes(type)) errors.notSupported(`${path}.type`, type, policyTypes);
  if (value <= 0) errors.invalid(`${path}.value`, value, 'must be greater than zero');
  if (periodSeconds <= 0) errors.invalid(`${path}.periodSeconds`, periodSeconds, 'must be greater than zero');
  if (periodSeconds > maxPeriod)
    errors.invalid(`${path}.periodSeconds`, periodSeconds, `must be less than or equal to ${maxPeriod}`);
}

function validateScaling(errors: FieldErrors, rules: HPAScalingRules | undefined, path: string): void {
  if (!rules) return;
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [], tolerance } = rules;
  const at = `${path}.stabilizationWindowSeconds`;
  if (window !== undefined && window < 0) errors.invalid(at, window, 'must be greater than or equal to zero');
  if (window !== undefined && window > maxWindow)
    errors.invalid(at, window, `must be less than or equal to ${maxWindow}`);
  if (selectPolicy !== undefined && !selectPolicies.includes(selectPolicy))
    errors.notSupported(`${path}.selectPolicy`, selectPolicy, selectPolicies);
  if (policies.length === 0) errors.required(`${path}.policies`, 'must specify at least one Policy');
  policies.forEach((policy, i) => {
    validatePolicy(errors, policy, `${path}.policies[${i}]`);
  });
  if (tolerance !== undefined) validateNonnegativeQuantity(errors, tolerance, `${path}.tolerance`);
}

function targetOptions(
  { spec }: HorizontalPodAutoscaler,
  old: HorizontalPodAutoscaler | undefined,
): ReferenceOptions {
  const { kind, apiVersion = '' } = spec.scaleTargetRef;
  const before = old?.spec.scaleTargetRef;
  if (before && before.kind === kind && (before.apiVersion ?? '') === apiVersion)
    return { allowInvalid: true };
  // The one scalable kind of the core group.
  return { allowEmptyGroup: kind === 'ReplicationController' };
}

function metricOptions(old: HorizontalPodAutoscaler | undefined): ReferenceOptions {
  const options = { allowEmptyGroup: true };
  const wasInvalid = old?.spec.metrics?.some(
    ({ type, object }) =>
      type === 'Object' && object && apiVersionFault(object.describedObject, options) !== undefined,
  );
  return { ...options, allowInvalid: wasInvalid };
}

/** The rules of create and update. */
export function validateAutoscaler(
  errors: FieldErrors,
  autoscaler: HorizontalPodAutoscaler,
  old?: HorizontalPodAutoscaler,
): void {
  const { spec } = autoscaler;
  const { minReplicas, maxReplicas } = spec;
  // Scaling to zero is off in 1.36, but who has it keeps it.
  const lowest = old?.spec.minReplicas === 0 ? 0 : 1;
  if (minReplicas !== undefined && minReplicas < lowest)
    errors.invalid('spec.minReplicas', minReplicas, `must be greater than or equal to ${lowest}`);
  if (maxReplicas === 0) errors.required('spec.maxReplicas', 'must be set and greater than 0');
  else if (maxReplicas < 0)
    errors.invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to 1');
  if (minReplicas !== undefined && maxReplicas < minReplicas)
    errors.invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`');
  validateReference(errors, spec.scaleTargetRef, 'spec.scaleTargetRef', targetOptions(autoscaler, old));
  validateMetrics(errors, spec, metricOptions(old));
  validateScaling(errors, spec.behavior?.scaleUp, 'spec.behavior.scaleUp');
  validateScaling(errors, spec.behavior?.scaleDown, 'spec.behavior.scaleDown');
}
