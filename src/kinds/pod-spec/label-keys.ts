// matchLabelKeys and mismatchLabelKeys of affinity terms and spread constraints: rules, and how they join the selector
// when the pod is made.
// Upstream: ValidateMatchLabelKeys* in pkg/apis/core/validation/validation.go; mutatePodAffinity in
// pkg/registry/core/pod/strategy.go.

import type { Pod, PodAffinity, PodAffinityTerm } from '#types/core_v1';
import type { LabelSelector } from '#types/meta_v1';
import type { FieldErrors } from '../validation/field-errors.ts';
import { validateLabelKey } from '../validation/labels.ts';

type Keys = readonly string[] | undefined;

function validateKeys(
  errors: FieldErrors,
  path: string,
  keys: Keys,
  selector: LabelSelector | undefined,
): void {
  if (!keys || keys.length === 0) return;
  if (!selector) {
    errors.forbidden(path, 'must not be specified when labelSelector is not set');
    return;
  }
  keys.forEach((key, i) => {
    validateLabelKey(errors, key, `${path}[${i}]`);
  });
}

/** Keys of a term. A key may stand in the selector once: that is where creation has put it. */
export function validateMatchLabelKeys(
  errors: FieldErrors,
  path: string,
  match: Keys,
  mismatch: Keys,
  selector: LabelSelector | undefined,
): void {
  if (!match?.length && !mismatch?.length) return;
  validateKeys(errors, `${path}.matchLabelKeys`, match, selector);
  validateKeys(errors, `${path}.mismatchLabelKeys`, mismatch, selector);
  if (selector) {
    const seen = new Set(Object.keys(selector.matchLabels ?? {}));
    for (const { key } of selector.matchExpressions ?? []) {
      const i = match?.lastIndexOf(key) ?? -1;
      if (i >= 0 && seen.has(key))
        errors.invalid(`${path}[${i}]`, key, 'exists in both matchLabelKeys and labelSelector');
      seen.add(key);
    }
  }
  match?.forEach((key, i) => {
    if (mismatch?.includes(key))
      errors.invalid(
        `${path}.matchLabelKeys[${i}]`,
        key,
        'exists in both matchLabelKeys and mismatchLabelKeys',
      );
  });
}

/** The rule of releases before the keys joined the selector: no key in both. Old pods that need it keep it. */
export function validateLegacyMatchLabelKeys(
  errors: FieldErrors,
  path: string,
  match: Keys,
  selector: LabelSelector | undefined,
): void {
  if (!match || match.length === 0) return;
  if (!selector) errors.forbidden(path, 'must not be specified when labelSelector is not set');
  const keys = new Set([
    ...Object.keys(selector?.matchLabels ?? {}),
    ...(selector?.matchExpressions ?? []).map((requirement) => requirement.key),
  ]);
  match.forEach((key, i) => {
    validateLabelKey(errors, key, `${path}[${i}]`);
    if (keys.has(key))
      errors.invalid(`${path}[${i}]`, key, 'exists in both matchLabelKeys and labelSelector');
  });
}

function join(
  selector: LabelSelector,
  keys: Keys,
  operator: 'In' | 'NotIn',
  labels: Readonly<Record<string, string>>,
): void {
  for (const key of keys ?? []) {
    const value = labels[key];
    if (value === undefined) continue;
    selector.matchExpressions ??= [];
    selector.matchExpressions.push({ key, operator, values: [value] });
  }
}

function joinTerm(term: PodAffinityTerm, labels: Readonly<Record<string, string>>): void {
  if (!term.labelSelector) return;
  join(term.labelSelector, term.matchLabelKeys, 'In', labels);
  join(term.labelSelector, term.mismatchLabelKeys, 'NotIn', labels);
}

function joinAffinity(affinity: PodAffinity | undefined, labels: Readonly<Record<string, string>>): void {
  for (const term of affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
    joinTerm(term.podAffinityTerm, labels);
  for (const term of affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) joinTerm(term, labels);
}

/** Writes the pod's own label values into the selectors of its affinity terms and spread constraints. */
export function joinLabelKeys(pod: Pod): void {
  const labels = pod.metadata.labels ?? {};
  joinAffinity(pod.spec.affinity?.podAffinity, labels);
  joinAffinity(pod.spec.affinity?.podAntiAffinity, labels);
  for (const constraint of pod.spec.topologySpreadConstraints ?? [])
    if (constraint.labelSelector) join(constraint.labelSelector, constraint.matchLabelKeys, 'In', labels);
}
