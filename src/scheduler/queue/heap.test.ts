import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Heap } from './heap.ts';

interface Item {
  key: string;
  value: number;
}

function heapOf(values: readonly number[]): Heap<Item> {
  const heap = new Heap<Item>(
    ({ key }) => key,
    (a, b) => a.value < b.value,
  );
  values.forEach((value, i) => {
    heap.set({ key: String(i), value });
  });
  return heap;
}

function drain(heap: Heap<Item>): number[] {
  const values: number[] = [];
  for (let item = heap.pop(); item; item = heap.pop()) values.push(item.value);
  return values;
}

test('items come in order, after deletions and changes too', () => {
  const inputs = fc.array(fc.integer(), { maxLength: 60 });
  fc.assert(
    fc.property(inputs, inputs, fc.nat(), (values, changes, deleted) => {
      const heap = heapOf(values);
      const expected = new Map(values.map((value, i) => [String(i), value]));
      changes.forEach((value, i) => {
        heap.set({ key: String(i), value });
        expected.set(String(i), value);
      });
      const gone = String(deleted % 60);
      expect(heap.delete(gone)?.value).toBe(expected.get(gone));
      expected.delete(gone);
      expect(heap.size).toBe(expected.size);
      expect(drain(heap)).toEqual([...expected.values()].sort((a, b) => a - b));
    }),
  );
});

test('items are found by key', () => {
  const heap = heapOf([3, 1, 2]);
  expect(heap.peek()?.value).toBe(1);
  expect(heap.get('0')?.value).toBe(3);
  expect(heap.get('9')).toBeUndefined();
});
