// Affinity of a pod to nodes and to other pods.
// Upstream: validateAffinity in k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import type { Affinity, NodeAffinity, PodAffinity, PodAffinityTerm } from '#types/core_v1';
import type { FieldErrors } from '../validation/field-errors.ts';
import { validateLabelKey, validateLabelSelector } from '../validation/labels.ts';
import { labelName } from '../validation/names.ts';
import { validateNodeSelector, validateNodeSelectorTerm } from '../validation/node-selector.ts';
import { validateMatchLabelKeys } from './label-keys.ts';
import type { PodSpecOptions } from './options.ts';

const hard = 'requiredDuringSchedulingIgnoredDuringExecution';
const soft = 'preferredDuringSchedulingIgnoredDuringExecution';

function validateWeight(errors: FieldErrors, weight: number, path: string): void {
  if (weight <= 0 || weight > 100) errors.invalid(`${path}.weight`, weight, 'must be in the range 1-100');
}

function validateNodeAffinity(
  errors: FieldErrors,
  affinity: NodeAffinity,
  path: string,
  options: PodSpecOptions,
): void {
  if (affinity[hard])
    validateNodeSelector(
      errors,
      affinity[hard],
      options.allowInvalidNodeAffinityValue === true,
      `${path}.${hard}`,
    );
  affinity[soft]?.forEach((term, i) => {
    const at = `${path}.${soft}[${i}]`;
    validateWeight(errors, term.weight, at);
    validateNodeSelectorTerm(errors, term.preference, true, `${at}.preference`);
  });
}

function validateTerm(
  errors: FieldErrors,
  term: PodAffinityTerm,
  path: string,
  options: PodSpecOptions,
): void {
  const selectorOptions = { allowInvalidValues: options.allowInvalidSelectorValue };
  validateLabelSelector(errors, term.labelSelector, `${path}.labelSelector`, selectorOptions);
  validateLabelSelector(errors, term.namespaceSelector, `${path}.namespaceSelector`, selectorOptions);
  for (const namespace of term.namespaces ?? [])
    errors.invalids(`${path}.namespace`, namespace, labelName(namespace, false));
  validateMatchLabelKeys(errors, path, term.matchLabelKeys, term.mismatchLabelKeys, term.labelSelector);
  if (!term.topologyKey) errors.required(`${path}.topologyKey`, 'can not be empty');
  validateLabelKey(errors, term.topologyKey, `${path}.topologyKey`);
}

function validatePodAffinity(
  errors: FieldErrors,
  affinity: PodAffinity,
  path: string,
  options: PodSpecOptions,
): void {
  affinity[hard]?.forEach((term, i) => {
    validateTerm(errors, term, `${path}.${hard}[${i}]`, options);
  });
  affinity[soft]?.forEach((weighted, i) => {
    const at = `${path}.${soft}[${i}]`;
    validateWeight(errors, weighted.weight, at);
    validateTerm(errors, weighted.podAffinityTerm, `${at}.podAffinityTerm`, options);
  });
}

/** Checks `spec.affinity`. */
export function validateAffinity(
  errors: FieldErrors,
  affinity: Affinity | undefined,
  path: string,
  options: PodSpecOptions,
): void {
  if (!affinity) return;
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity;
  if (nodeAffinity) validateNodeAffinity(errors, nodeAffinity, `${path}.nodeAffinity`, options);
  if (podAffinity) validatePodAffinity(errors, podAffinity, `${path}.podAffinity`, options);
  if (podAntiAffinity) validatePodAffinity(errors, podAntiAffinity, `${path}.podAntiAffinity`, options);
}
