import { describe, expect, test } from 'vitest';
import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '#types/apps_v1';
import { findCondition, newCondition, withCondition, withoutCondition } from './conditions.ts';
import { countedStatus, hasProgressed, hasTimedOut, isSameStatus, rolloutStatus } from './status.ts';

const now = Date.UTC(2026, 0, 1, 1);
const before = '2026-01-01T00:00:00Z';

function condition(type: string, status: string, reason: string): DeploymentCondition {
  return { type, status, reason, message: '', lastUpdateTime: before, lastTransitionTime: before };
}

function deployment(status: DeploymentStatus = {}, replicas = 3): Deployment {
  return {
    metadata: { name: 'web', generation: 2 },
    spec: {
      replicas,
      progressDeadlineSeconds: 600,
      template: { metadata: {}, spec: { containers: [] } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } },
    },
    status,
  };
}

function set(size: number, status: Partial<ReplicaSet['status']> = {}): ReplicaSet {
  return {
    metadata: { name: 'web-1' },
    spec: { replicas: size, template: { metadata: {}, spec: { containers: [] } } },
    status: { replicas: 0, observedGeneration: 1, terminatingReplicas: 0, ...status },
  };
}

describe('conditions', () => {
  const progressing = condition('Progressing', 'True', 'ReplicaSetUpdated');
  const available = condition('Available', 'False', 'MinimumReplicasUnavailable');

  test('the same status and reason change nothing', () => {
    const conditions = [progressing, available];
    const same = newCondition('Progressing', 'True', 'ReplicaSetUpdated', 'other text', now);
    expect(withCondition(conditions, same)).toBe(conditions);
    expect(withoutCondition(conditions, 'ReplicaFailure')).toBe(conditions);
  });

  test('a new reason moves it to the end and keeps the time of its transition', () => {
    const changed = newCondition('Progressing', 'True', 'NewReplicaSetAvailable', 'm', now);
    expect(withCondition([progressing, available], changed)).toEqual([
      available,
      { ...changed, lastTransitionTime: before },
    ]);
  });

  test('a new status is a transition', () => {
    const changed = newCondition('Available', 'True', 'MinimumReplicasAvailable', 'm', now);
    expect(withCondition([available, progressing], changed)).toEqual([progressing, changed]);
    expect(changed.lastTransitionTime).toBe('2026-01-01T01:00:00Z');
  });
});

test('counts of all sets, and what is missing', () => {
  const newSet = set(2, { replicas: 2, readyReplicas: 1, terminatingReplicas: 1 });
  const old = set(2, { replicas: 2, readyReplicas: 2, availableReplicas: 2 });
  const status = countedStatus(deployment({ collisionCount: 1 }), { newSet, oldSets: [old] }, now);
  expect(status).toEqual({
    observedGeneration: 2,
    replicas: 4,
    updatedReplicas: 2,
    readyReplicas: 3,
    availableReplicas: 2,
    unavailableReplicas: 2,
    terminatingReplicas: 1,
    collisionCount: 1,
    conditions: [expect.objectContaining({ type: 'Available', status: 'True' })],
  });
  expect(isSameStatus(status, status)).toBe(true);
  expect(isSameStatus({ ...status, terminatingReplicas: undefined }, status)).toBe(false);
});

test('pods on their way out are not summed when a set that was looked at does not count them', () => {
  const silent = set(1, { terminatingReplicas: undefined });
  const fresh = set(1, { terminatingReplicas: undefined, observedGeneration: undefined });
  const counted = set(1, { terminatingReplicas: 2 });
  const sum = (...oldSets: ReplicaSet[]) =>
    countedStatus(deployment(), { newSet: undefined, oldSets }, now).terminatingReplicas;
  expect(sum(silent, counted)).toBeUndefined();
  expect(sum(fresh, counted)).toBe(2);
  expect(sum()).toBe(0);
});

test.each([
  ['more new pods', { updatedReplicas: 1, replicas: 1 }, { updatedReplicas: 2, replicas: 2 }, true],
  ['fewer old pods', { updatedReplicas: 1, replicas: 3 }, { updatedReplicas: 1, replicas: 2 }, true],
  ['more ready', { readyReplicas: 1 }, { readyReplicas: 2 }, true],
  ['more available', { availableReplicas: 1 }, { availableReplicas: 2 }, true],
  ['fewer ready', { readyReplicas: 2 }, { readyReplicas: 1 }, false],
  ['nothing', { replicas: 2 }, { replicas: 2 }, false],
])('progress is %s', (_what, old, status, expected) => {
  expect(hasProgressed(old, status)).toBe(expected);
});

describe('progress', () => {
  const stuck = condition('Progressing', 'True', 'ReplicaSetUpdated');
  const progressOf = (old: DeploymentStatus, newSet: ReplicaSet) => {
    const status = rolloutStatus(deployment(old), { newSet, oldSets: [] }, now);
    return findCondition(status.conditions, 'Progressing');
  };

  test('every step renews the time of update', () => {
    expect(progressOf({ conditions: [stuck] }, set(3, { replicas: 1 }))).toEqual({
      ...stuck,
      message: 'ReplicaSet "web-1" is progressing.',
      lastUpdateTime: '2026-01-01T01:00:00Z',
    });
  });

  test('the end of a rollout is told and stays', () => {
    const done = set(3, { replicas: 3, readyReplicas: 3, availableReplicas: 3 });
    const ended = progressOf({ conditions: [stuck] }, done);
    expect(ended).toMatchObject({
      reason: 'NewReplicaSetAvailable',
      message: 'ReplicaSet "web-1" has successfully progressed.',
      lastTransitionTime: before,
    });
    const fewer = set(3, { replicas: 3, readyReplicas: 2, availableReplicas: 2 });
    expect(progressOf({ replicas: 3, updatedReplicas: 3, conditions: [ended!] }, fewer)).toBe(ended);
  });

  test('what does not move for too long has timed out', () => {
    expect(progressOf({ conditions: [stuck] }, set(3))).toMatchObject({
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
      message: 'ReplicaSet "web-1" has timed out progressing.',
    });
    const ended = { conditions: [condition('Progressing', 'True', 'NewReplicaSetAvailable')] };
    expect(hasTimedOut(deployment(ended), ended, now)).toBe(false);
    expect(hasTimedOut(deployment(), { conditions: [stuck] }, Date.parse(before) + 600_000)).toBe(false);
    expect(hasTimedOut(deployment(), { conditions: [stuck] }, Date.parse(before) + 600_001)).toBe(true);
  });

  test('without a deadline progress is not told', () => {
    const without = deployment({ conditions: [stuck] });
    without.spec.progressDeadlineSeconds = 2 ** 31 - 1;
    const status = rolloutStatus(without, { newSet: set(3), oldSets: [] }, now);
    expect(status.conditions?.map((c) => c.type)).toEqual(['Available']);
  });
});

test('a failure of a set is told, of the new one first, and taken back', () => {
  const failing = (message: string) =>
    set(1, { conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }] });
  const failureOf = (old: DeploymentStatus, newSet: ReplicaSet, oldSet: ReplicaSet) =>
    findCondition(
      rolloutStatus(deployment(old), { newSet, oldSets: [oldSet] }, now).conditions,
      'ReplicaFailure',
    );
  expect(failureOf({}, failing('new'), failing('old'))?.message).toBe('new');
  const told = failureOf({}, set(1), failing('old'));
  expect(told?.message).toBe('old');
  expect(failureOf({ conditions: [told!] }, set(1), set(1))).toBeUndefined();
});
