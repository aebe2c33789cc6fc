import { expect, it } from 'vitest';
import type { Pod } from '#types/core_v1';
import { LivePods } from './live-pods.ts';

interface Asked {
  namespace: string;
  answer(names: string[]): void;
  fail(error: Error): void;
}

function asking(): { asked: Asked[]; live: LivePods } {
  const asked: Asked[] = [];
  const live = new LivePods(
    (namespace) =>
      new Promise((resolve, fail) => {
        const answer = (names: string[]): void =>
          resolve(names.map((name) => ({ metadata: { name } }) as Pod));
        asked.push({ namespace, answer, fail });
      }),
  );
  return { asked, live };
}

const names = (pods: readonly Pod[]): unknown => pods.map(({ metadata }) => metadata.name);

it('who asks while the pods are read shares the next reading, and none that began before', async () => {
  const { asked, live } = asking();
  const first = live.read('a');
  const later = [live.read('a'), live.read('a')];
  const other = live.read('b');
  expect(asked.map(({ namespace }) => namespace)).toEqual(['a', 'b']);
  asked[0]!.answer(['x']);
  asked[1]!.answer([]);
  expect(names(await first)).toEqual(['x']);
  expect(names(await other)).toEqual([]);
  await expect.poll(() => asked.length).toBe(3);
  asked[2]!.answer(['y']);
  for (const pods of await Promise.all(later)) expect(names(pods)).toEqual(['y']);
  const last = live.read('a');
  expect(asked).toHaveLength(4);
  asked[3]!.answer(['z']);
  expect(names(await last)).toEqual(['z']);
});

it('a reading that fails is told to those who asked for it, and followed by the next', async () => {
  const { asked, live } = asking();
  const first = live.read('a');
  const second = live.read('a');
  asked[0]!.fail(new Error('gone'));
  await expect(first).rejects.toThrow('gone');
  await expect.poll(() => asked.length).toBe(2);
  asked[1]!.answer(['x']);
  expect(names(await second)).toEqual(['x']);
});
