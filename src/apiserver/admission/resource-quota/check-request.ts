// One write against the quotas of its namespace.
// Upstream: CheckRequest in k8s.io/apiserver/pkg/admission/plugin/resourcequota/controller.go.
import type { ResourceQuota } from '#types/core_v1';
import type { ResourceList } from '../../../kinds/pod-spec/resources.ts';
import type { AdmissionRequest } from '../admission.ts';
import { refusal } from '../refusal.ts';
import {
  difference,
  exceeding,
  negativeNames,
  only,
  printAmounts,
  printNames,
  sum,
  withoutZeros,
} from './amounts.ts';
import { type Evaluator, isCovered } from './evaluator.ts';

/** The quotas that limit the new object. Throws 403 where the object does not say what one of them counts. */
function coveringQuotas(
  quotas: readonly ResourceQuota[],
  request: AdmissionRequest,
  evaluator: Evaluator,
): ResourceQuota[] {
  const object = request.object!;
  return quotas.filter((quota) => {
    if (!isCovered(quota, evaluator, object)) return false;
    const { hard = {}, used = {} } = quota.status;
    const limited = evaluator.matchingResources(Object.keys(hard));
    const { name } = quota.metadata;
    const missing = evaluator.missing?.(limited, object);
    if (missing !== undefined) throw refusal(request, `failed quota: ${name}: ${missing}`);
    if (limited.some((resource) => used[resource] === undefined))
      throw refusal(request, `status unknown for quota: ${name}, resources: ${printNames(limited)}`);
    return true;
  });
}

/** Adds `more` to what the quota says is used. Throws 403 when that is too much; a change of a status never is. */
function charge(quota: ResourceQuota, more: ResourceList, request: AdmissionRequest): ResourceQuota {
  const { hard = {}, used = {} } = quota.status;
  const requested = only(more, new Set(Object.keys(hard)));
  const after = sum(used, requested);
  const exceeded = exceeding(only(after, new Set(Object.keys(requested))), hard);
  if (exceeded.size > 0 && request.subresource !== 'status') {
    const print = (list: ResourceList): string => printAmounts(only(list, exceeded));
    throw refusal(
      request,
      `exceeded quota: ${quota.metadata.name}, requested: ${print(requested)}, used: ${print(used)}, limited: ${print(hard)}`,
    );
  }
  return { ...quota, status: { ...quota.status, used: after } };
}

/** The quotas with the write's usage added; those that it does not concern are the same as before. Throws 403. */
export function checkRequest(
  quotas: readonly ResourceQuota[],
  request: AdmissionRequest,
  evaluator: Evaluator,
  now: number,
): readonly ResourceQuota[] {
  const covering = new Set(coveringQuotas(quotas, request, evaluator));
  const usage = evaluator.usage(request.object!, now);
  const negative = negativeNames(usage);
  if (negative.length > 0)
    throw refusal(request, `quota usage is negative for resource(s): ${printNames(negative)}`);
  const old = request.operation === 'UPDATE' ? request.oldObject : undefined;
  const growth = withoutZeros(old ? difference(usage, evaluator.usage(old, now)) : usage);
  return quotas.map((quota) => {
    if (!covering.has(quota)) return quota;
    // an object that was of another scope counts in full
    const more = old && isCovered(quota, evaluator, old) ? growth : withoutZeros(usage);
    return Object.keys(more).length > 0 ? charge(quota, more, request) : quota;
  });
}
