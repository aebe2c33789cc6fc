import { expect, test } from 'vitest';
import { actions } from '../cluster-events.ts';
import { CycleState } from '../cycle-state.ts';
import { defaultProfile, type ScoringStrategy } from '../profile.ts';
import { filterAll, hintOf, infoOf, nodeOf, nodeWith, scoreAll } from '../test-objects.ts';
import { createNodeResourcesFit } from './node-resources-fit.ts';

const plugin = createNodeResourcesFit({ profile: defaultProfile });
const gpus = { cpu: '2', memory: '1Gi', pods: '2', 'ephemeral-storage': '1Gi', 'example.com/gpu': '1' };

test.each<[string, Record<string, string>, string, boolean]>([
  ['nothing', {}, 'fits', false],
  ['all that is left', { cpu: '1', memory: '512Mi' }, 'fits', false],
  ['cpu of another pod', { cpu: '1001m' }, 'Insufficient cpu', false],
  ['more cpu than there is', { cpu: '2001m' }, 'Insufficient cpu', true],
  ['several', { cpu: '2', memory: '1Gi' }, 'Insufficient cpu, Insufficient memory', false],
  ['storage', { 'ephemeral-storage': '2Gi' }, 'Insufficient ephemeral-storage', true],
  ['a device', { 'example.com/gpu': '1' }, 'fits', false],
  ['too many devices', { 'example.com/gpu': '2' }, 'Insufficient example.com/gpu', true],
  ['a device that is not there', { 'example.com/fpga': '1' }, 'Insufficient example.com/fpga', true],
])('filter: %s', (_name, requests, expected, isHopeless) => {
  const other = infoOf({ requests: { cpu: '1', memory: '512Mi' } });
  const node = nodeWith(nodeOf('a', { allocatable: gpus }), other);
  expect(filterAll(plugin, infoOf({ requests }), [node])).toEqual({ a: expected });
  const status = plugin.filter!(new CycleState(), infoOf({ requests }), node);
  expect(status?.code === 'UnschedulableAndUnresolvable').toBe(isHopeless);
});

test('nodes take only so many pods', () => {
  const node = nodeWith(nodeOf('a', { allocatable: gpus }), infoOf(), infoOf());
  expect(filterAll(plugin, infoOf(), [node])).toEqual({ a: 'Too many pods' });
  const empty = nodeWith(nodeOf('b', { allocatable: {} }));
  expect(filterAll(plugin, infoOf({ requests: { cpu: '1' } }), [empty])).toEqual({
    b: 'Too many pods, Insufficient cpu',
  });
});

const cpuAndMemory = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
];
const shape = [
  { utilization: 0, score: 0 },
  { utilization: 100, score: 10 },
];
// a pod with 3 cpu and 5Gi on nodes with 4 and 6 cpu, 10Gi: as upstream's least_allocated_test.go
const strategies: [ScoringStrategy, { small: number; large: number }][] = [
  [
    { type: 'LeastAllocated', resources: cpuAndMemory },
    { small: 37, large: 50 },
  ],
  [
    { type: 'MostAllocated', resources: cpuAndMemory },
    { small: 62, large: 50 },
  ],
  [
    { type: 'RequestedToCapacityRatio', resources: cpuAndMemory, shape },
    { small: 63, large: 50 },
  ],
  [
    {
      type: 'LeastAllocated',
      resources: [
        { name: 'cpu', weight: 3 },
        { name: 'memory', weight: 1 },
      ],
    },
    { small: 31, large: 50 },
  ],
];

test.each(strategies)('score: $type', (scoringStrategy, expected) => {
  const pod = infoOf({ requests: { cpu: '3', memory: '5Gi' } });
  const nodes = [
    nodeWith(nodeOf('small', { allocatable: { cpu: '4', memory: '10Gi', pods: '9' } })),
    nodeWith(nodeOf('large', { allocatable: { cpu: '6', memory: '10Gi', pods: '9' } })),
  ];
  const scored = createNodeResourcesFit({ profile: { ...defaultProfile, scoringStrategy } });
  expect(scoreAll(scored, pod, nodes)).toEqual(expected);
});

test('a resource that the pod does not ask for does not count', () => {
  const resources = [{ name: 'example.com/gpu', weight: 5 }, ...cpuAndMemory];
  const scoringStrategy: ScoringStrategy = { type: 'MostAllocated', resources };
  const scored = createNodeResourcesFit({ profile: { ...defaultProfile, scoringStrategy } });
  const node = nodeWith(nodeOf('a', { allocatable: { ...gpus, 'example.com/gpu': '4' } }));
  const requests = { cpu: '1', memory: '512Mi' };
  expect(scoreAll(scored, infoOf({ requests }), [node])).toEqual({ a: 50 });
  expect(scoreAll(scored, infoOf({ requests: { ...requests, 'example.com/gpu': '4' } }), [node])).toEqual({
    a: 85,
  });
});

test.each([
  ['a node that fits came', undefined, { cpu: '2', pods: '1' }, true],
  ['a node too small came', undefined, { cpu: '1', pods: '1' }, false],
  ['more of what is asked', { cpu: '1', pods: '1' }, { cpu: '2', pods: '1' }, true],
  [
    'more of something else',
    { cpu: '2', memory: '1', pods: '1' },
    { cpu: '2', memory: '2', pods: '1' },
    false,
  ],
  ['more pods', { cpu: '2', pods: '1' }, { cpu: '2', pods: '2' }, true],
])('hint of nodes: %s', (_name, before, after, expected) => {
  const pod = infoOf({ requests: { cpu: '2' } });
  const old = before && nodeOf('a', { allocatable: before as Record<string, string> });
  const node = nodeOf('a', { allocatable: after as Record<string, string> });
  expect(hintOf(plugin, 'Node', actions.updateNodeAllocatable, pod, old, node)).toBe(expected);
});

test('pods that go from a node help, pods that were nowhere do not', () => {
  const hint = (nodeName?: string) =>
    hintOf(plugin, 'Pod', actions.delete, infoOf(), infoOf({ nodeName }).pod, undefined);
  expect([hint('a'), hint()]).toEqual([true, false]);
});

test('a pod that asks for less helps those that ask for the same', () => {
  const before = infoOf({ nodeName: 'a', requests: { cpu: '2', memory: '1' } });
  const after = infoOf({ nodeName: 'a', requests: { cpu: '1', memory: '1' } });
  const hint = (requests: Record<string, string>) =>
    hintOf(plugin, 'Pod', actions.updatePodScaleDown, infoOf({ requests }), before.pod, after.pod);
  expect([hint({ cpu: '1' }), hint({ memory: '1' })]).toEqual([true, false]);
});
