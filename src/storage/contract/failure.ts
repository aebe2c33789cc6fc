// Guarantee 7 of storage.ts: a failed write leaves nothing.
import { describe, expect, test } from 'vitest';
import { type Encode, UnavailableError } from '../storage.ts';
import { count, rejection, type Subject, take, text } from './subject.ts';

export function failureContract({ name, fresh }: Subject): void {
  describe(`${name}: 7. a failed write leaves nothing`, () => {
    test('where its value cannot be encoded', async () => {
      const { storage } = await fresh();
      const before = await storage.put('pods/a/x', text('1'));
      const broken: Encode = () => {
        throw new RangeError('no such value');
      };
      expect(await rejection(storage.put('pods/a/x', broken))).toBeInstanceOf(RangeError);
      expect(await storage.get('pods/a/x')).toEqual(before);
      expect(storage.revision()).toBe(before.revision);
      const after = await storage.put('pods/a/x', text('2'), { expect: before.revision });
      expect(await take(storage.watch('pods/', { after: before.revision }), 1)).toMatchObject([
        { entry: after },
      ]);
    });

    test('where the storage is closed; what waited is finished', async () => {
      const { storage } = await fresh();
      const writes = count(10).map((i) => storage.put(`pods/a/${i}`, text(i)));
      const closed = storage.close();
      expect(await Promise.all(writes)).toHaveLength(10);
      await closed;
      expect(await rejection(storage.put('pods/a/x', text('1')))).toBeInstanceOf(UnavailableError);
      await storage.close();
    });
  });
}
