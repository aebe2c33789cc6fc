// Writes to the status of pods: conditions and the nominated node.
// Upstream: updatePod in pkg/scheduler/schedule_one.go, PatchPodStatus in pkg/scheduler/util/utils.go.
import type { Pod, PodCondition } from '#types/core_v1';
import type { Clock, Random } from '../api/clock.ts';
import { ApiError } from '../api/status.ts';
import { formatTime } from '../api/time.ts';
import { isConflict } from '../client/api-errors.ts';
import { Backoff, wait } from '../client/backoff.ts';
import type { Client } from '../client/client.ts';
import { pods } from '../client/resources.ts';
import { TransportError } from '../client/transport.ts';
import type { Nomination } from './queue/nominator.ts';

/** What writing needs. */
export interface PodStatusContext {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
}

/** A condition without its times. */
export type NewCondition = Pick<PodCondition, 'type' | 'status' | 'reason' | 'message'>;

const retries = 4;
const retryBackoff = { initialMs: 10, maxMs: 10_000, factor: 5, jitter: 0.1 };

function mayRetry(error: unknown): boolean {
  if (error instanceof TransportError || isConflict(error)) return true;
  return error instanceof ApiError && (error.code === 500 || error.code === 503);
}

/** The condition as it is to be written; undefined when the pod has it. */
function changedCondition(pod: Pod, condition: NewCondition, now: number): PodCondition | undefined {
  const old = pod.status?.conditions?.find(({ type }) => type === condition.type);
  const sameStatus = old?.status === condition.status;
  if (sameStatus && old.reason === condition.reason && old.message === condition.message) return undefined;
  return {
    ...condition,
    observedGeneration: pod.metadata.generation,
    lastProbeTime: null,
    lastTransitionTime: sameStatus ? old.lastTransitionTime : formatTime(now),
  };
}

/** Sets a condition and the nominated node, where they differ from what the pod has. Rejects as the client does. */
export async function writePodStatus(
  { client, clock, random, signal }: PodStatusContext,
  pod: Pod,
  condition: NewCondition | undefined,
  nomination?: Nomination,
): Promise<void> {
  const status: Record<string, unknown> = {};
  const changed = condition && changedCondition(pod, condition, clock.now());
  if (changed) status['conditions'] = [changed];
  if (nomination !== undefined && nomination !== (pod.status?.nominatedNodeName ?? ''))
    status['nominatedNodeName'] = nomination === '' ? null : nomination;
  if (Object.keys(status).length === 0) return;
  const backoff = new Backoff(retryBackoff, random);
  for (let attempt = 1; ; attempt++) {
    try {
      await client.patch(pods, pod, { status }, { type: 'strategic', subresource: 'status', signal });
      return;
    } catch (error) {
      if (attempt === retries || !mayRetry(error) || signal.aborted) throw error;
      await wait(clock, backoff.next(), signal);
    }
  }
}
