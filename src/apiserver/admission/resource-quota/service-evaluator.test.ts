import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../api/object.ts';
import { serviceEvaluator } from './service-evaluator.ts';

const service = (spec: object): KubeObject => ({
  metadata: {},
  spec: { ports: [{ port: 1 }, { port: 2, nodePort: 30002 }], ...spec },
});

describe('usage of services', () => {
  it.each([
    ['ClusterIP', {}, '0', '0'],
    ['NodePort', {}, '2', '0'],
    ['LoadBalancer', {}, '2', '1'],
    ['LoadBalancer', { allocateLoadBalancerNodePorts: false }, '1', '1'],
  ])('%s %o', (type, more, nodePorts, loadBalancers) => {
    expect(serviceEvaluator.usage(service({ type, ...more }), 0)).toEqual({
      'count/services': '1',
      services: '1',
      'services.nodeports': nodePorts,
      'services.loadbalancers': loadBalancers,
    });
  });
});
