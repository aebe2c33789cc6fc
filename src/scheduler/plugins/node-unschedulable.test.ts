import { expect, test } from 'vitest';
import { actions } from '../cluster-events.ts';
import { filterAll, hintOf, infoOf, nodeOf, nodeWith, podOf } from '../test-objects.ts';
import { createNodeUnschedulable } from './node-unschedulable.ts';

const plugin = createNodeUnschedulable();
const open = nodeOf('a');
const closed = nodeOf('a', { spec: { unschedulable: true } });
const tolerations = [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }];

test.each([
  ['an open node', open, {}, 'fits'],
  ['a cordoned node', closed, {}, 'node(s) were unschedulable'],
  ['tolerated', closed, { tolerations }, 'fits'],
])('%s', (_name, node, pod, expected) => {
  expect(filterAll(plugin, infoOf(pod), [nodeWith(node)])).toEqual({ a: expected });
});

test.each([
  ['an open node came', undefined, open, true],
  ['a cordoned node came', undefined, closed, false],
  ['uncordoned', closed, open, true],
  ['open before', open, open, false],
])('%s', (_name, old, node, expected) => {
  expect(hintOf(plugin, 'Node', actions.updateNodeTaint, infoOf(), old, node)).toBe(expected);
});

test('a toleration for it helps its own pod', () => {
  const pod = infoOf();
  const tolerant = { ...pod.pod, spec: { ...pod.pod.spec, tolerations } };
  const hint = (object: typeof pod.pod) =>
    hintOf(plugin, 'Pod', actions.updatePodToleration, pod, pod.pod, object);
  expect(hint(tolerant)).toBe(true);
  expect(hint(pod.pod)).toBe(false);
  expect(hint(podOf({ tolerations }))).toBe(false);
});
