// Guarantee 6 of storage.ts: acknowledged means visible and lasting.
import { describe, expect, test } from 'vitest';
import type { Entry } from '../storage.ts';
import { count, type Subject, take, text } from './subject.ts';

export function acknowledgementContract({ name, fresh, capabilities: { durable } }: Subject): void {
  describe(`${name}: 6. acknowledged means visible and lasting`, () => {
    test('reads and lists after the acknowledgement see the write', async () => {
      const { storage } = await fresh();
      await Promise.all(
        count(100).map(async (i) => {
          const entry = await storage.put(`pods/a/${i}`, text(i));
          expect(await storage.get(entry.key)).toEqual(entry);
          const list = await storage.list('pods/a/');
          expect(list.revision).toBeGreaterThanOrEqual(entry.revision);
          expect(list.entries).toContainEqual(entry);
        }),
      );
    });

    test('a companion stays with its entry, and with the deletion unless that has its own', async () => {
      const { storage } = await fresh();
      const companion = { labels: undefined, fields: { a: 'b' } };
      await storage.put('pods/a/x', text('1'), { companion });
      expect((await storage.get('pods/a/x'))!.companion).toBe(companion);
      expect((await storage.delete('pods/a/x', text('2'))).companion).toBe(companion);
    });

    test.runIf(durable)('state, history, exact reads and pages are the same after a restart', async () => {
      const { storage, reopen } = await fresh();
      for (const i of count(60)) {
        const key = `pods/a/${i % 13}`;
        if (i % 5 === 4 && (await storage.get(key))) await storage.delete(key, text(i));
        else await storage.put(key, text(i));
      }
      const last = storage.revision();
      const states: Entry[][] = [];
      for (let revision = 1; revision <= last; revision++) {
        states.push([...(await storage.list('pods/', { revision })).entries]);
      }
      const events = await take(storage.watch('pods/', { after: 1 }), last - 1);
      const page = await storage.list('pods/', { limit: 3 });
      const again = await reopen();
      expect(again.revision()).toBe(last);
      expect(again.compactedRevision()).toBe(1);
      for (let revision = 1; revision <= last; revision++) {
        expect((await again.list('pods/', { revision })).entries).toEqual(states[revision - 1]);
      }
      expect(await take(again.watch('pods/', { after: 1 }), last - 1)).toEqual(events);
      await again.put('pods/a/0', text('later'));
      const after = page.entries.at(-1)!.key;
      const rest = await again.list('pods/', { revision: page.revision, after });
      expect([...page.entries, ...rest.entries]).toEqual(states.at(-1));
    });

    test.runIf(durable)('restarts with a small window keep current values, however old', async () => {
      const { storage, reopen } = await fresh({ events: 5, bytes: 1_000_000 });
      for (const i of count(20)) await storage.put(`pods/a/${i}`, text(i));
      for (const i of count(10)) await storage.delete(`pods/a/${i * 2}`, text('gone'));
      for (const i of count(20)) await storage.put('pods/b/x', text(i));
      let again = storage;
      const { entries } = await storage.list('pods/');
      expect(entries).toHaveLength(11);
      for (const i of count(3)) {
        again = await reopen();
        const list = await again.list('pods/a/');
        expect(list.entries).toEqual(entries.slice(0, 10));
        expect(again.revision() - again.compactedRevision()).toBe(5);
        await again.put('pods/b/x', text(`again ${i}`));
      }
    });
  });
}
