// What parts call to tell users what they did. Two ways to write Events lie behind it: core-events.ts and series-events.ts.
import type { KubeObject } from '../api/object.ts';

/** What an event is about. Objects from lists lack apiVersion and kind, so the resource is named beside them. */
export interface EventSubject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: KubeObject['metadata'];
  /** A part of the object: `spec.containers{web}`. */
  readonly fieldPath?: string;
}

/** Details of an event that only the events.k8s.io API has. */
export interface EventDetails {
  /** What was done: `Binding`. */
  readonly action?: string;
  readonly related?: EventSubject;
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * Writes Events.
 * E1. `event` never throws and never waits: events are written in the background, in order, and dropped when 1000 wait.
 * E2. Repeated events are counted on one object, many similar ones combined, as upstream's correlators do.
 */
export interface EventRecorder {
  event(
    subject: EventSubject,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    details?: EventDetails,
  ): void;
  /** Resolves when everything that was recorded so far is written or given up. */
  flush(): Promise<void>;
}
