// Records events through the events.k8s.io API, as the scheduler does: a repeated event becomes a series.
// Upstream: k8s.io/client-go/tools/events/event_broadcaster.go.
import { hostname } from 'node:os';
import type { Event } from '#types/events.k8s.io_v1';
import type { Timer } from '../api/clock.ts';
import { isNotFound } from './api-errors.ts';
import type { Client } from './client.ts';
import { eventName, eventNamespace, microTimeText, referenceTo } from './event-name.ts';
import { EventQueue, type EventQueueOptions } from './event-queue.ts';
import type { EventRecorder } from './event-recorder.ts';
import { eventsV1 } from './resources.ts';

/** Who records. */
export interface SeriesEventOptions extends EventQueueOptions {
  readonly client: Client;
  /** `default-scheduler`. */
  readonly reportingController: string;
}

// A series that was not seen for this long is finished; its count is written once more.
const finishMs = 6 * 60_000;
// Once a minute is seen which have finished: what a cluster is told of in six minutes is much to remember, in twelve twice that.
const finishEveryMs = 60_000;
// A running series' count is written this often.
const refreshMs = 30 * 60_000;

// Upstream starts a goroutine for each.
const writesAtOnce = 8;

interface Known {
  event: Event;
  seenAt: number;
}

/** A recorder of events.k8s.io/v1 Events. */
export function createSeriesEventRecorder(options: SeriesEventOptions): EventRecorder {
  const { client, clock, reportingController } = options;
  const reportingInstance = `${reportingController}-${hostname()}`;
  const queue = new EventQueue({ atOnce: writesAtOnce, ...options });
  const known = new Map<string, Known>();
  let timers: Timer[] = [];

  async function writeSeries(event: Event): Promise<void> {
    try {
      await client.patch(eventsV1, event, { series: event.series }, { type: 'strategic' });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      await client.create(eventsV1, event, { unread: true });
    }
  }

  function finish(): void {
    const before = clock.now() - finishMs;
    for (const [key, { event, seenAt }] of known) {
      if (seenAt >= before) continue;
      known.delete(key);
      if (event.series) queue.push(() => () => writeSeries(event));
    }
  }

  function refresh(): void {
    for (const { event } of known.values()) if (event.series) queue.push(() => () => writeSeries(event));
  }

  function keepTime(): void {
    if (timers.length > 0) return;
    timers = [clock.every(finishEveryMs, finish), clock.every(refreshMs, refresh)];
    const stop = (): void => {
      for (const timer of timers) timer.cancel();
    };
    options.signal?.addEventListener('abort', stop, { once: true });
  }

  return {
    event(subject, type, reason, message, details = {}) {
      keepTime();
      const now = clock.now();
      const regarding = referenceTo(subject);
      const related = details.related && referenceTo(details.related);
      // the note is not part of it: a changed note does not start a new series
      const key = JSON.stringify([type, details.action, reason, regarding, related]);
      const found = known.get(key);
      if (found) {
        found.seenAt = now;
        const count = (found.event.series?.count ?? 1) + 1;
        const first = found.event.series === undefined;
        found.event = { ...found.event, series: { count, lastObservedTime: microTimeText(now) } };
        if (first) queue.push(() => () => writeSeries(found.event));
        return;
      }
      const event: Event = {
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: { name: eventName(subject, clock), namespace: eventNamespace(subject) },
        eventTime: microTimeText(now),
        reportingController,
        reportingInstance,
        action: details.action ?? '',
        reason,
        regarding,
        ...(related && { related }),
        note: message,
        deprecatedSource: {},
        type,
      };
      known.set(key, { event, seenAt: now });
      queue.push(() => () => client.create(eventsV1, event, { unread: true }));
    },
    flush: () => queue.flush(),
  };
}
