// pods/eviction: a deletion that asks the pod's disruption budget first.
// Upstream: EvictionREST in pkg/registry/core/pod/storage/eviction.go in kubernetes/kubernetes.

import type { Pod } from '#types/core_v1';
import type { Eviction, PodDisruptionBudget } from '#types/policy_v1';
import { copyJson } from '../../api/json-object.ts';
import { selectorOfObject } from '../../api/label-selector.ts';
import type { KubeObject } from '../../api/object.ts';
import { ApiError, badRequest, failure, notFound, success, tooManyRequests } from '../../api/status.ts';
import { formatTime, parseTime } from '../../api/time.ts';
import { serverStatusWriter } from '../apply/field-managers.ts';
import { decodeAs } from '../encoding/body.ts';
import type { Exchange } from '../exchange.ts';
import { admitBody } from '../handlers/body-admission.ts';
import { deleteOne } from '../handlers/delete.ts';
import { type HandlerContext, writeContextOf } from '../handlers/handler.ts';
import { runPlainUpdate } from '../handlers/plain-update.ts';
import { type DeleteOptions, deleteOptionsOf, writeOptionsOf } from '../request-options.ts';
import { keyOf, prefixOf, type ServedResource } from '../resources.ts';
import { sendValue } from '../respond.ts';
import { checkPreconditions } from '../store/delete.ts';
import { parseObject } from '../store/serialize.ts';
import { updateObject } from '../store/update.ts';
import type { SubresourceModule } from './subresource.ts';

/** Pods that were allowed to go are remembered this long, so that a slow deletion is not counted twice. */
const deletionTimeoutMs = 2 * 60 * 1000;
const maxDisruptedPods = 2000;
const blockedText = "Cannot evict pod as it would violate the pod's disruption budget.";

function blocked(cause: string, retryAfterSeconds: number): ApiError {
  const error = tooManyRequests(blockedText, retryAfterSeconds);
  error.status.details = {
    causes: [{ reason: 'DisruptionBudget', message: cause }],
    ...(retryAfterSeconds > 0 && { retryAfterSeconds }),
  };
  return error;
}

function ignoresBudget(pod: Pod): boolean {
  return (
    ['Succeeded', 'Failed', 'Pending'].includes(pod.status.phase ?? '') ||
    Boolean(pod.metadata.deletionTimestamp)
  );
}

function isReady(pod: Pod): boolean {
  return pod.status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;
}

function budgetsOf(pod: Pod, budgets: ServedResource): PodDisruptionBudget[] {
  const prefix = prefixOf(budgets, pod.metadata.namespace ?? '');
  return budgets
    .cache!.list({ prefix })
    .objects.map((o) => parseObject(o.bytes) as unknown as PodDisruptionBudget)
    .filter((budget) => selectorOfObject(budget.spec.selector).matches(pod.metadata.labels));
}

/** Whether an unready pod may go without asking: the budget does not count on it. */
function unhealthyMayGo(pod: Pod, budget: PodDisruptionBudget): boolean {
  if (isReady(pod)) return false;
  if (budget.spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  return budget.status.desiredHealthy > 0 && budget.status.currentHealthy >= budget.status.desiredHealthy;
}

/** The condition that says whether the budget allows a disruption. Upstream: UpdateDisruptionAllowedCondition. */
function noteInsufficientPods({ status, metadata }: PodDisruptionBudget, now: number): void {
  const condition = {
    type: 'DisruptionAllowed',
    status: 'False',
    observedGeneration: metadata.generation,
    lastTransitionTime: formatTime(now),
    reason: 'InsufficientPods',
    message: '',
  };
  status.conditions = [...(status.conditions ?? []).filter((c) => c.type !== condition.type), condition];
}

/** Takes one from the budget, in place. Throws 429 when nothing is left. */
function decrement(budget: PodDisruptionBudget & KubeObject, podName: string, now: number): void {
  const { status } = budget;
  const name = budget.metadata.name ?? '';
  if ((status.observedGeneration ?? 0) < (budget.metadata.generation ?? 0))
    throw blocked(`The disruption budget ${name} is still being processed by the server.`, 10);
  const disrupted = status.disruptedPods ?? {};
  if (status.disruptionsAllowed < 0)
    throw new ApiError(failure(403, 'Forbidden', `pdb disruptions allowed is negative`));
  if (Object.keys(disrupted).length > maxDisruptedPods)
    throw new ApiError(
      failure(
        403,
        'Forbidden',
        `DisruptedPods map too big - too many evictions not confirmed by PDB controller`,
      ),
    );
  if (status.disruptionsAllowed === 0) {
    throw blocked(
      `The disruption budget ${name} needs ${status.desiredHealthy} healthy pods and has ${status.currentHealthy} currently`,
      0,
    );
  }
  status.disruptionsAllowed--;
  const kept = Object.entries(disrupted).filter(
    ([, time]) => time !== null && parseTime(time) + deletionTimeoutMs > now,
  );
  if (status.disruptionsAllowed === 0) noteInsufficientPods(budget, now);
  status.disruptedPods = { ...Object.fromEntries(kept), [podName]: formatTime(now) };
}

async function askBudget(
  exchange: Exchange,
  pod: Pod,
  budgets: ServedResource,
  context: HandlerContext,
  dryRun: boolean,
): Promise<void> {
  const found = budgetsOf(pod, budgets);
  if (found.length > 1) {
    throw new ApiError(
      failure(
        500,
        '',
        'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      ),
    );
  }
  const budget = found[0];
  if (!budget || unhealthyMayGo(pod, budget)) return;
  const { namespace } = exchange.info;
  const change = (current: KubeObject | undefined): KubeObject => {
    const next = copyJson(current!) as PodDisruptionBudget & KubeObject;
    decrement(next, pod.metadata.name ?? '', context.clock.now());
    context.store.fields.record(budgets, current, next, serverStatusWriter);
    return next;
  };
  await updateObject(
    budgets,
    budget.metadata.name ?? '',
    { change, validate: async () => {}, bypassStrategy: true },
    context.store,
    writeContextOf(exchange, namespace, dryRun),
  );
}

function markedDisrupted(object: KubeObject, now: number): KubeObject {
  const pod = object as Pod & KubeObject;
  const conditions = (pod.status.conditions ?? []).filter((c) => c.type !== 'DisruptionTarget');
  conditions.push({
    type: 'DisruptionTarget',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: formatTime(now),
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  });
  return { ...pod, metadata: { ...pod.metadata }, status: { ...pod.status, conditions } };
}

/** Marks the pod, if it is the one that is meant. Gives the preconditions by which the marked pod is meant. */
async function markedPreconditions(
  exchange: Exchange,
  pods: ServedResource,
  context: HandlerContext,
  options: DeleteOptions,
): Promise<DeleteOptions['preconditions']> {
  const mark = (object: KubeObject): KubeObject => {
    checkPreconditions(pods, object, object.metadata.resourceVersion ?? '', options);
    return markedDisrupted(object, context.clock.now());
  };
  const { metadata } = await runPlainUpdate(exchange, pods, context, false, mark, { bypassStrategy: true });
  const { preconditions } = options;
  return preconditions?.resourceVersion === undefined
    ? preconditions
    : { ...preconditions, resourceVersion: metadata.resourceVersion ?? '' };
}

const kind = { group: 'policy', version: 'v1', kind: 'Eviction' };

/** POST of pods/NAME/eviction; `budgets` gives the resource of PodDisruptionBudgets. */
export function evictionSubresource(budgets: () => ServedResource): SubresourceModule {
  return {
    group: '',
    resource: 'pods',
    subresource: 'eviction',
    verbs: {
      create: async (exchange, pods, context) => {
        const write = writeOptionsOf(exchange.query, 'CreateOptions');
        const eviction = decodeAs(
          exchange,
          'policy/v1.Eviction',
          'policy/v1',
          'Eviction',
          write.fieldValidation,
          ['policy/v1beta1'],
        ) as Eviction & KubeObject;
        const { namespace, name } = exchange.info;
        if (eviction.metadata.name !== name)
          throw badRequest('name in URL does not match name in Eviction object');
        const options = deleteOptionsOf(
          exchange.query,
          (eviction.deleteOptions as Record<string, unknown> | undefined) ?? {},
        );
        const dryRun = options.dryRun || write.dryRun;
        const found = pods.cache!.get(keyOf(pods, namespace, name));
        if (!found) throw notFound({ group: '', resource: 'pods' }, name);
        const pod = parseObject(found.bytes) as Pod & KubeObject;
        await admitBody(exchange, pods, context, { operation: 'CREATE', kind, object: eviction, dryRun });
        if (!ignoresBudget(pod)) await askBudget(exchange, pod, budgets(), context, dryRun);
        const preconditions = dryRun
          ? options.preconditions
          : await markedPreconditions(exchange, pods, context, options);
        await deleteOne(exchange, pods, context, { namespace, name }, { ...options, preconditions, dryRun });
        sendValue(exchange, 201, 'meta/v1.Status', { ...success(), code: 201 });
      },
    },
  };
}
