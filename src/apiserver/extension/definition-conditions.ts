// The conditions in the status of a CustomResourceDefinition.
// Upstream: k8s.io/apiextensions-apiserver/pkg/apihelpers/helpers.go and pkg/controller/{apiapproval,nonstructuralschema}.
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionCondition,
} from '#types/apiextensions.k8s.io_v1';
import { formatTime } from '../../api/time.ts';

type Condition = Omit<CustomResourceDefinitionCondition, 'lastTransitionTime'>;

/** The condition of a type, if there is one. */
export function findCondition(
  { status }: CustomResourceDefinition,
  type: string,
): CustomResourceDefinitionCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

/** Whether the condition is there and True. */
export function isTrue(definition: CustomResourceDefinition, type: string): boolean {
  return findCondition(definition, type)?.status === 'True';
}

/** Whether a definition is being deleted. */
export function isTerminating(definition: CustomResourceDefinition): boolean {
  return Boolean(definition.metadata.deletionTimestamp) || isTrue(definition, 'Terminating');
}

/** Sets a condition, in place; its time is `now` (ms) where its status changes. */
export function setCondition(definition: CustomResourceDefinition, condition: Condition, now: number): void {
  const conditions = definition.status.conditions ?? [];
  const at = conditions.findIndex(({ type }) => type === condition.type);
  const { type, status, reason, message } = condition;
  const known = conditions[at];
  const lastTransitionTime =
    known?.status === status && known.lastTransitionTime ? known.lastTransitionTime : formatTime(now);
  const next = { type, status, lastTransitionTime, reason, message };
  if (known === undefined) conditions.push(next);
  else conditions[at] = next;
  definition.status.conditions = conditions;
}

const approvalAnnotation = 'api-approved.kubernetes.io';

/** Groups whose APIs the community reviews. */
function isProtected(group: string): boolean {
  return ['k8s.io', 'kubernetes.io'].some((suffix) => group === suffix || group.endsWith(`.${suffix}`));
}

/** The condition that tells whether an API of a protected group was approved; undefined for other groups. */
export function approvalCondition({ spec, metadata }: CustomResourceDefinition): Condition | undefined {
  if (!isProtected(spec.group)) return undefined;
  const type = 'KubernetesAPIApprovalPolicyConformant';
  const annotation = metadata.annotations?.[approvalAnnotation];
  const text = `protected groups must have approval annotation "${approvalAnnotation}", see https://github.com/kubernetes/enhancements/pull/1111`;
  if (!annotation) return { type, status: 'False', reason: 'MissingAnnotation', message: text };
  if (annotation.startsWith('unapproved'))
    return {
      type,
      status: 'False',
      reason: 'UnapprovedAnnotation',
      message: `not approved: "${annotation}"`,
    };
  if (isUrl(annotation))
    return { type, status: 'True', reason: 'ApprovedAnnotation', message: `approved in ${annotation}` };
  return {
    type,
    status: 'False',
    reason: 'InvalidAnnotation',
    message: `protected groups must have approval annotation "${approvalAnnotation}" with either a URL or a reason starting with "unapproved", see https://github.com/kubernetes/enhancements/pull/1111`,
  };
}

function isUrl(text: string): boolean {
  try {
    const { protocol, host } = new URL(text);
    return protocol !== '' && host !== '';
  } catch {
    return false;
  }
}
