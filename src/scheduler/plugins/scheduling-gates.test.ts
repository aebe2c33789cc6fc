import { expect, test } from 'vitest';
import { actions } from '../cluster-events.ts';
import { hintOf, infoOf } from '../test-objects.ts';
import { createSchedulingGates } from './scheduling-gates.ts';

const plugin = createSchedulingGates();

test('gates hold a pod back', () => {
  const gated = infoOf({ schedulingGates: [{ name: 'a' }, { name: 'b' }] });
  expect(plugin.preEnqueue!(gated)?.reasons).toEqual(['waiting for scheduling gates: [a b]']);
  expect(plugin.preEnqueue!(infoOf())).toBeUndefined();
});

test('only the pod itself losing its gates helps', () => {
  const pod = infoOf();
  const other = infoOf();
  const action = actions.updatePodSchedulingGatesEliminated;
  expect(hintOf(plugin, 'Pod', action, pod, pod.pod, pod.pod)).toBe(true);
  expect(hintOf(plugin, 'Pod', action, pod, other.pod, other.pod)).toBe(false);
});
