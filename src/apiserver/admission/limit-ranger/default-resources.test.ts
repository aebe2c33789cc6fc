import { describe, expect, it } from 'vitest';
import type { LimitRange, Pod } from '#types/core_v1';
import { setDefaultResources } from './default-resources.ts';

const range: LimitRange = {
  metadata: { name: 'r' },
  spec: {
    limits: [
      { type: 'Container', default: { cpu: '500m', memory: '1Gi' }, defaultRequest: { cpu: '100m' } },
      { type: 'Pod', default: { cpu: '9' } },
    ],
  },
};

function pod(containers: object[], initContainers?: object[]): Pod {
  return { metadata: { name: 'p' }, spec: { containers, initContainers } } as unknown as Pod;
}

describe('setDefaultResources', () => {
  it('fills in what containers do not state, and tells', () => {
    const made = pod(
      [{ name: 'a' }, { name: 'b', resources: { limits: { memory: '2Gi' } } }],
      [{ name: 'i' }],
    );
    setDefaultResources(range, made);
    expect(made.spec.containers!.map((c) => c.resources)).toEqual([
      { limits: { cpu: '500m', memory: '1Gi' }, requests: { cpu: '100m' } },
      { limits: { cpu: '500m', memory: '2Gi' }, requests: { cpu: '100m' } },
    ]);
    expect(made.metadata.annotations).toEqual({
      'kubernetes.io/limit-ranger':
        'LimitRanger plugin set: cpu request for container a; cpu, memory limit for container a; cpu request for container b; cpu limit for container b; cpu request for init container i; cpu, memory limit for init container i',
    });
  });

  it('leaves a pod alone that states everything', () => {
    const resources = { limits: { cpu: '1', memory: '1' }, requests: { cpu: '1' } };
    const made = pod([{ name: 'a', resources }]);
    setDefaultResources(range, made);
    expect(made).toEqual(pod([{ name: 'a', resources }]));
  });
});
