// What a namespace is told of the pods that it has: counts, order and bounds.
import { expect, it } from 'vitest';
import type { Pod } from '#types/core_v1';
import { TestClock } from '../../../api/test-clock.ts';
import { existingPodWarnings } from './existing-pods.ts';

const baseline = { level: 'baseline', version: 'latest' } as const;
const later = Number.MAX_SAFE_INTEGER;

function pod(name: string, spec: object, owner?: string): Pod {
  const ownerReferences = owner && [{ uid: owner, controller: true }];
  return { metadata: { name, ownerReferences }, spec: { containers: [], ...spec } } as unknown as Pod;
}

it('gathers pods by what is wrong with them', () => {
  const pods = [
    pod('p3', { hostPID: true }),
    pod('p1', { hostPID: true }),
    pod('p2', { hostIPC: true }),
    pod('ok', {}),
    pod('v2', { volumes: [{ name: 'v', hostPath: {} }] }),
    pod('v1', { volumes: [{ name: 'v', hostPath: {} }] }),
    pod('both', { hostPID: true, volumes: [{ name: 'v', hostPath: {} }] }),
  ];
  const bounds = { clock: new TestClock(), deadline: later };
  expect(existingPodWarnings('n', baseline, pods, bounds)).toEqual([
    'existing pods in namespace "n" violate the new PodSecurity enforce level "baseline:latest"',
    'both: host namespaces, hostPath volumes',
    'p1 (and 2 other pods): host namespaces',
    'v1 (and 1 other pod): hostPath volumes',
  ]);
  expect(existingPodWarnings('n', baseline, [pod('ok', {})], bounds)).toEqual([]);
});

it('looks at 3000 pods, those of controllers that were seen last', () => {
  const replicas = Array.from({ length: 3000 }, (_, i) => pod(`r${i}`, {}, 'set'));
  const pods = [...replicas, pod('alone', { hostPID: true }), pod('other', { hostIPC: true }, 'other set')];
  expect(existingPodWarnings('n', baseline, pods, { clock: new TestClock(), deadline: later })).toEqual([
    'new PodSecurity enforce level only checked against the first 3000 of 3002 existing pods',
    'existing pods in namespace "n" violate the new PodSecurity enforce level "baseline:latest"',
    'alone (and 1 other pod): host namespaces',
  ]);
});

it('ends after a second, or half the time that is left', () => {
  const pods = ['a', 'b', 'c', 'd'].map((name) => pod(name, {}));
  const checkedWithin = (leftMs: number): string[] => {
    let now = 0;
    // each look at the clock takes 400 ms
    const clock = {
      now() {
        now += 400;
        return now - 400;
      },
      after: () => ({ cancel() {} }),
      every: () => ({ cancel() {} }),
    };
    return existingPodWarnings('n', baseline, pods, { clock, deadline: leftMs });
  };
  const text = (n: number): string[] => [
    `new PodSecurity enforce level only checked against the first ${n} of 4 existing pods`,
  ];
  expect(checkedWithin(later)).toEqual(text(3));
  expect(checkedWithin(800)).toEqual(text(1));
});
