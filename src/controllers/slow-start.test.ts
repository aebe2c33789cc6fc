import { expect, test } from 'vitest';
import { slowStart } from './slow-start.ts';

/** Runs with the calls of these numbers (from 1) failing; tells how many ran at once. */
async function run(count: number, failing: readonly number[] = []) {
  const groups: number[] = [];
  let calls = 0;
  let open = 0;
  const result = await slowStart(count, async () => {
    const call = ++calls;
    if (open++ === 0) groups.push(0);
    groups[groups.length - 1]!++;
    await null;
    open--;
    if (failing.includes(call)) throw new Error(`call ${call}`);
  });
  return { ...result, groups };
}

test.each([
  [0, []],
  [1, [1]],
  [2, [1, 1]],
  [7, [1, 2, 4]],
  [10, [1, 2, 4, 3]],
])('%i calls come in groups of %j', async (count, groups) => {
  expect(await run(count)).toEqual({ successes: count, groups });
});

test('a failure ends it after its group', async () => {
  expect(await run(20, [2, 3])).toEqual({ successes: 1, groups: [1, 2], error: new Error('call 2') });
  expect(await run(20, [4])).toEqual({ successes: 6, groups: [1, 2, 4], error: new Error('call 4') });
});
