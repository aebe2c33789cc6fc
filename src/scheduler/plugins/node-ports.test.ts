import { expect, test } from 'vitest';
import type { ContainerPort } from '#types/core_v1';
import { actions } from '../cluster-events.ts';
import { filterAll, hintOf, infoOf, nodeOf, nodeWith, type PodFields } from '../test-objects.ts';
import { createNodePorts } from './node-ports.ts';

const plugin = createNodePorts();
const no = "node(s) didn't have free ports for the requested pod ports";

function withPorts(...ports: Partial<ContainerPort>[]): PodFields {
  const full = ports.map((port) => ({ containerPort: 80, ...port }));
  return { containers: [{ name: 'c', resources: {}, ports: full }] };
}

test.each<[string, PodFields, PodFields, string]>([
  ['nothing asked', {}, withPorts({ hostPort: 80 }), 'fits'],
  ['the same', withPorts({ hostPort: 80 }), withPorts({ hostPort: 80 }), no],
  ['another port', withPorts({ hostPort: 81 }), withPorts({ hostPort: 80 }), 'fits'],
  ['another protocol', withPorts({ hostPort: 80, protocol: 'UDP' }), withPorts({ hostPort: 80 }), 'fits'],
  [
    'another address',
    withPorts({ hostPort: 80, hostIP: '1.1.1.1' }),
    withPorts({ hostPort: 80, hostIP: '2.2.2.2' }),
    'fits',
  ],
  ['one address of all', withPorts({ hostPort: 80, hostIP: '1.1.1.1' }), withPorts({ hostPort: 80 }), no],
  ['all addresses', withPorts({ hostPort: 80 }), withPorts({ hostPort: 80, hostIP: '1.1.1.1' }), no],
  ['container ports do not count', withPorts({}), withPorts({}), 'fits'],
])('filter: %s', (_name, pod, other, expected) => {
  expect(filterAll(plugin, infoOf(pod), [nodeWith(nodeOf('a'), infoOf(other))])).toEqual({ a: expected });
});

test('a pod that goes frees its ports', () => {
  const node = nodeWith(nodeOf('a'));
  const other = infoOf(withPorts({ hostPort: 80 }, { hostPort: 81 }));
  node.addPod(other);
  node.removePod(other.uid);
  expect(node.usedPorts.size).toBe(0);
});

test.each([
  ['a pod with the port went', { ...withPorts({ hostPort: 80 }), nodeName: 'a' }, true],
  ['a pod with another port went', { ...withPorts({ hostPort: 81 }), nodeName: 'a' }, false],
  ['a pod that was nowhere went', withPorts({ hostPort: 80 }), false],
])('hint: %s', (_name, gone, expected) => {
  const pod = infoOf(withPorts({ hostPort: 80 }));
  expect(hintOf(plugin, 'Pod', actions.delete, pod, infoOf(gone).pod, undefined)).toBe(expected);
});
