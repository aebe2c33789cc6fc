// PodDisruptionBudget: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/apis/policy/validation/validation.go.
import type { PodDisruptionBudget, PodDisruptionBudgetSpec } from '#types/policy_v1';
import { defineKind } from '../define-kind.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, nameColumn } from '../table/columns.ts';
import { validateConditions } from '../validation/conditions.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { validateAtMostAll, validateIntOrPercent } from '../validation/int-or-percent.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { subdomainName } from '../validation/names.ts';
import { validateNonnegative } from '../validation/numbers.ts';
import { firstGeneration, raiseGeneration, takeBack } from '../validation/status-strategy.ts';

/** The label of selectors that policy/v1beta1 cannot write otherwise. */
export const emptySelectorMarker = 'pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match';
const evictionPolicies = ['AlwaysAllow', 'IfHealthyBudget'];
const counts = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const;

// Upstream's internal type has no JSON names.
function printSpec(spec: PodDisruptionBudgetSpec): unknown {
  return {
    MinAvailable: spec.minAvailable,
    Selector: spec.selector ?? null,
    MaxUnavailable: spec.maxUnavailable,
    UnhealthyPodEvictionPolicy: spec.unhealthyPodEvictionPolicy ?? null,
  };
}

function hasInvalidSelector({ spec }: PodDisruptionBudget): boolean {
  const faults = new FieldErrors();
  validateLabelSelector(faults, spec.selector, '');
  return !faults.empty;
}

function validate({ spec }: PodDisruptionBudget, allowInvalidValues = false) {
  const errors = new FieldErrors();
  const { minAvailable, maxUnavailable, unhealthyPodEvictionPolicy: policy } = spec;
  if (minAvailable !== undefined && maxUnavailable !== undefined)
    errors.invalid('spec', printSpec(spec), 'minAvailable and maxUnavailable cannot be both set');
  for (const field of ['minAvailable', 'maxUnavailable'] as const) {
    const value = spec[field];
    if (value === undefined) continue;
    validateIntOrPercent(errors, value, `spec.${field}`);
    validateAtMostAll(errors, value, `spec.${field}`);
  }
  validateLabelSelector(errors, spec.selector, 'spec.selector', { allowInvalidValues });
  if (policy !== undefined && !evictionPolicies.includes(policy))
    errors.notSupported('spec.unhealthyPodEvictionPolicy', policy, evictionPolicies);
  return errors.list;
}

/**
 * What stands for a selector of policy/v1beta1 that matches nothing says so alone; beside other requirements it is taken away.
 * Upstream: pkg/apis/policy/v1/conversion.go.
 */
function dropMarker({ spec }: PodDisruptionBudget): void {
  const { selector } = spec;
  const expressions = selector?.matchExpressions ?? [];
  if (!selector || !expressions.some(({ key }) => key === emptySelectorMarker)) return;
  const [first, ...others] = expressions;
  const isAlone = others.length === 0 && Object.keys(selector.matchLabels ?? {}).length === 0;
  if (isAlone && first?.operator === 'Exists' && !first.values?.length) return;
  const kept = expressions.filter(({ key }) => key !== emptySelectorMarker);
  if (kept.length > 0) selector.matchExpressions = kept;
  else delete selector.matchExpressions;
}

function amountCell(amount: number | string | undefined): string {
  return amount === undefined ? 'N/A' : String(amount);
}

export const podDisruptionBudget = defineKind<PodDisruptionBudget>({
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  metadataChecks: [],
  metadataRules: 'segments',
  nameRule: subdomainName,
  setDefaults: dropMarker,
  prepareForCreate(budget) {
    budget.status = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
    firstGeneration(budget);
  },
  validateCreate: (budget) => validate(budget),
  allowUnconditionalUpdate: false,
  prepareForUpdate(budget, old) {
    takeBack(budget, old, 'status');
    raiseGeneration(budget, old);
  },
  validateUpdate: (budget, old) => validate(budget, hasInvalidSelector(old)),

  subresources: {
    status: {
      metadataChecks: [],
      prepareForUpdate(budget, old) {
        budget.spec = old.spec;
      },
      validateUpdate({ status }) {
        const errors = new FieldErrors();
        validateConditions(errors, status.conditions, 'status.conditions');
        for (const field of counts) validateNonnegative(errors, status[field], `status.${field}`);
        return errors.list;
      },
    },
  },

  table: {
    columns: [
      nameColumn,
      column('Min Available', 'string', 'The minimum number of pods that must be available.'),
      column('Max Unavailable', 'string', 'The maximum number of pods that may be unavailable.'),
      column(
        'Allowed Disruptions',
        'integer',
        'Calculated number of pods that may be disrupted at this time.',
      ),
      ageColumn,
    ],
    row: (budget, context) => ({
      cells: [
        nameOf(budget),
        amountCell(budget.spec.minAvailable),
        amountCell(budget.spec.maxUnavailable),
        budget.status.disruptionsAllowed ?? 0,
        ageOf(budget, context),
      ],
    }),
  },
});
