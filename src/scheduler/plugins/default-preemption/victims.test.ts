import { expect, test } from 'vitest';
import { CycleState } from '../../cycle-state.ts';
import { defaultProfile } from '../../profile.ts';
import { infoOf, nodeOf, nodeWith, type PodFields } from '../../test-objects.ts';
import { createNodeResourcesFit } from '../node-resources-fit.ts';
import { budgetsOf, selectVictims } from './victims.ts';

const fit = createNodeResourcesFit({ profile: defaultProfile });
const context: Parameters<typeof selectVictims>[0] = {
  clock: { now: () => 0, after: () => ({ cancel() {} }), every: () => ({ cancel() {} }) },
  filterNode: (state, pod, node) => fit.filter!(state, pod, node),
  addPod() {},
  removePod() {},
};

function pod(name: string, priority: number, cpu: string, fields: PodFields = {}) {
  return infoOf({ name, priority, requests: { cpu }, ...fields });
}

function select(pods: ReturnType<typeof pod>[], preemptor = pod('new', 10, '2'), budgets = budgetsOf([])) {
  const node = nodeWith(nodeOf('a'), ...pods);
  const found = selectVictims(context, new CycleState(), preemptor, node, budgets);
  expect(node.pods).toEqual(pods);
  return 'victims' in found
    ? { victims: found.victims.map(({ name }) => name), violations: found.violations }
    : found.reasons;
}

test('only pods of lower priority go', () => {
  expect(select([pod('a', 10, '4')])).toEqual(['No preemption victims found for incoming pod']);
  expect(select([pod('a', 10, '3'), pod('b', 1, '1')])).toEqual(['Insufficient cpu']);
});

test('as few as can be, and the least important', () => {
  const pods = [pod('a', 1, '1'), pod('b', 3, '1'), pod('c', 2, '2')];
  expect(select(pods)).toEqual({ victims: ['c'], violations: 0 });
  expect(select([pod('a', 1, '2'), pod('b', 2, '2')])).toEqual({ victims: ['a'], violations: 0 });
});

test('of equals the one that runs longest stays', () => {
  const since = (startTime: string) => ({ status: { startTime } });
  const young = pod('young', 1, '2', since('2026-01-02T00:00:00Z'));
  const old = pod('old', 1, '2', since('2026-01-01T00:00:00Z'));
  expect(select([young, old])).toEqual({ victims: ['young'], violations: 0 });
});

test('pods of a used up budget are spared when others can go', () => {
  const labels = { app: 'kept' };
  const budget = {
    metadata: { name: 'kept', namespace: 'default' },
    spec: { selector: { matchLabels: labels } },
    status: { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 },
  };
  const kept = pod('kept', 1, '2', { labels });
  expect(select([kept, pod('free', 5, '2')], undefined, budgetsOf([budget]))).toEqual({
    victims: ['free'],
    violations: 0,
  });
  expect(select([kept], pod('new', 10, '3'), budgetsOf([budget]))).toEqual({
    victims: ['kept'],
    violations: 1,
  });
});
