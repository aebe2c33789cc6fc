// Fenceposts, proportions and steps: the numbers of a rollout.
import { describe, expect, test } from 'vitest';
import type { Deployment, ReplicaSet } from '#types/apps_v1';
import { maxSurge, maxUnavailable, newSetSize, resolveFenceposts } from './fenceposts.ts';
import { proportionalSizes } from './proportions.ts';
import { nextNewSize, nextOldSizes } from './rolling.ts';

function deployment(
  replicas: number,
  surge: number | string = 0,
  unavailable: number | string = 0,
  type = 'RollingUpdate',
): Deployment {
  return {
    metadata: {},
    spec: {
      replicas,
      strategy: { type, rollingUpdate: { maxSurge: surge, maxUnavailable: unavailable } },
      template: { metadata: {}, spec: { containers: [] } },
    },
    status: {},
  };
}

interface Size {
  size: number;
  available?: number;
  /** Size with surge at its last scaling. */
  max?: number;
}

function set(name: string, { size, available = size, max }: Size): ReplicaSet {
  const annotations =
    max === undefined ? undefined : { 'deployment.kubernetes.io/max-replicas': String(max) };
  return {
    metadata: { name, annotations, creationTimestamp: `2026-01-01T00:00:0${name.length}Z` },
    spec: { replicas: size, template: { metadata: {}, spec: { containers: [] } } },
    status: { replicas: size, availableReplicas: available },
  };
}

describe('fenceposts', () => {
  test.each([
    // surge, unavailable, desired -> surge, unavailable
    ['0%', '1%', 2, 0, 1],
    ['0%', '1%', 1, 0, 1],
    ['1%', '25%', 2, 1, 0],
    ['1%', '25%', 1, 1, 0],
    ['1%', '0%', 2, 1, 0],
    ['25%', '25%', 3, 1, 0],
    ['25%', '25%', 10, 3, 2],
    [3, 2, 10, 3, 2],
    [0, 0, 0, 0, 1],
  ])('surge %s, unavailable %s of %i: %i above, %i below', (surge, unavailable, desired, above, below) => {
    expect(resolveFenceposts(surge, unavailable, desired)).toEqual({ surge: above, unavailable: below });
  });

  test('none below zero pods, no more than there are, and none for Recreate', () => {
    expect(maxUnavailable(deployment(0, 0, 1))).toBe(0);
    expect(maxUnavailable(deployment(5, 0, 10))).toBe(5);
    expect(maxUnavailable(deployment(5, 0, 1, 'Recreate'))).toBe(0);
    expect(maxSurge(deployment(5, 1, 1, 'Recreate'))).toBe(0);
  });

  test.each([
    // replicas, surge, total, current -> size
    [10, 3, 0, 0, 10],
    [10, 3, 10, 0, 3],
    [10, 3, 13, 5, 5],
    [10, 3, 15, 5, 5],
    [10, 3, 11, 9, 10],
  ])('of %i with surge %i, %i there, %i new: %i', (replicas, surge, total, current, size) => {
    expect(newSetSize(deployment(replicas, surge), total, current)).toBe(size);
  });
});

describe('proportions', () => {
  const sizes = (wanted: Deployment, ...sets: ReplicaSet[]): Record<string, number> =>
    Object.fromEntries(proportionalSizes(wanted, sets).map((s) => [s.set.metadata.name!, s.size]));

  test.each([
    ['10 to 15 in a stuck rollout', deployment(15, 3, 2), [8, 13], [5, 13], [11, 7]],
    ['15 to 5 in a stuck rollout', deployment(5, 3, 2), [11, 18], [7, 18], [5, 3]],
    ['10 to 30', deployment(30, '30%'), [8, 13], [5, 13], [24, 15]],
    ['to nothing', deployment(0, 3), [8, 13], [5, 13], [0, 0]],
    ['up by one: the larger takes it', deployment(11, 0), [6, 10], [4, 10], [7, 4]],
    ['down by one: the larger gives it', deployment(9, 0), [6, 10], [4, 10], [5, 4]],
    ['up by one among equals: the younger', deployment(11, 0), [5, 10], [5, 10], [5, 6]],
    ['down by one among equals: the older', deployment(9, 0), [5, 10], [5, 10], [4, 5]],
    ['nothing to add', deployment(10, 0), [6, 10], [4, 10], [6, 4]],
  ] as const)('%s', (_what, wanted, [old, oldMax], [young, youngMax], [first, second]) => {
    const both = [set('o', { size: old, max: oldMax }), set('nn', { size: young, max: youngMax })];
    expect(sizes(wanted, ...both)).toEqual({ o: first, nn: second });
  });

  test('without annotations the present size is the base, and without that nothing is shared', () => {
    const both = [set('o', { size: 6 }), set('nn', { size: 4 })];
    expect(sizes({ ...deployment(20), status: { replicas: 10 } }, ...both)).toEqual({ o: 12, nn: 8 });
    expect(sizes(deployment(20), ...both)).toEqual({ o: 16, nn: 4 });
  });
});

describe('steps of a rolling update', () => {
  test('a new set that is too large shrinks, one that is too small grows as the surge allows', () => {
    const of = (size: number, old: number) => ({
      newSet: set('nn', { size }),
      oldSets: [set('o', { size: old })],
    });
    expect(nextNewSize(deployment(10, 2), of(12, 0))).toBe(10);
    expect(nextNewSize(deployment(10, 2), of(0, 10))).toBe(2);
    expect(nextNewSize(deployment(10, 2), of(2, 10))).toBe(2);
    expect(nextNewSize(deployment(10, 2), of(2, 8))).toBe(4);
  });

  const step = (wanted: Deployment, newSize: Size, ...old: Size[]): string[] =>
    nextOldSizes(wanted, {
      newSet: set('new', newSize),
      oldSets: old.map((size, i) => set('o'.repeat(i + 1), size)),
    }).map(({ set: { metadata }, size }) => `${metadata.name}:${size}`);

  test.each([
    ['none is spare', deployment(10, 1, 0), { size: 0 }, [{ size: 10 }], []],
    ['those that may be missing', deployment(10, 0, 2), { size: 0 }, [{ size: 10 }], ['o:8']],
    [
      'as many as new ones are available',
      deployment(10, 2, 0),
      { size: 2, available: 1 },
      [{ size: 10 }],
      ['o:9'],
    ],
    [
      'new ones that are not available hold it',
      deployment(10, 2, 0),
      { size: 2, available: 0 },
      [{ size: 10 }],
      [],
    ],
    ['unhealthy ones first', deployment(10, 2, 0), { size: 2 }, [{ size: 10, available: 8 }], ['o:8']],
    [
      'unhealthy ones, then the spare ones, of the oldest first',
      deployment(10, 3, 2),
      { size: 3 },
      [
        { size: 4, available: 4 },
        { size: 6, available: 5 },
      ],
      ['oo:5', 'o:0'],
    ],
    ['a set still shrinking holds it', deployment(10, 2, 2), { size: 2 }, [{ size: 8, available: 9 }], []],
    ['no old pods', deployment(10, 2, 2), { size: 10 }, [{ size: 0 }], []],
  ] as const)('%s', (_what, wanted, newSize, old, expected) => {
    expect(step(wanted, newSize, ...old)).toEqual(expected);
  });
});
