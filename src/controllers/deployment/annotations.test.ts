import { expect, test } from 'vitest';
import type { Deployment, ReplicaSet } from '#types/apps_v1';
import {
  appendRevision,
  lastRevision,
  maxRevision,
  newSetAnnotations,
  rolledBackAnnotations,
} from './annotations.ts';

const revision = 'deployment.kubernetes.io/revision';
const history = 'deployment.kubernetes.io/revision-history';
const cause = 'kubernetes.io/change-cause';
const applied = 'kubectl.kubernetes.io/last-applied-configuration';

function deployment(annotations: Record<string, string>): Deployment {
  return {
    metadata: { annotations },
    spec: {
      replicas: 4,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%' } },
      template: { metadata: {}, spec: { containers: [] } },
    },
    status: {},
  };
}

function set(annotations: Record<string, string>): ReplicaSet {
  return { metadata: { annotations } } as unknown as ReplicaSet;
}

const from = deployment({ [cause]: 'edit', [applied]: '{}', [revision]: '7' });

test('a set that is to be made gets the annotations, its revision and the sizes', () => {
  expect(newSetAnnotations(from, undefined, 2n, false)).toEqual({
    [cause]: 'edit',
    [revision]: '2',
    'deployment.kubernetes.io/desired-replicas': '4',
    'deployment.kubernetes.io/max-replicas': '5',
  });
});

test('a set that comes back into use keeps what it was', () => {
  const old = { [revision]: '1', other: 'x' };
  expect(newSetAnnotations(from, old, 3n, true)).toEqual({
    [cause]: 'edit',
    other: 'x',
    [revision]: '3',
    [history]: '1',
  });
});

test('a revision is never lowered, and one that is no number is left alone', () => {
  expect(newSetAnnotations(from, { [revision]: '5' }, 3n, true)).toEqual({
    [cause]: 'edit',
    [revision]: '5',
  });
  expect(newSetAnnotations(from, { [revision]: 'x' }, 3n, true)).toEqual({ [revision]: 'x' });
});

test.each([
  [undefined, '1', 20, '1'],
  ['1', '2', 20, '1,2'],
  ['1,2,3', '4', 7, '1,2,3,4'],
  ['1,2,3', '4', 6, '2,3,4'],
  ['1,2,3', '4444', 4, '4444'],
  ['1,2,3', '44444', 3, '1,2,3'],
])('the history %j with %s within %i is %j', (old, more, limit, expected) => {
  expect(appendRevision(old, more, limit)).toBe(expected);
});

test('highest and second highest revision', () => {
  const sets = ['3', '1', '2', 'x'].map((text) => set({ [revision]: text }));
  expect(maxRevision(sets)).toBe(3n);
  expect(lastRevision(sets)).toBe(2n);
  expect(lastRevision(sets.slice(0, 1))).toBe(0n);
});

test('revisions have 64 bits', () => {
  const long = set({ [revision]: '3546343826724305832' });
  expect(maxRevision([long, set({ [revision]: '9223372036854775808' })])).toBe(3546343826724305832n);
  expect(newSetAnnotations(from, undefined, maxRevision([long]) + 1n, true)[revision]).toBe(
    '3546343826724305833',
  );
});

test('a rollback takes the annotations of the set, but for the books', () => {
  const old = set({ [cause]: 'create', [revision]: '1' });
  expect(rolledBackAnnotations(from, old)).toEqual({ [applied]: '{}', [revision]: '7', [cause]: 'create' });
});
