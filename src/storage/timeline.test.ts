import { describe, expect, test } from 'vitest';
import { CompactedError, type Entry } from './storage.ts';
import { TreeTimeline } from './timeline.ts';

describe('timeline', () => {
  test('long histories keep their bounds and their order', () => {
    const timeline = new TreeTimeline({ events: 1_500, bytes: 1e9 }, 1);
    const lost: number[] = [];
    let position = timeline.end();
    for (let revision = 2; revision < 20_000; revision += 2) {
      timeline.apply([put(`k${revision % 11}`, revision)]);
      // A place in the history stays what it is, however much goes before it.
      expect(timeline.eventsFrom(position).map((event) => event.revision)).toEqual([revision]);
      position = timeline.end();
      lost.push(...timeline.trim().map((event) => event.revision));
    }
    expect(lost).toEqual(Array.from({ length: 9_999 - 1_500 }, (_, i) => 2 + 2 * i));
    expect(timeline.compactedRevision()).toBe(lost.at(-1));
    const events = timeline.eventsAfter(lost.at(-1)!);
    expect(events.map((event) => event.revision)).toEqual(
      Array.from({ length: 1_500 }, (_, i) => lost.at(-1)! + 2 + 2 * i),
    );
    // Between two revisions as well.
    expect(timeline.eventsAfter(19_001)[0]!.revision).toBe(19_002);
    expect(() => timeline.eventsAfter(lost.at(-1)! - 1)).toThrow(CompactedError);
  });

  test('past states are made from whichever newer one is known', () => {
    const timeline = new TreeTimeline({ events: 10_000, bytes: 1e9 }, 1);
    const states = new Map<number, string[]>();
    for (let revision = 2; revision < 500; revision++) {
      const key = `k${(revision * 7) % 40}`;
      timeline.apply([
        timeline.get(key) === undefined || revision % 3 > 0 ? put(key, revision) : gone(key, revision),
      ]);
      states.set(revision, describeState(timeline.list('').entries));
    }
    // More than are remembered, in an order that makes each the neighbour of others.
    for (let step = 0; step < 498; step++) {
      const revision = 2 + ((step * 61) % 498);
      expect(describeState(timeline.list('', { revision }).entries)).toEqual(states.get(revision));
    }
  });

  test('a page that leaves more pins its state cheaply: writes afterwards do not show in it', () => {
    const timeline = new TreeTimeline({ events: 10_000, bytes: 1e9 }, 1);
    for (let i = 0; i < 100; i++) timeline.apply([put(`k${String(i).padStart(3, '0')}`, 2 + i)]);
    const first = timeline.list('', { limit: 10 });
    for (let i = 0; i < 100; i++) timeline.apply([gone(`k${String(i).padStart(3, '0')}`, 102 + i)]);
    const rest = timeline.list('', { revision: first.revision, after: first.entries.at(-1)!.key });
    expect(rest.entries).toHaveLength(90);
    expect(timeline.list('').entries).toHaveLength(0);
  });
});

function entry(key: string, revision: number): Entry {
  return { key, value: Buffer.from('12345'), companion: undefined, revision, createRevision: revision };
}

function put(key: string, revision: number) {
  return { type: 'put', entry: entry(key, revision) } as const;
}

function gone(key: string, revision: number) {
  return { type: 'delete', entry: entry(key, revision) } as const;
}

function describeState(entries: readonly Entry[]): string[] {
  return entries.map(({ key, revision }) => `${key}@${revision}`);
}
