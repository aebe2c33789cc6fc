import { expect, test } from 'vitest';
import { actions } from '../cluster-events.ts';
import { filterAll, hintOf, infoOf, nodeOf, nodeWith, scoreAll } from '../test-objects.ts';
import { createTaintToleration } from './taint-toleration.ts';

const plugin = createTaintToleration();

function tainted(name: string, ...effects: string[]) {
  const taints = effects.map((effect, i) => ({ key: `k${i}`, value: 'v', effect }));
  return nodeOf(name, { spec: { taints } });
}

const nodes = [
  tainted('none'),
  tainted('schedule', 'NoSchedule'),
  tainted('execute', 'NoExecute'),
  tainted('prefer', 'PreferNoSchedule'),
  tainted('prefer2', 'PreferNoSchedule', 'PreferNoSchedule'),
].map((node) => nodeWith(node));
const no = 'node(s) had untolerated taint(s)';
const all = { none: 'fits', schedule: 'fits', execute: 'fits', prefer: 'fits', prefer2: 'fits' };

test.each([
  ['nothing tolerated', [], { ...all, schedule: no, execute: no }],
  ['one effect', [{ key: 'k0', operator: 'Exists', effect: 'NoSchedule' }], { ...all, execute: no }],
  ['everything', [{ operator: 'Exists' }], all],
])('filter: %s', (_name, tolerations, expected) => {
  expect(filterAll(plugin, infoOf({ tolerations }), nodes)).toEqual(expected);
});

test.each([
  ['nothing tolerated', [], { none: 100, schedule: 100, execute: 100, prefer: 50, prefer2: 0 }],
  [
    'one of two',
    [{ key: 'k0', operator: 'Exists', effect: 'PreferNoSchedule' }],
    { none: 100, schedule: 100, execute: 100, prefer: 100, prefer2: 0 },
  ],
  [
    'tolerations of other effects do not count',
    [{ key: 'k0', operator: 'Exists', effect: 'NoSchedule' }],
    { none: 100, schedule: 100, execute: 100, prefer: 50, prefer2: 0 },
  ],
])('score: %s', (_name, tolerations, expected) => {
  expect(scoreAll(plugin, infoOf({ tolerations }), nodes)).toEqual(expected);
});

test.each([
  ['a node without taints came', undefined, tainted('a'), true],
  ['a tainted node came', undefined, tainted('a', 'NoSchedule'), false],
  ['a taint went', tainted('a', 'NoSchedule'), tainted('a'), true],
  ['another taint is left', tainted('a', 'NoSchedule', 'NoExecute'), tainted('a', 'NoSchedule'), false],
  ['nothing kept it away', tainted('a', 'PreferNoSchedule'), tainted('a'), false],
])('hint: %s', (_name, old, node, expected) => {
  expect(hintOf(plugin, 'Node', actions.updateNodeTaint, infoOf(), old, node)).toBe(expected);
});
