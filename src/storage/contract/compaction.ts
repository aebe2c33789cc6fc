// Guarantee 5 of storage.ts: compaction.
import { describe, expect, test } from 'vitest';
import { CompactedError, type Entry, FutureRevisionError } from '../storage.ts';
import { count, rejection, type Subject, take, text } from './subject.ts';

export function compactionContract({ name, fresh, capabilities: { durable } }: Subject): void {
  describe(`${name}: 5. compaction`, () => {
    test('reads and watches from below fail; from there on they work; current values stay', async () => {
      const { storage } = await fresh();
      const old = await storage.put('pods/a/x', text('1'));
      const kept = await storage.put('pods/a/y', text('2'));
      const at = await storage.put('pods/a/x', text('3'));
      const later = await storage.put('pods/a/x', text('4'));
      await storage.compact(at.revision);
      expect(storage.compactedRevision()).toBe(at.revision);
      const below = at.revision - 1;
      expect(await rejection(storage.list('pods/', { revision: below }))).toMatchObject({
        compacted: at.revision,
      });
      expect(await rejection(storage.get('pods/a/x', { revision: old.revision }))).toBeInstanceOf(
        CompactedError,
      );
      expect(await rejection(take(storage.watch('pods/', { after: below }), 1))).toBeInstanceOf(
        CompactedError,
      );
      expect((await storage.list('pods/', { revision: at.revision })).entries).toEqual([at, kept]);
      expect((await storage.list('pods/')).entries).toEqual([later, kept]);
      expect(await take(storage.watch('pods/', { after: at.revision }), 1)).toMatchObject([{ entry: later }]);
    });

    test('what is compacted stays so; the future cannot be', async () => {
      const { storage } = await fresh();
      for (const i of count(5)) await storage.put('pods/a/x', text(i));
      await storage.compact(4);
      await storage.compact(3);
      expect(storage.compactedRevision()).toBe(4);
      expect(await rejection(storage.compact(storage.revision() + 1))).toBeInstanceOf(FutureRevisionError);
    });

    test('a snapshot that a list left behind goes with it', async () => {
      const { storage } = await fresh();
      for (const i of count(5)) await storage.put(`pods/a/${i}`, text(i));
      const page = await storage.list('pods/', { limit: 2 });
      await storage.put('pods/a/0', text('new'));
      await storage.compact(storage.revision());
      const next = storage.list('pods/', { limit: 2, revision: page.revision, after: 'pods/a/1' });
      expect(await rejection(next)).toBeInstanceOf(CompactedError);
    });

    test.runIf(durable)('of creations only is remembered too', async () => {
      const { storage, reopen } = await fresh();
      for (const i of count(8)) await storage.put(`pods/a/${i}`, text(i));
      await storage.compact(5);
      const again = await reopen();
      expect(again.compactedRevision()).toBe(5);
      expect((await again.list('pods/', { revision: 5 })).entries).toHaveLength(4);
    });

    test('history keeps to the number of events of its window', async () => {
      const { storage } = await fresh({ events: 10, bytes: 1_000_000 });
      for (const i of count(30)) await storage.put(`pods/a/${i}`, text(i));
      expect(storage.compactedRevision()).toBe(storage.revision() - 10);
      expect(await take(storage.watch('pods/', { after: storage.compactedRevision() }), 10)).toHaveLength(10);
      expect((await storage.list('pods/')).entries).toHaveLength(30);
      const list = await storage.list('pods/', { revision: storage.compactedRevision() });
      expect(list.entries).toHaveLength(20);
    });

    test('history keeps to the bytes of its window', async () => {
      const { storage } = await fresh({ events: 1_000, bytes: 10_000 });
      for (const i of count(30)) await storage.put(`pods/a/${i}`, () => Buffer.alloc(1_000));
      expect(storage.compactedRevision()).toBe(storage.revision() - 10);
    });

    test.runIf(durable)('is remembered over a restart', async () => {
      const { storage, reopen } = await fresh();
      const entries: Entry[] = [];
      for (const i of count(8)) entries.push(await storage.put('pods/a/x', text(i)));
      const revision = entries[4]!.revision;
      await storage.compact(revision);
      const again = await reopen();
      expect(again.compactedRevision()).toBe(revision);
      expect(await rejection(again.list('pods/', { revision: revision - 1 }))).toBeInstanceOf(CompactedError);
      const events = await take(again.watch('pods/', { after: revision }), 3);
      expect(events.map((event) => event.entry)).toEqual(entries.slice(5));
      expect(events[0]!.previous).toEqual(entries[4]);
    });
  });
}
