import { expect, it } from 'vitest';
import type { Node, Pod } from '#types/core_v1';
import { NodeUsage } from './pod-admission.ts';

const allocatable = { cpu: '4', memory: '8Gi', pods: '3' };
const node = { metadata: { name: 'n1', labels: { zone: 'a' } }, spec: {}, status: {} } as unknown as Node;

let count = 0;
function pod(spec: Record<string, unknown>): Pod {
  return {
    metadata: { uid: `u${count++}` },
    spec: { containers: [], ...spec },
    status: {},
  } as unknown as Pod;
}

function asks(requests: Record<string, string>, rest = {}): Record<string, unknown> {
  return { containers: [{ name: 'c', resources: { requests }, ...rest }] };
}

function affinity(operator: string, values: string[]): Record<string, unknown> {
  const terms = [{ matchExpressions: [{ key: 'zone', operator, values }] }];
  const required = { nodeSelectorTerms: terms };
  return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } } };
}

const tainted: Node = { ...node, spec: { taints: [{ key: 'k', effect: 'NoExecute' }] } };

it.each<[string, Record<string, unknown>, Node, string | undefined]>([
  ['fits', asks({ cpu: '4' }), node, undefined],
  [
    'cpu',
    asks({ cpu: '4001m' }),
    node,
    "OutOfcpu: Node didn't have enough resource: cpu, requested: 4001, used: 0, capacity: 4000",
  ],
  [
    'memory',
    asks({ memory: '9Gi' }),
    node,
    "OutOfmemory: Node didn't have enough resource: memory, requested: 9663676416, used: 0, capacity: 8589934592",
  ],
  ['unknown extended resources are the cluster’s', asks({ 'example.com/gpu': '1' }), node, undefined],
  [
    'selector',
    { nodeSelector: { zone: 'b' } },
    node,
    "NodeAffinity: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
  ],
  ['affinity', affinity('In', ['a']), node, undefined],
  [
    'no affinity',
    affinity('NotIn', ['a']),
    node,
    "NodeAffinity: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
  ],
  [
    'taint',
    {},
    tainted,
    "TaintToleration: Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate",
  ],
  ['tolerated taint', { tolerations: [{ key: 'k', operator: 'Exists' }] }, tainted, undefined],
  ['tolerates everything', { tolerations: [{ operator: 'Exists' }] }, tainted, undefined],
  [
    'windows',
    { os: { name: 'windows' } },
    node,
    "PodOSNotSupported: Failed to admit pod as the OS field doesn't match node OS",
  ],
])('%s', (_, spec, on, expected) => {
  const rejection = new NodeUsage(allocatable).rejection(pod(spec), on);
  expect(rejection && `${rejection.reason}: ${rejection.message}`).toBe(expected);
});

it('counts what is there, and gives it back', () => {
  const usage = new NodeUsage(allocatable);
  const first = pod(asks({ cpu: '3' }, { ports: [{ containerPort: 80, hostPort: 80 }] }));
  usage.add(first);
  usage.add(first);
  expect(usage.rejection(pod(asks({ cpu: '2' })), node)?.reason).toBe('OutOfcpu');
  const samePort = pod(asks({}, { ports: [{ containerPort: 81, hostPort: 80 }] }));
  expect(usage.rejection(samePort, node)?.reason).toBe('NodePorts');
  usage.remove(first);
  usage.remove(first);
  expect(usage.rejection(pod(asks({ cpu: '4' })), node)).toBeUndefined();
  expect(usage.rejection(samePort, node)).toBeUndefined();
  for (let i = 0; i < 3; i++) usage.add(pod({}));
  expect(usage.rejection(pod({}), node)?.reason).toBe('OutOfpods');
});
