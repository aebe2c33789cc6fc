// Guarantee 2 of storage.ts: compare-and-set.
import { describe, expect, test } from 'vitest';
import { ConflictError, NotFoundError } from '../storage.ts';
import { count, read, rejection, type Subject, text } from './subject.ts';

export function compareAndSetContract({ name, fresh }: Subject): void {
  describe(`${name}: 2. compare-and-set`, () => {
    test('0 creates, once', async () => {
      const { storage } = await fresh();
      const created = await storage.put('pods/a/x', text('1'), { expect: 0 });
      expect(created.createRevision).toBe(created.revision);
      const error = await rejection(storage.put('pods/a/x', text('2'), { expect: 0 }));
      expect(error).toBeInstanceOf(ConflictError);
      expect(error).toMatchObject({ code: 'STORAGE_CONFLICT', key: 'pods/a/x', current: created.revision });
      expect(await storage.get('pods/a/x')).toEqual(created);
      expect(storage.revision()).toBe(created.revision);
    });

    test('the current revision updates, an old one does not', async () => {
      const { storage } = await fresh();
      const created = await storage.put('pods/a/x', text('1'));
      const updated = await storage.put('pods/a/x', text('2'), { expect: created.revision });
      expect(updated.createRevision).toBe(created.revision);
      const error = await rejection(storage.put('pods/a/x', text('3'), { expect: created.revision }));
      expect(error).toMatchObject({ code: 'STORAGE_CONFLICT', current: updated.revision });
      expect(await storage.get('pods/a/x')).toEqual(updated);
    });

    test('a revision of a key that is not there conflicts with 0', async () => {
      const { storage } = await fresh();
      const error = await rejection(storage.put('pods/a/x', text('1'), { expect: 7 }));
      expect(error).toMatchObject({ code: 'STORAGE_CONFLICT', current: 0 });
      expect(storage.revision()).toBe(1);
    });

    test('deletions too', async () => {
      const { storage } = await fresh();
      expect(await rejection(storage.delete('pods/a/x', text('')))).toBeInstanceOf(NotFoundError);
      expect(await rejection(storage.delete('pods/a/x', text(''), { expect: 3 }))).toBeInstanceOf(
        NotFoundError,
      );
      const created = await storage.put('pods/a/x', text('1'));
      const error = await rejection(storage.delete('pods/a/x', text(''), { expect: created.revision - 1 }));
      expect(error).toMatchObject({ code: 'STORAGE_CONFLICT', current: created.revision });
      await storage.delete('pods/a/x', text('2'), { expect: created.revision });
      expect(await storage.get('pods/a/x')).toBeUndefined();
    });

    test('a key that is created again has a new createRevision', async () => {
      const { storage } = await fresh();
      await storage.put('pods/a/x', text('1'));
      await storage.delete('pods/a/x', text('2'));
      const again = await storage.put('pods/a/x', text('3'), { expect: 0 });
      expect(again.createRevision).toBe(again.revision);
    });

    test('of many that create at the same time, one does, and the others are told of it', async () => {
      const { storage } = await fresh();
      const results = await Promise.allSettled(
        count(100).map((i) => storage.put('pods/a/x', text(i), { expect: 0 })),
      );
      const won = results.filter((result) => result.status === 'fulfilled');
      expect(won).toHaveLength(1);
      for (const result of results) {
        if (result.status === 'rejected')
          expect(result.reason).toMatchObject({ current: won[0]!.value.revision });
      }
    });

    test('a storm of increments loses none', async () => {
      const { storage } = await fresh();
      await storage.put('pods/a/counter', text(0));
      const increment = async (): Promise<void> => {
        const current = (await storage.get('pods/a/counter'))!;
        const next = Number(read(current).value) + 1;
        try {
          await storage.put('pods/a/counter', text(next), { expect: current.revision });
        } catch (error) {
          if (!(error instanceof ConflictError)) throw error;
          // The revision that a conflict tells is committed truth: it is what a read finds, or older.
          expect((await storage.get('pods/a/counter'))!.revision).toBeGreaterThanOrEqual(error.current);
          await increment();
        }
      };
      await Promise.all(
        count(20).map(async () => {
          for (const _ of count(10)) await increment();
        }),
      );
      expect(read((await storage.get('pods/a/counter'))!).value).toBe('200');
    });
  });
}
