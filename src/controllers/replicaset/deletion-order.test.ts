import { expect, test } from 'vitest';
import type { Pod } from '#types/core_v1';
import { deletionCost, podsToDelete } from './deletion-order.ts';

const now = Date.UTC(2026, 0, 1, 12);

interface Given {
  node?: string;
  phase?: string;
  /** Seconds ago that it became ready; absent: it is not. */
  ready?: number;
  cost?: string;
  restarts?: number;
  sidecarRestarts?: number;
  /** Seconds ago. */
  created?: number;
}

function ago(seconds: number): string {
  return `${new Date(now - seconds * 1000).toISOString().slice(0, 19)}Z`;
}

function pod(name: string, given: Given): Pod {
  const {
    node = 'node',
    phase = 'Running',
    ready,
    cost,
    restarts = 0,
    sidecarRestarts = 0,
    created = 100,
  } = given;
  return {
    metadata: {
      name,
      uid: name,
      creationTimestamp: ago(created),
      annotations: cost === undefined ? undefined : { 'controller.kubernetes.io/pod-deletion-cost': cost },
    },
    spec: {
      nodeName: node,
      containers: [],
      initContainers: [{ name: 'side', image: 'i', resources: {}, restartPolicy: 'Always' }],
    },
    status: {
      phase,
      conditions:
        ready === undefined ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime: ago(ready) }],
      containerStatuses: [{ name: 'c', restartCount: restarts }],
      initContainerStatuses: [{ name: 'side', restartCount: sidecarRestarts }],
    },
  } as unknown as Pod;
}

const rules: [string, first: Given, second: Given][] = [
  ['without a node', { node: '' }, { phase: 'Pending' }],
  ['pending before running', { phase: 'Pending', ready: 5 }, { phase: 'Running' }],
  ['pending before unknown', { phase: 'Pending' }, { phase: 'Unknown' }],
  ['unknown before running', { phase: 'Unknown' }, { phase: 'Running' }],
  ['not ready', { cost: '10' }, { ready: 5, cost: '1' }],
  ['cheaper', { ready: 5, cost: '-1' }, { ready: 5 }],
  ['ready for a shorter time', { ready: 1, restarts: 0 }, { ready: 1000, restarts: 9 }],
  ['more restarts', { ready: 5, restarts: 2, created: 1000 }, { ready: 5, restarts: 1, created: 1 }],
  ['more restarts of a sidecar', { sidecarRestarts: 2, created: 1000 }, { sidecarRestarts: 1, created: 1 }],
  ['younger', { created: 1 }, { created: 1000 }],
];

test.each(rules)('%s goes first', (_rule, first, second) => {
  const a = pod('b-first', first);
  const b = pod('a-second', second);
  expect(podsToDelete([a, b], [], 1, now)).toEqual([a]);
  expect(podsToDelete([b, a], [], 1, now)).toEqual([a]);
});

test('the one with more fellows on its node goes first, before its age counts', () => {
  const lone = pod('lone', { node: 'x', ready: 1 });
  const crowded = pod('crowded', { node: 'y', ready: 1000 });
  const fellow = pod('fellow', { node: 'y', ready: 1000 });
  const ended = pod('ended', { node: 'x', phase: 'Succeeded' });
  const related = [lone, crowded, fellow, ended, ended];
  expect(podsToDelete([lone, crowded], related, 1, now)).toEqual([crowded]);
});

test('among pods of about one age the uid decides', () => {
  const a = pod('a', { created: 600 });
  const b = pod('b', { created: 601 });
  expect(podsToDelete([b, a], [], 1, now)).toEqual([a]);
});

test('all go when all are too many', () => {
  const both = [pod('a', {}), pod('b', { node: '' })];
  expect(podsToDelete(both, [], 2, now)).toEqual(both);
});

test.each([
  ['10', 10],
  ['-3', -3],
  ['0', 0],
  ['+10', 0],
  ['008', 0],
  ['x', 0],
  ['2147483648', 0],
  ['', 0],
])('the cost %j counts %i', (cost, expected) => {
  expect(deletionCost(pod('p', { cost }))).toBe(expected);
});
