import { expect, test } from 'vitest';
import { actions } from '../cluster-events.ts';
import { CycleState } from '../cycle-state.ts';
import { filterAll, hintOf, infoOf, nodeOf, nodeWith, type PodFields, scoreAll } from '../test-objects.ts';
import { createNodeAffinity } from './node-affinity.ts';

const plugin = createNodeAffinity();
const ssd = nodeOf('ssd', { labels: { disk: 'ssd' } });
const hdd = nodeOf('hdd', { labels: { disk: 'hdd' } });
const nodes = [nodeWith(ssd), nodeWith(hdd)];
const no = "node(s) didn't match Pod's node affinity/selector";

function named(...names: string[][]): PodFields {
  const nodeSelectorTerms = names.map((values) => ({
    matchFields: values.map((value) => ({ key: 'metadata.name', operator: 'In', values: [value] })),
  }));
  return {
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
  };
}

function preferring(weights: Record<string, number>): PodFields {
  const preferred = Object.entries(weights).map(([value, weight]) => ({
    weight,
    preference: { matchExpressions: [{ key: 'disk', operator: 'In', values: [value] }] },
  }));
  return { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } } };
}

test.each<[string, PodFields, object]>([
  ['nothing asked', {}, { ssd: 'fits', hdd: 'fits' }],
  ['a selector', { nodeSelector: { disk: 'ssd' } }, { ssd: 'fits', hdd: no }],
  [
    'names that exclude one another',
    named(['ssd', 'hdd']),
    { ssd: 'pod affinity terms conflict', hdd: 'pod affinity terms conflict' },
  ],
])('filter: %s', (_name, pod, expected) => {
  expect(filterAll(plugin, infoOf(pod), nodes)).toEqual(expected);
});

test('names narrow the nodes', () => {
  const result = plugin.preFilter!(new CycleState(), infoOf(named(['ssd'], ['x'])), nodes);
  expect(result).toEqual({ nodeNames: new Set(['ssd', 'x']) });
});

test.each<[string, PodFields, object | undefined]>([
  ['nothing preferred', {}, undefined],
  ['one', preferring({ ssd: 5 }), { ssd: 100, hdd: 0 }],
  ['by weight', preferring({ ssd: 10, hdd: 5 }), { ssd: 100, hdd: 50 }],
])('score: %s', (_name, pod, expected) => {
  expect(scoreAll(plugin, infoOf(pod), nodes)).toEqual(expected);
});

test.each([
  ['a node that matches came', undefined, ssd, true],
  ['another came', undefined, hdd, false],
  ['it matches now', nodeOf('ssd'), ssd, true],
  ['it matched before', ssd, ssd, false],
])('hint: %s', (_name, old, node, expected) => {
  const pod = infoOf({ nodeSelector: { disk: 'ssd' } });
  expect(hintOf(plugin, 'Node', actions.updateNodeLabel, pod, old, node)).toBe(expected);
});
