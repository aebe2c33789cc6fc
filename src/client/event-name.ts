// Names and references of Events. Upstream: GenerateEventName in k8s.io/client-go/tools/record/util.
import type { ObjectReference } from '#types/core_v1';
import type { Clock } from '../api/clock.ts';
import type { EventSubject } from './event-recorder.ts';

// Several events of one millisecond need different names.
let counter = 0;

/** `NAME.17a3b4c5d6e7f809`: the object's name and the nanoseconds of now in hexadecimal. */
export function eventName(subject: EventSubject, clock: Clock): string {
  counter = (counter + 1) % 1_000_000;
  const suffix = (BigInt(clock.now()) * 1_000_000n + BigInt(counter)).toString(16);
  // an event's name must be valid whatever the object's is
  return `${(subject.metadata.name ?? '').slice(0, 253 - 1 - suffix.length)}.${suffix}`;
}

/** The namespace of an event: that of its object, else `default`. */
export function eventNamespace(subject: EventSubject): string {
  return subject.metadata.namespace || 'default';
}

/** The reference to a subject. */
export function referenceTo(subject: EventSubject): ObjectReference {
  const { namespace, name, uid, resourceVersion } = subject.metadata;
  return {
    kind: subject.kind,
    ...(namespace && { namespace }),
    ...(name && { name }),
    ...(uid && { uid }),
    apiVersion: subject.apiVersion,
    ...(resourceVersion && { resourceVersion }),
    ...(subject.fieldPath && { fieldPath: subject.fieldPath }),
  };
}

/** meta/v1 Time of some milliseconds: whole seconds. */
export function goTimeText(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** meta/v1 MicroTime of some milliseconds. */
export function microTimeText(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 23)}000Z`;
}
