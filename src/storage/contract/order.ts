// Guarantee 8 of storage.ts: writes to one key, one after the other.
import { describe, expect, test } from 'vitest';
import { count, read, type Subject, take, text } from './subject.ts';

export function orderContract({ name, fresh, capabilities: { durable } }: Subject): void {
  describe(`${name}: 8. one after the other`, () => {
    test('writes to one key form a chain', async () => {
      const { storage } = await fresh();
      await Promise.all(count(50).map((i) => storage.put('pods/a/x', text(i))));
      const events = await take(storage.watch('pods/', { after: 1 }), 50);
      expect(events.map((event) => read(event.entry).value)).toEqual(count(50).map(String));
      for (const [at, event] of events.entries()) {
        expect(event.previous).toEqual(events[at - 1]?.entry);
        expect(event.entry.createRevision).toBe(events[0]!.revision);
      }
    });

    test('writes that wait meet what those before them leave', async () => {
      const { storage } = await fresh();
      const [created, deleted, again, twice] = await Promise.allSettled([
        storage.put('pods/a/x', text('1'), { expect: 0 }),
        storage.delete('pods/a/x', text('2')),
        storage.put('pods/a/x', text('3'), { expect: 0 }),
        storage.put('pods/a/x', text('4'), { expect: 0 }),
      ]);
      expect([created.status, deleted.status, again.status, twice.status]).toEqual([
        'fulfilled',
        'fulfilled',
        'fulfilled',
        'rejected',
      ]);
      const entry = (await storage.get('pods/a/x'))!;
      expect(read(entry).value).toBe('3');
      expect(entry.createRevision).toBe(entry.revision);
      expect(twice).toMatchObject({ reason: { code: 'STORAGE_CONFLICT', current: entry.revision } });
    });

    test('a deletion right after a deletion finds nothing', async () => {
      const { storage } = await fresh();
      await storage.put('pods/a/x', text('1'));
      const [first, second] = await Promise.allSettled([
        storage.delete('pods/a/x', text('2')),
        storage.delete('pods/a/x', text('3')),
      ]);
      expect(first.status).toBe('fulfilled');
      expect(second).toMatchObject({ status: 'rejected', reason: { code: 'STORAGE_NOT_FOUND' } });
    });

    test('big, empty and binary values come back as they are', async () => {
      const { storage, reopen } = await fresh();
      const big = Buffer.alloc(1_572_864, 'kubeskiff ');
      const binary = Buffer.from(count(256));
      const values = [big, Buffer.alloc(0), binary];
      await Promise.all(values.map((value, i) => storage.put(`pods/a/${i}`, () => value)));
      for (const state of durable ? [storage, await reopen()] : [storage]) {
        const { entries } = await state.list('pods/');
        expect(entries.map((entry) => entry.value.equals(values[Number(entry.key.at(-1))]!))).toEqual([
          true,
          true,
          true,
        ]);
      }
    });
  });
}
