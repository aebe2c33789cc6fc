import { expect, test } from 'vitest';
import { infoOf, nodeOf, nodeWith, scoreAll } from '../test-objects.ts';
import { createBalancedAllocation } from './balanced-allocation.ts';

const plugin = createBalancedAllocation();
const allocatable = { cpu: '4', memory: '4Gi', pods: '9' };

test('pods without requests are skipped', () => {
  expect(scoreAll(plugin, infoOf(), [nodeWith(nodeOf('a'))])).toBeUndefined();
});

test('a pod that evens a node out likes it', () => {
  const empty = nodeWith(nodeOf('empty', { allocatable }));
  const cpuHeavy = nodeWith(nodeOf('cpu', { allocatable }), infoOf({ requests: { cpu: '2' } }));
  const memoryHeavy = nodeWith(nodeOf('memory', { allocatable }), infoOf({ requests: { memory: '2Gi' } }));
  const pod = infoOf({ requests: { memory: '2Gi' } });
  expect(scoreAll(plugin, pod, [empty, cpuHeavy, memoryHeavy])).toEqual({ empty: 62, cpu: 87, memory: 62 });
});
