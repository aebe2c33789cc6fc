// Guarantee 4 of storage.ts: watches skip nothing.
import { describe, expect, test } from 'vitest';
import { CompactedError, type Revision } from '../storage.ts';
import { count, rejection, type Subject, take, text } from './subject.ts';

export function watchesContract({
  name,
  fresh,
  capabilities: { spansResources, endsSlowWatches },
}: Subject): void {
  describe(`${name}: 4. watches skip nothing`, () => {
    test('tell what happened: creation, update, deletion, with the entry before', async () => {
      const { storage } = await fresh();
      const created = await storage.put('pods/a/x', text('1'));
      const updated = await storage.put('pods/a/x', text('2'));
      const deleted = await storage.delete('pods/a/x', text('3'));
      expect(await take(storage.watch('pods/', { after: 1 }), 3)).toEqual([
        { type: 'put', key: 'pods/a/x', revision: created.revision, entry: created, previous: undefined },
        { type: 'put', key: 'pods/a/x', revision: updated.revision, entry: updated, previous: created },
        { type: 'delete', key: 'pods/a/x', revision: deleted.revision, entry: deleted, previous: updated },
      ]);
    });

    test('from an old revision while others write: every event once and in order', async () => {
      const { storage } = await fresh();
      const middle = (await Promise.all(count(100).map((i) => storage.put(`pods/a/${i}`, text(i)))))[49]!
        .revision;
      const watched = take(storage.watch('pods/', { after: middle }), 50 + 200);
      const others = Promise.all(count(200).map((i) => storage.put(`pods/b/${i}`, text(i))));
      const elsewhere = Promise.all(count(50).map((i) => storage.put(`nodes/${i}`, text(i))));
      const revisions = (await watched).map((event) => event.revision);
      const written = (await others).map((entry) => entry.revision);
      await elsewhere;
      expect(revisions).toEqual([...count(50).map((i) => middle + 1 + i), ...written.sort((a, b) => a - b)]);
    });

    test('from now on: registered at once, though read late', async () => {
      const { storage } = await fresh();
      await storage.put('pods/a/before', text('0'));
      const watch = storage.watch('pods/');
      await storage.put('pods/a/1', text('1'));
      await storage.put('pods/a/2', text('2'));
      expect((await take(watch, 2)).map((event) => event.key)).toEqual(['pods/a/1', 'pods/a/2']);
    });

    test('from a revision that is still to come: nothing up to it', async () => {
      const { storage } = await fresh();
      if (!spansResources) return;
      const watch = storage.watch('pods/', { after: 4 });
      for (const i of count(5)) await storage.put('pods/a/x', text(i));
      expect((await take(watch, 2)).map((event) => event.revision)).toEqual([5, 6]);
    });

    test('only the prefix', async () => {
      const { storage } = await fresh();
      for (const key of ['pods/a-b/x', 'pods/a/x', 'pods/ab/x', 'pods/a/y'])
        await storage.put(key, text(key));
      const events = await take(storage.watch('pods/a/', { after: 1 }), 2);
      expect(events.map((event) => event.key)).toEqual(['pods/a/x', 'pods/a/y']);
    });

    test('two watchers are told the same', async () => {
      const { storage } = await fresh();
      const one = take(storage.watch('pods/', { after: 1 }), 30);
      const two = take(storage.watch('pods/', { after: 1 }), 30);
      await Promise.all(count(30).map((i) => storage.put(`pods/a/${i % 5}`, text(i))));
      expect(await one).toEqual(await two);
    });

    test('the writes of one commit come together', async () => {
      const { storage } = await fresh();
      const commits: string[][] = [];
      storage.subscribe((events) => commits.push(events.map((event) => event.key)));
      const batches: string[][] = [];
      const watched = (async () => {
        for await (const batch of storage.watch('pods/')) {
          batches.push(batch.map((event) => event.key));
          if (batches.flat().length === 6) return;
        }
      })();
      await Promise.all([1, 2, 3].map((i) => storage.put(`pods/a/${i}`, text(i))));
      await Promise.all([4, 5, 6].map((i) => storage.put(`pods/a/${i}`, text(i))));
      await watched;
      for (const commit of commits) {
        expect(batches.some((batch) => commit.every((key) => batch.includes(key)))).toBe(true);
      }
    });

    test('an AbortSignal ends them without an error, waiting or not', async () => {
      const { storage } = await fresh();
      const abort = new AbortController();
      const waiting = storage.watch('pods/', { signal: abort.signal })[Symbol.asyncIterator]();
      const pending = waiting.next();
      abort.abort();
      expect(await pending).toEqual({ done: true, value: undefined });
      await storage.put('pods/a/x', text('1'));
      expect(await waiting.next()).toEqual({ done: true, value: undefined });
      const late = storage.watch('pods/', { after: 1, signal: abort.signal })[Symbol.asyncIterator]();
      expect(await late.next()).toEqual({ done: true, value: undefined });
    });

    test('a listener hears every commit before its writers are acknowledged, until it unsubscribes', async () => {
      const { storage } = await fresh();
      const heard: Revision[] = [];
      const unsubscribe = storage.subscribe((events) => heard.push(...events.map((event) => event.revision)));
      const entries = await Promise.all(
        count(20).map(async (i) => {
          const entry = await storage.put(`pods/a/${i}`, text(i));
          expect(heard).toContain(entry.revision);
          return entry;
        }),
      );
      expect(heard).toEqual(entries.map((entry) => entry.revision));
      unsubscribe();
      await storage.put('pods/a/x', text('1'));
      expect(heard).toHaveLength(20);
    });

    test.runIf(endsSlowWatches)(
      'a consumer that falls behind the history ends with CompactedError',
      async () => {
        const { storage } = await fresh({ events: 10, bytes: 1_000_000 });
        const slow = storage.watch('pods/')[Symbol.asyncIterator]();
        const prompt = take(storage.watch('pods/'), 60);
        for (const i of count(60)) await storage.put('pods/a/x', text(i));
        expect(await rejection(slow.next())).toBeInstanceOf(CompactedError);
        expect(await slow.next()).toEqual({ done: true, value: undefined });
        expect(await prompt).toHaveLength(60);
      },
    );

    test('one that waits is told a commit that is larger than the history', async () => {
      const { storage } = await fresh({ events: 5, bytes: 1_000_000 });
      const watched = take(storage.watch('pods/'), 20);
      await Promise.all(count(20).map((i) => storage.put(`pods/a/${i}`, text(i))));
      expect(await watched).toHaveLength(20);
    });

    test('closing the storage ends them without an error, waiting or not', async () => {
      const { storage } = await fresh();
      const waiting = storage.watch('pods/')[Symbol.asyncIterator]();
      const pending = waiting.next();
      const late = storage.watch('pods/')[Symbol.asyncIterator]();
      await storage.close();
      expect(await pending).toEqual({ done: true, value: undefined });
      expect(await late.next()).toEqual({ done: true, value: undefined });
    });
  });
}
