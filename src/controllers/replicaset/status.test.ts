import { expect, test } from 'vitest';
import type { ReplicaSet } from '#types/apps_v1';
import type { Pod } from '#types/core_v1';
import { isSameStatus, replicaStatus } from './status.ts';

const now = Date.UTC(2026, 0, 1);

function owner(status: Partial<ReplicaSet['status']> = {}): ReplicaSet {
  return {
    metadata: { generation: 2 },
    spec: {
      replicas: 2,
      minReadySeconds: 10,
      template: { metadata: { labels: { a: 'b', c: 'd' } }, spec: { containers: [] } },
    },
    status: { replicas: 0, ...status },
  };
}

function pod(labels: Record<string, string>, readySecondsAgo?: number): Pod {
  const lastTransitionTime = new Date(now - (readySecondsAgo ?? 0) * 1000).toISOString();
  const conditions =
    readySecondsAgo === undefined ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime }];
  return { metadata: { labels }, status: { conditions } } as unknown as Pod;
}

const failure = new Error('no room');
const condition = {
  type: 'ReplicaFailure',
  status: 'True',
  lastTransitionTime: '2026-01-01T00:00:00Z',
  reason: 'FailedCreate',
  message: 'no room',
};

test('pods are counted', () => {
  const active = [pod({ a: 'b', c: 'd', e: 'f' }, 10), pod({ a: 'b' }, 9), pod({ a: 'b', c: 'x' })];
  const status = replicaStatus(owner(), { active, terminating: 1, failure: undefined, now });
  expect(status).toEqual({
    replicas: 3,
    fullyLabeledReplicas: 1,
    readyReplicas: 2,
    availableReplicas: 1,
    terminatingReplicas: 1,
    observedGeneration: 2,
  });
  expect(isSameStatus({ ...owner(), status }, status)).toBe(true);
  expect(isSameStatus(owner(), status)).toBe(false);
});

test('a failure is told once and taken back', () => {
  const input = { active: [], terminating: undefined, failure, now };
  expect(replicaStatus(owner(), input).conditions).toEqual([condition]);
  const told = owner({ conditions: [condition] });
  const again = replicaStatus(told, { ...input, failure: new Error('other'), now: now + 1e6 });
  expect(again.conditions).toEqual([condition]);
  const over = replicaStatus(told, { ...input, failure: undefined });
  expect(over.conditions).toBeUndefined();
  expect(isSameStatus(told, over)).toBe(false);
});

test('a failure with too many pods is one to delete', () => {
  const active = [pod({}), pod({}), pod({})];
  const status = replicaStatus(owner(), { active, terminating: 0, failure, now });
  expect(status.conditions![0]!.reason).toBe('FailedDelete');
});
