// Tolerations, spread over topologies, gates: what the scheduler reads beside affinity.
// Upstream: ValidateTolerations and validateTopologySpreadConstraints in
// k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import type {
  PodSchedulingGate,
  PodSchedulingGroup,
  Toleration,
  TopologySpreadConstraint,
} from '#types/core_v1';
import { ofNamedType } from '../../api/field-error.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { validateLabelKey, validateLabelSelector } from '../validation/labels.ts';
import { dnsSubdomain, labelValue, qualifiedName } from '../validation/names.ts';
import { validatePositive } from '../validation/numbers.ts';
import { validateLegacyMatchLabelKeys, validateMatchLabelKeys } from './label-keys.ts';
import type { PodSpecOptions } from './options.ts';

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** One of the three effects of a taint. */
export function validateTaintEffect(errors: FieldErrors, effect: string, path: string): void {
  if (!effects.includes(effect)) errors.notSupported(path, effect, effects);
}

/** Checks tolerations. */
export function validateTolerations(
  errors: FieldErrors,
  tolerations: readonly Toleration[] | undefined,
  path: string,
  options: Pick<PodSpecOptions, 'allowComparisonTolerations'> = {},
): void {
  tolerations?.forEach((toleration, i) => {
    const at = `${path}[${i}]`;
    const { key, operator = '', value = '', effect = '' } = toleration;
    if (key) validateLabelKey(errors, key, `${at}.key`);
    else if (operator !== 'Exists') {
      errors.invalid(
        `${at}.operator`,
        ofNamedType(operator),
        'operator must be Exists when `key` is empty, which means "match all values and all keys"',
      );
    }
    if (toleration.tolerationSeconds !== undefined && effect !== 'NoExecute')
      errors.invalid(`${at}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
    validateOperator(errors, operator, value, at, options.allowComparisonTolerations === true);
    if (effect !== '') validateTaintEffect(errors, effect, `${at}.effect`);
  });
}

function validateOperator(
  errors: FieldErrors,
  operator: string,
  value: string,
  at: string,
  allowComparison: boolean,
): void {
  switch (operator) {
    case '':
    case 'Equal': {
      const messages = labelValue(value);
      if (messages.length > 0) errors.invalid(`${at}.operator`, value, messages.join(';'));
      break;
    }
    case 'Exists':
      if (value !== '')
        errors.invalid(`${at}.operator`, value, "value must be empty when `operator` is 'Exists'");
      break;
    case 'Lt':
    case 'Gt':
      if (!allowComparison) errors.notSupported(`${at}.operator`, operator, ['Equal', 'Exists', 'Lt', 'Gt']);
      break;
    default:
      errors.notSupported(`${at}.operator`, operator, ['Equal', 'Exists']);
  }
}

const actions = ['DoNotSchedule', 'ScheduleAnyway'];
const inclusionPolicies = ['Honor', 'Ignore'];

/** Checks topology spread constraints. */
export function validateSpreadConstraints(
  errors: FieldErrors,
  constraints: readonly TopologySpreadConstraint[] | undefined,
  path: string,
  options: PodSpecOptions,
): void {
  constraints?.forEach((constraint, i) => {
    const at = `${path}[${i}]`;
    const { topologyKey, whenUnsatisfiable, minDomains } = constraint;
    validatePositive(errors, constraint.maxSkew, `${at}.maxSkew`);
    if (!topologyKey) errors.required(`${at}.topologyKey`, 'can not be empty');
    if (!actions.includes(whenUnsatisfiable))
      errors.notSupported(`${at}.whenUnsatisfiable`, whenUnsatisfiable, actions);
    const repeated = constraints
      .slice(i + 1)
      .some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable);
    if (repeated)
      errors.duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`);
    if (minDomains !== undefined) {
      validatePositive(errors, minDomains, `${at}.minDomains`);
      if (whenUnsatisfiable !== 'DoNotSchedule') {
        errors.invalid(
          `${at}.minDomains`,
          minDomains,
          `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`,
        );
      }
    }
    for (const field of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
      const policy = constraint[field];
      if (policy !== undefined && !inclusionPolicies.includes(policy))
        errors.notSupported(`${at}.${field}`, policy, inclusionPolicies);
    }
    const { matchLabelKeys, labelSelector } = constraint;
    if (options.oldViolatesMatchLabelKeys)
      validateLegacyMatchLabelKeys(errors, `${at}.matchLabelKeys`, matchLabelKeys, labelSelector);
    else validateMatchLabelKeys(errors, at, matchLabelKeys, undefined, labelSelector);
    if (!options.allowInvalidSpreadSelector)
      validateLabelSelector(errors, labelSelector, `${at}.labelSelector`);
  });
}

/** Checks scheduling gates. */
export function validateSchedulingGates(
  errors: FieldErrors,
  gates: readonly PodSchedulingGate[] | undefined,
  path: string,
): void {
  if (!gates) return;
  const seen = new Set<string>();
  gates.forEach(({ name }, i) => {
    errors.invalids(`${path}[${i}]`, name, qualifiedName(name));
    if (seen.has(name)) errors.duplicate(`${path}[${i}]`, name);
    seen.add(name);
  });
}

/** A group of which a pod is one: named by one of the ways that there are, of which there is one. */
export function validateSchedulingGroup(
  errors: FieldErrors,
  group: PodSchedulingGroup | undefined,
  path: string,
): void {
  if (!group) return;
  const { podGroupName: name } = group;
  const at = `${path}.podGroupName`;
  if (name === undefined) errors.invalid(at, null, 'must specify one of: `podGroupName`');
  else errors.invalids(at, name, dnsSubdomain(name));
}
