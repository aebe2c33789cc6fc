// Guarantee 1 of storage.ts: one global revision.
import { describe, expect, test } from 'vitest';
import { count, read, type Subject, text } from './subject.ts';

export function revisionsContract({ name, fresh, capabilities: { durable } }: Subject): void {
  describe(`${name}: 1. one global revision`, () => {
    test('a fresh store is empty at revision 1', async () => {
      const { storage } = await fresh();
      expect(storage.revision()).toBe(1);
      expect(storage.compactedRevision()).toBe(1);
      expect(await storage.list('pods/')).toEqual({ entries: [], revision: 1, more: false, remaining: 0 });
      expect(await storage.get('pods/a/x')).toBeUndefined();
    });

    test('every write of any key gets a greater one, which its value is encoded with', async () => {
      const { storage } = await fresh();
      const written = [
        await storage.put('pods/a/x', text('1')),
        await storage.put('nodes/n', text('2')),
        await storage.put('pods/a/x', text('3')),
        await storage.delete('nodes/n', text('4')),
        await storage.put('pods/a/y', text('5')),
      ];
      let last = 1;
      for (const [at, entry] of written.entries()) {
        expect(entry.revision).toBeGreaterThan(last);
        expect(read(entry)).toEqual({ value: String(at + 1), revision: entry.revision });
        last = entry.revision;
        expect(storage.revision()).toBeGreaterThanOrEqual(last);
      }
      expect(storage.revision()).toBe(last);
    });

    test('writers at the same time share none', async () => {
      const { storage } = await fresh();
      const entries = await Promise.all(count(500).map((i) => storage.put(`pods/a/${i % 50}`, text(i))));
      expect(new Set(entries.map((entry) => entry.revision)).size).toBe(500);
      expect(storage.revision()).toBe(Math.max(...entries.map((entry) => entry.revision)));
    });

    test.runIf(durable)('goes on after a restart', async () => {
      const { storage, reopen } = await fresh();
      const last = await storage.put('pods/a/x', text('1'));
      const again = await reopen();
      expect(again.revision()).toBe(last.revision);
      expect((await again.put('pods/a/y', text('2'))).revision).toBeGreaterThan(last.revision);
    });

    test.runIf(durable)(
      'goes on after a restart, also when the newest writes are deletions that were compacted',
      async () => {
        const { storage, reopen } = await fresh();
        await storage.put('pods/a/x', text('1'));
        const last = await storage.delete('pods/a/x', text('2'));
        await storage.compact(last.revision);
        const again = await reopen();
        expect(again.revision()).toBe(last.revision);
        expect((await again.put('pods/a/y', text('3'))).revision).toBeGreaterThan(last.revision);
      },
    );
  });
}
