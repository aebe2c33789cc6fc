// Every controller on its own, on a clock that the tests drive, in all that may go wrong around it.
import { describe, expect, test } from 'vitest';
import { controllers } from '../../src/controllers/controllers.ts';
import { deathAtWrite, expiredWatches, lateCaches, otherWriters } from './disturbances.ts';
import { scenarios } from './scenarios.ts';
import { type Outcome, play } from './trials.ts';

const timeout = 60_000;
const atOnce = 6;

test('every controller is tried alone', () => {
  const alone = Object.values(scenarios).map((make) => make().controllers);
  const tried = alone.filter((those) => those.length === 1).map(([one]) => one!.name);
  expect(tried.sort()).toEqual(controllers.map(({ name }) => name).sort());
});

describe.each(Object.entries(scenarios))('%s', (_name, make) => {
  let undisturbed: Promise<Outcome> | undefined;
  const calm = (): Promise<Outcome> => {
    undisturbed ??= play(make());
    return undisturbed;
  };

  test('does its work and comes to rest', { timeout }, async () => {
    const { writes, conflicts } = await calm();
    expect(writes).toBeGreaterThan(0);
    expect(conflicts).toBe(0);
  });

  test('settles conflicts with other writers', { timeout }, async () => {
    const end = await calm();
    const { objects, created, conflicts } = await play(make(), otherWriters(), end);
    expect(objects).toEqual(end.objects);
    expect(created).toBe(end.created);
    if (!make().writesBlindly) expect(conflicts).toBeGreaterThan(0);
  });

  test.each(['all', 'all but its subject'] as const)(
    'makes nothing twice when its caches are late: %s',
    { timeout },
    async (which) => {
      const end = await calm();
      const { objects, created } = await play(make(), lateCaches(which), end);
      expect(objects).toEqual(end.objects);
      expect(created).toBe(end.created);
    },
  );

  test.each(['refused', 'told in an event'] as const)(
    'reads all anew when its watches have expired: %s',
    { timeout },
    async (how) => {
      const end = await calm();
      const { objects, created } = await play(make(), expiredWatches(how), end);
      expect(objects).toEqual(end.objects);
      expect(created).toBe(end.created);
    },
  );

  test.each(['before', 'after'] as const)(
    'reaches the same end though its process dies %s any write',
    { timeout },
    async (when) => {
      const end = await calm();
      // several at a time: one alone mostly waits
      for (let first = 1; ; first += atOnce) {
        const deaths = await Promise.all(
          Array.from({ length: atOnce }, async (_, i) => {
            const death = deathAtWrite(first + i, when);
            const { objects } = await play(make(), death, end);
            expect(objects, `it died ${when} write ${first + i}`).toEqual(end.objects);
            return death.died();
          }),
        );
        if (deaths.includes(false)) break;
      }
    },
  );
});
