// What keeps repeated events few: like ones are counted, many similar ones combined, and a flood is cut.
// Upstream: k8s.io/client-go/tools/record/events_cache.go.
import type { Event } from '#types/core_v1';
import type { Clock } from '../api/clock.ts';
import { goTimeText } from './event-name.ts';
import { LruMap } from './lru-map.ts';

const cacheSize = 4096;
// A source may tell this much of one object at once, and then one in five minutes.
const spamBurst = 25;
const spamPerMs = 1 / 300_000;
// Ten different messages of one reason within ten minutes become one event.
const similarEvents = 10;
const similarMs = 600_000;

interface Observation {
  count: number;
  firstTimestamp: string;
  name: string;
}

/** What to write. */
export interface Correlated {
  readonly event: Event;
  /** It is on the server already: patch its count. */
  readonly isRepeated: boolean;
}

/** Remembers what was recorded. */
export class EventCorrelator {
  private readonly clock: Clock;
  private readonly observed: LruMap<Observation>;
  private readonly similar: LruMap<{ messages: Set<string>; at: number }>;
  private readonly spam: LruMap<{ tokens: number; at: number }>;

  /** `size`: how many events, reasons and objects are remembered, of each kind. */
  constructor(clock: Clock, size = cacheSize) {
    this.clock = clock;
    this.observed = new LruMap(size);
    this.similar = new LruMap(size);
    this.spam = new LruMap(size);
  }

  /** The event as it is to be written, or undefined when it is one too many. */
  correlate(event: Event): Correlated | undefined {
    const { event: combined, key } = this.combine(event);
    const known = this.observed.get(key);
    const written: Event = known
      ? {
          ...combined,
          metadata: { ...combined.metadata, name: known.name },
          firstTimestamp: known.firstTimestamp,
          count: known.count + 1,
        }
      : combined;
    this.observed.set(key, {
      count: written.count ?? 1,
      firstTimestamp: written.firstTimestamp ?? '',
      name: written.metadata.name ?? '',
    });
    return this.isSpam(event) ? undefined : { event: written, isRepeated: known !== undefined };
  }

  /** The event itself, or the one that stands for many like it. */
  private combine(event: Event): { event: Event; key: string } {
    const now = this.clock.now();
    const key = sameReason(event);
    let record = this.similar.get(key);
    if (!record || now - record.at > similarMs) record = { messages: new Set(), at: now };
    record.messages.add(event.message ?? '');
    record.at = now;
    this.similar.set(key, record);
    if (record.messages.size < similarEvents) return { event, key: sameEvent(event) };
    for (const message of record.messages) {
      record.messages.delete(message);
      break;
    }
    const time = goTimeText(now);
    return {
      // EventAggregate makes it anew: without annotations, action, and who reports
      event: {
        apiVersion: event.apiVersion,
        kind: event.kind,
        metadata: { name: event.metadata.name, namespace: event.metadata.namespace },
        involvedObject: event.involvedObject,
        reason: event.reason,
        source: event.source,
        type: event.type,
        message: `(combined from similar events): ${event.message}`,
        count: 1,
        firstTimestamp: time,
        lastTimestamp: time,
        reportingComponent: '',
        reportingInstance: '',
      },
      key,
    };
  }

  private isSpam(event: Event): boolean {
    const now = this.clock.now();
    const key = sameObject(event);
    const bucket = this.spam.get(key) ?? { tokens: spamBurst, at: now };
    bucket.tokens = Math.min(spamBurst, bucket.tokens + (now - bucket.at) * spamPerMs);
    bucket.at = now;
    this.spam.set(key, bucket);
    if (bucket.tokens < 1) return true;
    bucket.tokens -= 1;
    return false;
  }
}

function sameObject({ source, involvedObject: o, type }: Event): string {
  return [source?.component, source?.host, o.kind, o.namespace, o.name, o.uid, o.apiVersion, type].join('\0');
}

function sameReason(event: Event): string {
  return `${sameObject(event)}\0${event.reason}`;
}

function sameEvent(event: Event): string {
  return `${sameReason(event)}\0${event.involvedObject.fieldPath ?? ''}\0${event.message}`;
}
