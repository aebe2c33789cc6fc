// Which changes are worth another try of a pod that was turned away, by the word of the plugins that did it.
// Upstream: isPodWorthRequeuing in pkg/scheduler/backend/queue/scheduling_queue.go.
import type { Logger } from 'pino';
import { type ClusterChange, type ClusterEvent, isOfInterest } from '../cluster-events.ts';
import type { EventInterest, Plugin } from '../framework.ts';
import { isWithoutRejector, type QueuedPod } from './queued-pod.ts';

/** What becomes of the pod: it stays, waits out its backoff, or is tried at once. */
export type QueueingStrategy = 'skip' | 'afterBackoff' | 'immediately';

interface PluginInterest {
  readonly plugin: string;
  readonly interest: EventInterest;
}

/** The interests of all plugins. */
export class QueueingHints {
  private readonly interests: PluginInterest[];
  private readonly byEvent = new Map<string, PluginInterest[]>();
  private readonly log: Logger;

  constructor(plugins: readonly Plugin[], log: Logger) {
    this.interests = plugins.flatMap((plugin) =>
      (plugin.events ?? []).map((interest) => ({ plugin: plugin.name, interest })),
    );
    this.log = log;
  }

  /** Whether any plugin asks for such a change. */
  concernsAny(event: ClusterEvent): boolean {
    return event.resource === '*' || this.concerned(event).length > 0;
  }

  /** Whether the plugin asks for such a change. */
  concerns(plugin: string, event: ClusterEvent): boolean {
    return event.resource !== '*' && this.concerned(event).some((i) => i.plugin === plugin);
  }

  /** Asks the plugins that turned the pod away. */
  strategyFor(queued: QueuedPod, change: ClusterChange): QueueingStrategy {
    if (isWithoutRejector(queued)) return 'afterBackoff';
    if (change.event.resource === '*') {
      // such a change may be meant for one pod only
      const { object } = change;
      return object && object.metadata.uid !== queued.info.uid ? 'skip' : 'afterBackoff';
    }
    let strategy: QueueingStrategy = 'skip';
    for (const { plugin, interest } of this.concerned(change.event)) {
      const isPending = queued.pendingPlugins.has(plugin);
      if (!isPending && !queued.unschedulablePlugins.has(plugin)) continue;
      if (!this.ask(interest, queued, change)) continue;
      if (isPending) return 'immediately';
      strategy = 'afterBackoff';
      if (queued.pendingPlugins.size === 0) break;
    }
    return strategy;
  }

  private concerned(event: ClusterEvent): PluginInterest[] {
    const key = `${event.resource} ${event.action}`;
    let found = this.byEvent.get(key);
    if (!found) {
      found = this.interests.filter(({ interest }) => isOfInterest(interest, event));
      this.byEvent.set(key, found);
    }
    return found;
  }

  private ask(interest: EventInterest, queued: QueuedPod, { old, object }: ClusterChange): boolean {
    if (!interest.hint) return true;
    try {
      return interest.hint(queued.info, old, object);
    } catch (error) {
      this.log.error({ err: error, pod: queued.info.name }, 'a queueing hint failed');
      return true;
    }
  }
}
