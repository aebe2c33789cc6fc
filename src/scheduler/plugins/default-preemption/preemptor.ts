// Makes room: evicts the victims in the background. Upstream: pkg/scheduler/framework/preemption/executor.go.
import type { Pod } from '#types/core_v1';
import { isNotFound } from '../../../client/api-errors.ts';
import type { EventSubject } from '../../../client/event-recorder.ts';
import type { Lister } from '../../../client/object-store.ts';
import { pods } from '../../../client/resources.ts';
import type { PluginContext } from '../../framework.ts';
import type { PodInfo } from '../../pod-info.ts';
import { writePodStatus } from '../../pod-status.ts';
import type { Candidate } from './candidates.ts';

type Context = Pick<
  PluginContext,
  'client' | 'clock' | 'random' | 'log' | 'events' | 'signal' | 'nominatedPods' | 'activate'
>;

function subject({ metadata }: Pod): EventSubject {
  return { apiVersion: 'v1', kind: 'Pod', metadata };
}

/** Evicts pods for others. */
export class Preemptor {
  private readonly context: Context;
  private readonly pods: Lister<Pod>;
  /** Pods that room is being made for, with their last victim once its deletion was asked for. */
  private readonly preempting = new Map<string, PodInfo | undefined>();

  constructor(context: Context, lister: Lister<Pod>) {
    this.context = context;
    this.pods = lister;
  }

  /** Whether victims are still to be deleted for the pod. What comes first counts: the answer, or the informer's news. */
  isBusyFor(uid: string): boolean {
    if (!this.preempting.has(uid)) return false;
    const last = this.preempting.get(uid);
    if (!last) return true;
    const current = this.pods.get(`${last.namespace}/${last.name}`);
    return current !== undefined && !current.metadata.deletionTimestamp;
  }

  /** Starts to evict the victims. When it fails, the pod is tried again. */
  start(candidate: Candidate, preemptor: PodInfo): void {
    const victims = candidate.victims.filter(({ pod }) => !pod.metadata.deletionTimestamp);
    if (victims.length === 0) return;
    this.preempting.set(preemptor.uid, undefined);
    void this.evictAll(victims, preemptor, candidate.nodeName);
  }

  private async evictAll(victims: readonly PodInfo[], preemptor: PodInfo, nodeName: string): Promise<void> {
    let failed = false;
    try {
      await this.clearNominations(preemptor, nodeName);
      await Promise.all(victims.slice(0, -1).map((victim) => this.evict(victim, preemptor, nodeName)));
      const last = victims.at(-1)!;
      this.preempting.set(preemptor.uid, last);
      await this.evict(last, preemptor, nodeName);
    } catch (error) {
      failed = true;
      if (!this.context.signal.aborted)
        this.context.log.error({ err: error, pod: preemptor.name, node: nodeName }, 'preemption failed');
    }
    this.preempting.delete(preemptor.uid);
    if (failed) this.context.activate([preemptor.pod]);
  }

  /** Pods of lower priority do not wait for this node any more. */
  private async clearNominations(preemptor: PodInfo, nodeName: string): Promise<void> {
    const lower = this.context
      .nominatedPods(nodeName)
      .filter(({ priority }) => priority < preemptor.priority);
    await Promise.all(lower.map(({ pod }) => writePodStatus(this.context, pod, undefined, '')));
  }

  private async evict({ pod: victim }: PodInfo, preemptor: PodInfo, nodeName: string): Promise<void> {
    const { client, events, signal } = this.context;
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: `${preemptor.pod.spec.schedulerName}: preempting to accommodate a higher priority pod`,
    };
    try {
      await writePodStatus(this.context, victim, condition);
      if (signal.aborted) return;
      await client.delete(pods, victim, { signal });
    } catch (error) {
      if (isNotFound(error)) return;
      throw error;
    }
    const message = `Preempted by pod ${preemptor.uid} on node ${nodeName}`;
    events.event(subject(victim), 'Normal', 'Preempted', message, {
      action: 'Preempting',
      related: subject(preemptor.pod),
    });
  }
}
