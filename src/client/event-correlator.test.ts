import { beforeEach, describe, expect, test } from 'vitest';
import type { Event } from '#types/core_v1';
import { TestClock } from '../api/test-clock.ts';
import { EventCorrelator } from './event-correlator.ts';
import { goTimeText } from './event-name.ts';

const minute = 60_000;
let clock: TestClock;
let correlator: EventCorrelator;
let made = 0;

beforeEach(() => {
  clock = new TestClock();
  correlator = new EventCorrelator(clock);
  made = 0;
});

/** An event of the pod `web`, as a recorder makes it. */
function event(message: string, changes: Partial<Event> = {}): Event {
  const time = goTimeText(clock.now());
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `web.${++made}`, namespace: 'default', annotations: { a: 'b' } },
    involvedObject: { kind: 'Pod', name: 'web', namespace: 'default', uid: 'u1', apiVersion: 'v1' },
    reason: 'BackOff',
    message,
    source: { component: 'kubelet', host: 'node-1' },
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
    type: 'Warning',
    reportingComponent: 'kubelet',
    reportingInstance: 'node-1',
    action: 'Pulling',
    ...changes,
  };
}

const record = (...args: Parameters<typeof event>) => correlator.correlate(event(...args));

describe('the same again', () => {
  test('is counted under its first name and time', () => {
    const first = record('x');
    expect(first).toMatchObject({ isRepeated: false, event: { metadata: { name: 'web.1' }, count: 1 } });
    const start = goTimeText(clock.now());
    clock.advance(minute);
    expect(record('x')).toMatchObject({
      isRepeated: true,
      event: {
        metadata: { name: 'web.1', namespace: 'default' },
        count: 2,
        firstTimestamp: start,
        lastTimestamp: goTimeText(clock.now()),
      },
    });
    expect(record('x')!.event.count).toBe(3);
  });

  const pod = { kind: 'Pod', name: 'web', namespace: 'default', uid: 'u1', apiVersion: 'v1' };
  const others: [string, Partial<Event>][] = [
    ['message', { message: 'y' }],
    ['reason', { reason: 'Failed' }],
    ['type', { type: 'Normal' }],
    ['source', { source: { component: 'kubelet', host: 'node-2' } }],
    ['object', { involvedObject: { ...pod, uid: 'u2' } }],
    ['part of the object', { involvedObject: { ...pod, fieldPath: 'spec.containers{a}' } }],
  ];
  test.each(others)('is not what has another %s', (_, changes) => {
    record('x');
    expect(record('x', changes)).toMatchObject({ isRepeated: false, event: { count: 1 } });
  });
});

describe('ten different messages of one reason', () => {
  const tell = (from: number, to: number) => {
    let last: ReturnType<typeof record>;
    for (let i = from; i <= to; i++) last = record(`message ${i}`);
    return last;
  };

  test('become one event that says so, without what only one of them had', () => {
    expect(tell(1, 9)).toMatchObject({ isRepeated: false, event: { message: 'message 9' } });
    const time = goTimeText(clock.now());
    expect(tell(10, 10)).toEqual({
      isRepeated: false,
      event: {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: 'web.10', namespace: 'default' },
        involvedObject: { kind: 'Pod', name: 'web', namespace: 'default', uid: 'u1', apiVersion: 'v1' },
        reason: 'BackOff',
        message: '(combined from similar events): message 10',
        source: { component: 'kubelet', host: 'node-1' },
        firstTimestamp: time,
        lastTimestamp: time,
        count: 1,
        type: 'Warning',
        reportingComponent: '',
        reportingInstance: '',
      },
    });
  });

  test('and the next of them count on it, whatever they say', () => {
    tell(1, 10);
    clock.advance(minute);
    expect(tell(11, 11)).toMatchObject({
      isRepeated: true,
      event: {
        metadata: { name: 'web.10' },
        count: 2,
        message: '(combined from similar events): message 11',
      },
    });
  });

  test('stay apart when ten minutes pass without one', () => {
    tell(1, 9);
    clock.advance(10 * minute + 1);
    expect(tell(10, 10)!.event.message).toBe('message 10');
  });

  test('stay together when they come slowly, but not that slowly', () => {
    for (let i = 1; i <= 9; i++) {
      tell(i, i);
      clock.advance(9 * minute);
    }
    expect(tell(10, 10)!.event.message).toBe('(combined from similar events): message 10');
  });

  test('the same message ten times is only one', () => {
    let last: ReturnType<typeof record>;
    for (let i = 1; i <= 12; i++) last = record('x');
    expect(last!.event).toMatchObject({ message: 'x', count: 12 });
  });
});

describe('a flood about one object', () => {
  /** How many of so many events are let through. */
  function through(count: number, changes: Partial<Event> = {}): number {
    let passed = 0;
    for (let i = 0; i < count; i++) if (record('x', changes)) passed++;
    return passed;
  }

  test('is cut after 25, then one passes in five minutes', () => {
    expect(through(30)).toBe(25);
    clock.advance(5 * minute - 1);
    expect(through(1)).toBe(0);
    clock.advance(1);
    expect(through(2)).toBe(1);
    clock.advance(24 * 60 * minute);
    expect(through(30)).toBe(25);
  });

  test('what was cut is counted in the next that passes', () => {
    through(30);
    clock.advance(5 * minute);
    expect(record('x')!.event.count).toBe(31);
  });

  test('does not hold back others, nor another type', () => {
    through(30);
    const other = { kind: 'Pod', name: 'db', namespace: 'default', uid: 'u2', apiVersion: 'v1' };
    expect(through(1, { involvedObject: other })).toBe(1);
    expect(through(1, { type: 'Normal' })).toBe(1);
    expect(through(1, { reason: 'Failed' })).toBe(0);
  });
});
