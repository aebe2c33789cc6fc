// Records events through the core API, as controllers and kubelets do. Upstream: k8s.io/client-go/tools/record/event.go.
import type { Event } from '#types/core_v1';
import { isNotFound } from './api-errors.ts';
import type { Client } from './client.ts';
import { type Correlated, EventCorrelator } from './event-correlator.ts';
import { eventName, eventNamespace, goTimeText, referenceTo } from './event-name.ts';
import { EventQueue, type EventQueueOptions } from './event-queue.ts';
import type { EventRecorder } from './event-recorder.ts';
import { events } from './resources.ts';

/** Who records. */
export interface CoreEventOptions extends EventQueueOptions {
  readonly client: Client;
  /** `deployment-controller`, `kubelet`. */
  readonly component: string;
  /** The node's name, of kubelets. */
  readonly host?: string;
  /** How many events are remembered, to count those that come again. Default 4096. */
  readonly remembered?: number;
}

/** What is particular to a node's events. Upstream's kubelet: --event-qps and --event-burst. */
export const nodeEventLimits = {
  perSecond: 50,
  burst: 100,
  maxQueued: 2000,
  // a node has 110 pods; upstream remembers four times as many, but has a process for each node
  remembered: 1024,
} as const satisfies Partial<CoreEventOptions>;

/** A recorder of core/v1 Events. */
export function createCoreEventRecorder(options: CoreEventOptions): EventRecorder {
  const { client, clock, component, host } = options;
  const queue = new EventQueue(options);
  const correlator = new EventCorrelator(clock, options.remembered);

  async function write({ event, isRepeated }: Correlated): Promise<void> {
    if (isRepeated) {
      const { count, lastTimestamp, message } = event;
      const found = await client
        .patch(events, event, { count, lastTimestamp, message }, { type: 'strategic' })
        .catch((error: unknown) => {
          // it expired or was deleted: written anew below
          if (!isNotFound(error)) throw error;
          return undefined;
        });
      if (found) return;
    }
    await client.create(events, event, { unread: true });
  }

  return {
    event(subject, type, reason, message, details) {
      const time = goTimeText(clock.now());
      const event: Event = {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: {
          name: eventName(subject, clock),
          namespace: eventNamespace(subject),
          ...(details?.annotations && { annotations: { ...details.annotations } }),
        },
        involvedObject: referenceTo(subject),
        reason,
        message,
        source: { component, ...(host && { host }) },
        firstTimestamp: time,
        lastTimestamp: time,
        count: 1,
        type,
        reportingComponent: component,
        reportingInstance: host ?? '',
        ...(details?.action && { action: details.action }),
      };
      queue.push(() => {
        const correlated = correlator.correlate(event);
        return correlated && (() => write(correlated));
      });
    },
    flush: () => queue.flush(),
  };
}
