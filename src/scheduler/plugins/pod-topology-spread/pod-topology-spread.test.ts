import { expect, test } from 'vitest';
import type { TopologySpreadConstraint } from '#types/core_v1';
import { actions } from '../../cluster-events.ts';
import { CycleState } from '../../cycle-state.ts';
import type { NodeInfo } from '../../node-info.ts';
import type { PodInfo } from '../../pod-info.ts';
import {
  contextOf,
  filterAll,
  hintOf,
  infoOf,
  nodeOf,
  nodeWith,
  podOf,
  scoreAll,
} from '../../test-objects.ts';
import { createPodTopologySpread } from './pod-topology-spread.ts';

const zoneLabel = 'topology.kubernetes.io/zone';
const hostLabel = 'kubernetes.io/hostname';
const labelSelector = { matchLabels: { app: 'web' } };
const tooSkewed = "node(s) didn't match pod topology spread constraints";
const noLabel = `${tooSkewed} (missing required label)`;

function web(count: number): PodInfo[] {
  return Array.from({ length: count }, () => infoOf({ labels: { app: 'web' } }));
}

function node(name: string, zone: string | undefined, count: number): NodeInfo {
  return nodeWith(nodeOf(name, { labels: zone ? { [zoneLabel]: zone } : {} }), ...web(count));
}

function constraint(fields: Partial<TopologySpreadConstraint> = {}): TopologySpreadConstraint {
  return { maxSkew: 1, topologyKey: zoneLabel, whenUnsatisfiable: 'DoNotSchedule', labelSelector, ...fields };
}

function spreading(...topologySpreadConstraints: TopologySpreadConstraint[]): PodInfo {
  return infoOf({ labels: { app: 'web' }, topologySpreadConstraints });
}

const uneven = [node('a1', 'a', 1), node('a2', 'a', 1), node('b1', 'b', 1), node('x', undefined, 0)];

const filters: [string, TopologySpreadConstraint[], Record<string, string>][] = [
  ['the fuller zone is out', [constraint()], { a1: tooSkewed, a2: tooSkewed, b1: 'fits', x: noLabel }],
  ['more skew', [constraint({ maxSkew: 2 })], { a1: 'fits', a2: 'fits', b1: 'fits', x: noLabel }],
  [
    'too few domains: the emptiest has none',
    [constraint({ maxSkew: 2, minDomains: 3 })],
    { a1: tooSkewed, a2: tooSkewed, b1: 'fits', x: noLabel },
  ],
  [
    'by node',
    [constraint({ topologyKey: hostLabel })],
    { a1: tooSkewed, a2: tooSkewed, b1: tooSkewed, x: 'fits' },
  ],
  [
    'wishes do not filter',
    [constraint({ whenUnsatisfiable: 'ScheduleAnyway' })],
    { a1: 'fits', a2: 'fits', b1: 'fits', x: 'fits' },
  ],
  [
    'labels of the pod narrow the selector',
    [constraint({ labelSelector: {}, matchLabelKeys: ['app'] })],
    { a1: tooSkewed, a2: tooSkewed, b1: 'fits', x: noLabel },
  ],
];

test.each(filters)('filter: %s', (_name, constraints, expected) => {
  const plugin = createPodTopologySpread(contextOf(uneven));
  expect(filterAll(plugin, spreading(...constraints), uneven)).toEqual(expected);
});

test('pods that are being deleted and pods of other namespaces do not count', () => {
  const nodes = [node('a1', 'a', 0), node('b1', 'b', 0)];
  nodes[0]!.addPod(
    infoOf({ labels: { app: 'web' }, metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }),
  );
  nodes[0]!.addPod(infoOf({ labels: { app: 'web' }, namespace: 'other' }));
  const plugin = createPodTopologySpread(contextOf(nodes));
  expect(filterAll(plugin, spreading(constraint()), nodes)).toEqual({ a1: 'fits', b1: 'fits' });
});

test('nodes that the pod may not use count only when told so', () => {
  const taints = [{ key: 'k', effect: 'NoSchedule' }];
  const closed = nodeWith(nodeOf('b1', { labels: { [zoneLabel]: 'b' }, spec: { taints } }));
  const nodes = [node('a1', 'a', 1), closed];
  const plugin = createPodTopologySpread(contextOf(nodes));
  expect(filterAll(plugin, spreading(constraint()), nodes)['a1']).toBe(tooSkewed);
  expect(filterAll(plugin, spreading(constraint({ nodeTaintsPolicy: 'Honor' })), nodes)['a1']).toBe('fits');
});

test('a simulation counts pods that come and go', () => {
  const nodes = [node('a1', 'a', 1), node('b1', 'b', 0)];
  const plugin = createPodTopologySpread(contextOf(nodes));
  const pod = spreading(constraint());
  const state = new CycleState();
  plugin.preFilter!(state, pod, nodes);
  const simulated = state.copy();
  plugin.removePod!(simulated, pod, nodes[0]!.pods[0]!, nodes[0]!);
  expect(plugin.filter!(simulated, pod, nodes[0]!)).toBeUndefined();
  expect(plugin.filter!(state, pod, nodes[0]!)).toBeDefined();
  plugin.addPod!(simulated, pod, infoOf({ labels: { app: 'web' } }), nodes[0]!);
  expect(plugin.filter!(simulated, pod, nodes[0]!)).toBeDefined();
});

test('wishes score the emptier zone and node higher', () => {
  const nodes = [node('a1', 'a', 2), node('a2', 'a', 0), node('b1', 'b', 1), node('x', undefined, 0)];
  const plugin = createPodTopologySpread(contextOf(nodes));
  const soft = { whenUnsatisfiable: 'ScheduleAnyway' };
  const scores = scoreAll(
    plugin,
    spreading(constraint(soft), constraint({ ...soft, topologyKey: hostLabel })),
    nodes,
  );
  expect(scores).toEqual({ a1: 50, a2: 100, b1: 100, x: 0 });
});

test('pods of one owner are spread by default', () => {
  const nodes = [node('a1', 'a', 2), node('b1', 'b', 0)];
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'u', controller: true };
  const replicaSet = { metadata: { name: 'web', namespace: 'default' }, spec: { selector: labelSelector } };
  const service = { metadata: { name: 'web', namespace: 'default' }, spec: { selector: { app: 'web' } } };
  const owned = infoOf({ labels: { app: 'web' }, metadata: { ownerReferences: [owner] } });
  const served = infoOf({ labels: { app: 'web' } });
  const scores = (pod: PodInfo, objects: Parameters<typeof contextOf>[1]) =>
    scoreAll(createPodTopologySpread(contextOf(nodes, objects)), pod, nodes);
  const expected = { a1: 50, b1: 100 };
  expect(scores(owned, { 'replicasets.apps/v1': [replicaSet] })).toEqual(expected);
  expect(scores(served, { services: [service] })).toEqual(expected);
  expect(scores(served, {})).toBeUndefined();
  expect(scores(owned, {})).toBeUndefined();
});

test('hints: only what the constraints mean helps', () => {
  const plugin = createPodTopologySpread(contextOf([]));
  const pod = spreading(constraint());
  const hint = (labels: Record<string, string>, nodeName?: string) =>
    hintOf(plugin, 'Pod', actions.delete, pod, podOf({ labels, nodeName }), undefined);
  expect([hint({ app: 'web' }, 'a'), hint({ app: 'db' }, 'a'), hint({ app: 'web' })]).toEqual([
    true,
    false,
    false,
  ]);
  const inZone = nodeOf('a', { labels: { [zoneLabel]: 'a' } });
  const nodeHint = (old: typeof inZone | undefined, now: typeof inZone | undefined) =>
    hintOf(plugin, 'Node', actions.add, pod, old, now);
  expect(nodeHint(undefined, inZone)).toBe(true);
  expect(nodeHint(undefined, nodeOf('a'))).toBe(false);
  expect(nodeHint(inZone, undefined)).toBe(true);
  expect(nodeHint(inZone, inZone)).toBe(false);
  expect(nodeHint(inZone, nodeOf('a', { labels: { [zoneLabel]: 'b' } }))).toBe(true);
});
