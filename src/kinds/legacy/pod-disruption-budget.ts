// PodDisruptionBudget of policy/v1beta1: an empty selector matched nothing there, and matches everything today.
// Upstream: pkg/apis/policy/v1beta1/conversion.go and pkg/apis/policy/helper.go.
import type { LabelSelector } from '#types/meta_v1';
import type * as v1 from '#types/policy_v1';
import type * as v1beta1 from '#types/policy_v1beta1';
import { emptySelectorMarker as label } from '../policy/pod-disruption-budget.ts';
import { legacyConversion } from './convert.ts';

function isEmpty({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return Object.keys(matchLabels ?? {}).length === 0 && (matchExpressions ?? []).length === 0;
}

/** Whether the selector is the marker and nothing else. */
function isMarker({ matchLabels, matchExpressions = [] }: LabelSelector, operator: string): boolean {
  const [only, ...others] = matchExpressions;
  return (
    Object.keys(matchLabels ?? {}).length === 0 &&
    others.length === 0 &&
    only?.key === label &&
    only.operator === operator &&
    (only.values ?? []).length === 0
  );
}

function selectorToday(selector: LabelSelector): LabelSelector {
  if (isEmpty(selector)) return { matchExpressions: [{ key: label, operator: 'Exists' }] };
  if (isMarker(selector, 'DoesNotExist')) return {};
  if (!selector.matchExpressions) return selector;
  const { matchExpressions, ...rest } = selector;
  const kept = matchExpressions.filter(({ key }) => key !== label);
  return kept.length > 0 ? { ...rest, matchExpressions: kept } : rest;
}

function selectorOld(selector: LabelSelector): LabelSelector {
  if (isMarker(selector, 'Exists')) return {};
  if (isEmpty(selector)) return { matchExpressions: [{ key: label, operator: 'DoesNotExist' }] };
  return selector;
}

/** policy/v1beta1. */
export const policyV1beta1 = legacyConversion<v1beta1.PodDisruptionBudget, v1.PodDisruptionBudget>({
  old: 'policy/v1beta1',
  today: 'policy/v1',
  toToday(budget) {
    const today = budget as unknown as v1.PodDisruptionBudget;
    if (today.spec.selector) today.spec.selector = selectorToday(today.spec.selector);
    return today;
  },
  toOld(budget) {
    const old = budget as unknown as v1beta1.PodDisruptionBudget;
    if (old.spec.selector) old.spec.selector = selectorOld(old.spec.selector);
    return old;
  },
});
