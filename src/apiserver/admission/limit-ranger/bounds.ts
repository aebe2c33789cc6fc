// The bounds of a LimitRange: least, most, and how far a limit may lie above its request.
// Upstream: minConstraint, maxConstraint, maxRequestConstraint and limitRequestRatioConstraint in
// plugin/pkg/admission/limitranger/admission.go in kubernetes/kubernetes.
import type { LimitRange, LimitRangeItem, PersistentVolumeClaim, Pod, PodSpec } from '#types/core_v1';
import { compareQuantities, parseQuantity, type Quantity } from '../../../api/quantity.ts';
import { type ResourceList, sumOfContainers } from '../../../kinds/pod-spec/resources.ts';

/** What a container, a pod or a claim asks for. */
interface Asked {
  readonly requests: ResourceList;
  readonly limits: ResourceList;
}

type Bound = (type: string, name: string, enforced: string, asked: Asked) => string | undefined;

const minimum: Bound = (type, name, enforced, { requests, limits }) => {
  const text = `minimum ${name} usage per ${type} is ${enforced}`;
  const request = requests[name];
  const limit = limits[name];
  if (request === undefined) return `${text}.  No request is specified`;
  if (compareQuantities(request, enforced) < 0) return `${text}, but request is ${request}`;
  if (limit !== undefined && compareQuantities(limit, enforced) < 0) return `${text}, but limit is ${limit}`;
  return undefined;
};

const maximum: Bound = (type, name, enforced, { requests, limits }) => {
  const text = `maximum ${name} usage per ${type} is ${enforced}`;
  const request = requests[name];
  const limit = limits[name];
  if (limit === undefined) return `${text}.  No limit is specified`;
  if (compareQuantities(limit, enforced) > 0) return `${text}, but limit is ${limit}`;
  if (request !== undefined && compareQuantities(request, enforced) > 0)
    return `${text}, but request is ${request}`;
  return undefined;
};

/** For what has no limits. */
const maximumRequest: Bound = (type, name, enforced, { requests }) => {
  const text = `maximum ${name} usage per ${type} is ${enforced}`;
  const request = requests[name];
  if (request === undefined) return `${text}.  No request is specified`;
  return compareQuantities(request, enforced) > 0 ? `${text}, but request is ${request}` : undefined;
};

// Above this, thousandths are no longer exact.
const maxExactMilli = Number.MAX_SAFE_INTEGER / 1000;

/** How often `request` goes into `limit`; whole numbers are divided, so that a ratio of 3 is 3. */
function ratioOf(limit: Quantity, request: Quantity): number {
  const exact = limit.value() <= maxExactMilli && request.value() <= maxExactMilli;
  return exact ? limit.milliValue() / request.milliValue() : limit.value() / request.value();
}

const maximumRatio: Bound = (type, name, enforced, { requests, limits }) => {
  const text = `${name} max limit to request ratio per ${type} is ${enforced}`;
  const request = parseQuantity(requests[name] ?? '0');
  const limit = parseQuantity(limits[name] ?? '0');
  if (request.isZero()) return `${text}, but no request is specified or request is 0`;
  if (limit.isZero()) return `${text}, but no limit is specified or limit is 0`;
  const ratio = ratioOf(limit, request);
  return ratio * 1000 > parseQuantity(enforced).milliValue()
    ? `${text}, but provided ratio is ${ratio.toFixed(6)}`
    : undefined;
};

function problemsOf(
  type: string,
  bounds: readonly (readonly [ResourceList | undefined, Bound])[],
  asked: Asked,
): string[] {
  const problems: string[] = [];
  for (const [list = {}, bound] of bounds) {
    for (const name of Object.keys(list).sort()) {
      const problem = bound(type, name, list[name]!, asked);
      if (problem !== undefined) problems.push(problem);
    }
  }
  return problems;
}

function itemProblems(item: LimitRangeItem, asked: Asked): string[] {
  const bounds = [
    [item.min, minimum],
    [item.max, maximum],
    [item.maxLimitRequestRatio, maximumRatio],
  ] as const;
  return problemsOf(item.type, bounds, asked);
}

/** A pod's sum; its own cpu and memory stand in for that of its containers. */
function sumOf(spec: PodSpec, list: 'requests' | 'limits'): ResourceList {
  const sum = sumOfContainers(spec, list);
  const own = spec.resources?.[list] ?? {};
  for (const name of ['cpu', 'memory']) if (own[name] !== undefined) sum[name] = own[name];
  return sum;
}

/** Why the pod is out of bounds; none when it is not. */
export function podProblems({ spec: { limits } }: LimitRange, { spec }: Pod): string[] {
  return (limits ?? []).flatMap((item) => {
    if (item.type === 'Pod')
      return itemProblems(item, { requests: sumOf(spec, 'requests'), limits: sumOf(spec, 'limits') });
    if (item.type !== 'Container') return [];
    const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
    return containers.flatMap(({ resources }) =>
      itemProblems(item, { requests: resources?.requests ?? {}, limits: resources?.limits ?? {} }),
    );
  });
}

/** Why the claim is out of bounds; none when it is not. Claims have requests only. */
export function claimProblems({ spec: { limits } }: LimitRange, { spec }: PersistentVolumeClaim): string[] {
  const asked = { requests: spec.resources?.requests ?? {}, limits: {} };
  return (limits ?? [])
    .filter(({ type }) => type === 'PersistentVolumeClaim')
    .flatMap((item) =>
      problemsOf(
        item.type,
        [
          [item.min, minimum],
          [item.max, maximumRequest],
        ],
        asked,
      ),
    );
}
