import { expect, test } from 'vitest';
import { Cache } from './cache.ts';
import { podInfoOf, podInfoOnNode } from './pod-info.ts';
import { Snapshot } from './snapshot.ts';
import { nodeOf, podOf } from './test-objects.ts';

/** What each node carries: pods and thousandths of cpu. */
function load(cache: Cache, snapshot: Snapshot = new Snapshot()): Record<string, [number, number]> {
  snapshot.update(cache);
  return Object.fromEntries(snapshot.nodes.map((n) => [n.name, [n.pods.length, n.requested.milliCpu]]));
}

function assumed(name: string) {
  const pod = podOf({ requests: { cpu: '1' } });
  return { pod, info: podInfoOnNode(podInfoOf(pod), name), uid: pod.metadata.uid! };
}

test('A1: an assumed pod counts until it is forgotten, once', () => {
  const cache = new Cache();
  const snapshot = new Snapshot();
  cache.setNode(nodeOf('a'));
  const { info, uid } = assumed('a');
  cache.assume(info, 'a');
  expect(load(cache, snapshot)).toEqual({ a: [1, 1000] });
  expect(() => cache.assume(info, 'a')).toThrow('is in the cache');
  cache.forget(uid);
  cache.forget(uid);
  expect(load(cache, snapshot)).toEqual({ a: [0, 0] });
});

test('A2: the informer confirms, also on another node; then forgetting does nothing', () => {
  const cache = new Cache();
  for (const name of ['a', 'b']) cache.setNode(nodeOf(name));
  const { pod, info, uid } = assumed('a');
  cache.assume(info, 'a');
  cache.setPod({ ...pod, spec: { ...pod.spec, nodeName: 'b' } });
  cache.forget(uid);
  expect(cache.isAssumed(uid)).toBe(false);
  expect(load(cache)).toEqual({ a: [0, 0], b: [1, 1000] });
  cache.removePod(uid);
  expect(cache.has(uid)).toBe(false);
});

test('A3: pods come before their node, and stay when it goes', () => {
  const cache = new Cache();
  const snapshot = new Snapshot();
  const pod = podOf({ nodeName: 'a', requests: { cpu: '2' } });
  cache.setPod(pod);
  expect(load(cache, snapshot)).toEqual({});
  cache.setNode(nodeOf('a'));
  expect(load(cache, snapshot)).toEqual({ a: [1, 2000] });
  cache.removeNode('a');
  expect(load(cache, snapshot)).toEqual({});
  cache.setNode(nodeOf('a'));
  expect(load(cache, snapshot)).toEqual({ a: [1, 2000] });
});

test('another state of a pod replaces the old one', () => {
  const cache = new Cache();
  cache.setNode(nodeOf('a'));
  const pod = podOf({ nodeName: 'a', requests: { cpu: '2' } });
  cache.setPod(pod);
  const ready = { ...pod, status: { phase: 'Running' } };
  cache.setPod(ready);
  expect(cache.podOf(pod.metadata.uid!)).toBe(ready);
  const smaller = podOf({ nodeName: 'a', requests: { cpu: '1' }, metadata: pod.metadata });
  cache.setPod(smaller);
  expect(load(cache)).toEqual({ a: [1, 1000] });
});

test('a snapshot does not change with the cache, and copies only nodes that changed', () => {
  const cache = new Cache();
  const snapshot = new Snapshot();
  for (const name of ['a', 'b']) cache.setNode(nodeOf(name));
  snapshot.update(cache);
  const [a, b] = snapshot.nodes;
  cache.setPod(podOf({ nodeName: 'a' }));
  expect(a!.pods).toEqual([]);
  snapshot.update(cache);
  expect(snapshot.get('a')!.pods).toHaveLength(1);
  expect(snapshot.nodes[0]).toBe(snapshot.get('a'));
  expect(snapshot.nodes[1]).toBe(b);
});

test('a snapshot knows the nodes whose pods have affinity', () => {
  const cache = new Cache();
  const snapshot = new Snapshot();
  for (const name of ['a', 'b']) cache.setNode(nodeOf(name));
  const term = { labelSelector: { matchLabels: { app: 'x' } }, topologyKey: 'zone' };
  const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
  const pod = podOf({ nodeName: 'b', affinity });
  cache.setPod(pod);
  snapshot.update(cache);
  expect(snapshot.nodesWithRequiredAntiAffinity.map((n) => n.name)).toEqual(['b']);
  expect(snapshot.nodesWithAffinity).toEqual([snapshot.get('b')]);
  cache.removePod(pod.metadata.uid!);
  snapshot.update(cache);
  expect(snapshot.nodesWithAffinity).toEqual([]);
});

test('nodes come one of each zone in turn', () => {
  const cache = new Cache();
  const zone = (name: string) => ({ labels: { 'topology.kubernetes.io/zone': name } });
  for (const name of ['a1', 'a2', 'a3']) cache.setNode(nodeOf(name, zone('a')));
  cache.setNode(nodeOf('b1', zone('b')));
  expect(cache.nodeNames()).toEqual(['a1', 'b1', 'a2', 'a3']);
  cache.setNode(nodeOf('a2', zone('b')));
  expect(cache.nodeNames()).toEqual(['a1', 'b1', 'a3', 'a2']);
});

test('images are counted over nodes', () => {
  const cache = new Cache();
  const images = [{ names: ['nginx:1'], sizeBytes: 7 }];
  for (const name of ['a', 'b']) cache.setNode(nodeOf(name, { images }));
  const snapshot = new Snapshot();
  snapshot.update(cache);
  expect(snapshot.get('a')!.images.get('nginx:1')).toEqual({ sizeBytes: 7, nodes: 2 });
  cache.removeNode('b');
  expect(snapshot.get('a')!.images.get('nginx:1')).toEqual({ sizeBytes: 7, nodes: 1 });
});
