// Guarantee 3 of storage.ts: consistent lists.
import { describe, expect, test } from 'vitest';
import { type Entry, FutureRevisionError, type Revision } from '../storage.ts';
import { count, keysOf, read, rejection, type Subject, text } from './subject.ts';

export function listsContract({ name, fresh, capabilities: { spansResources } }: Subject): void {
  describe(`${name}: 3. consistent lists`, () => {
    test('keys come sorted, and only those of the prefix', async () => {
      const { storage } = await fresh();
      const keys = ['pods/a/x', 'pods/a-b/x', 'pods/a/b', 'pods/ab/x', 'pods/a0/x', 'podsx/a/x', 'pod/a/x'];
      for (const key of keys) await storage.put(key, text(key));
      expect(await keysOf(storage, 'pods/a/')).toEqual(['pods/a/b', 'pods/a/x']);
      expect(await keysOf(storage, 'pods/a-b/')).toEqual(['pods/a-b/x']);
      expect(await keysOf(storage, 'pods/none/')).toEqual([]);
      expect(await keysOf(storage, 'pods/')).toEqual(keys.filter((key) => key.startsWith('pods/')).sort());
      if (spansResources) expect(await keysOf(storage, '')).toEqual([...keys].sort());
    });

    test('keys and values may be any text', async () => {
      const { storage } = await fresh();
      const keys = ['pods/ä/ü', 'pods/日本/語', 'pods/😀/x', 'pods/\uffff/x', 'pods/a/ ', 'pods/a/\u0000'];
      for (const key of keys) await storage.put(key, text(key));
      expect(await keysOf(storage, 'pods/')).toEqual([...keys].sort());
      for (const key of keys) {
        expect(read((await storage.get(key))!).value).toBe(key);
        const prefix = key.slice(0, key.lastIndexOf('/') + 1);
        expect(await keysOf(storage, prefix)).toContain(key);
      }
    });

    test('pages: limit, after, more and remaining', async () => {
      const { storage } = await fresh();
      for (const i of count(10)) await storage.put(`pods/a/${i}`, text(i));
      await storage.put('pods/b/0', text('b'));
      const first = await storage.list('pods/a/', { limit: 4 });
      expect(first.entries.map((entry) => entry.key)).toEqual([
        'pods/a/0',
        'pods/a/1',
        'pods/a/2',
        'pods/a/3',
      ]);
      expect(first).toMatchObject({ more: true, remaining: 6 });
      const { revision } = first;
      const second = await storage.list('pods/a/', { limit: 6, after: 'pods/a/3', revision });
      expect(second.entries.map((entry) => entry.key)).toEqual(count(6).map((i) => `pods/a/${i + 4}`));
      expect(second).toMatchObject({ more: false, remaining: 0, revision });
      expect((await storage.list('pods/a/', { after: 'pods/a/9' })).entries).toEqual([]);
      expect((await storage.list('pods/a/', { after: 'pods/a/35' })).entries).toHaveLength(6);
      expect((await storage.list('pods/a/', { limit: 0 })).entries).toHaveLength(10);
    });

    test('pages show the state of their revision, whatever is written meanwhile', async () => {
      const { storage } = await fresh();
      for (const i of count(40)) await storage.put(`pods/a/${String(i).padStart(2, '0')}`, text(i));
      const whole = await storage.list('pods/');
      const paged: Entry[] = [];
      let page = await storage.list('pods/', { limit: 7 });
      for (;;) {
        paged.push(...page.entries);
        expect(page.revision).toBe(whole.revision);
        expect(page.remaining).toBe(page.more ? 40 - paged.length : 0);
        if (!page.more) break;
        await storage.put('pods/a/00', text('changed'));
        await storage.put(`pods/a/2${paged.length}`, text('new'));
        await storage.delete(`pods/a/${39 - paged.length / 7}`, text('gone'));
        page = await storage.list('pods/', { limit: 7, revision: whole.revision, after: paged.at(-1)!.key });
      }
      expect(paged).toEqual(whole.entries);
      expect((await storage.list('pods/')).entries).not.toEqual(whole.entries);
    });

    test('the state at any revision of the history can be read', async () => {
      const { storage } = await fresh();
      const states = new Map<Revision, Map<string, Entry>>([[1, new Map()]]);
      let state = new Map<string, Entry>();
      for (const i of count(120)) {
        const key = `pods/a/${(i * 7) % 11}`;
        state = new Map(state);
        if (i % 3 === 2 && state.has(key)) {
          const gone = await storage.delete(key, text(i));
          state.delete(key);
          states.set(gone.revision, state);
        } else {
          const entry = await storage.put(key, text(i));
          state.set(key, entry);
          states.set(entry.revision, state);
        }
      }
      // Back and forth, so that a remembered state would show if it were the wrong one.
      const revisions = [...states.keys()];
      for (const revision of [...revisions, ...revisions.reverse()]) {
        const expected = states.get(revision)!;
        const list = await storage.list('pods/', { revision });
        expect(list.revision).toBe(revision);
        expect(new Map(list.entries.map((entry) => [entry.key, entry]))).toEqual(expected);
        for (const i of count(11)) {
          const key = `pods/a/${i}`;
          expect(await storage.get(key, { revision })).toEqual(expected.get(key));
        }
      }
    });

    test('a revision that has not happened is refused', async () => {
      const { storage } = await fresh();
      const entry = await storage.put('pods/a/x', text('1'));
      const revision = entry.revision + 1;
      const error = await rejection(storage.list('pods/', { revision }));
      expect(error).toBeInstanceOf(FutureRevisionError);
      expect(error).toMatchObject({ current: entry.revision });
      expect(await rejection(storage.get('pods/a/x', { revision }))).toBeInstanceOf(FutureRevisionError);
    });
  });
}
