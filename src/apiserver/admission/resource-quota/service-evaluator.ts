// Services: how many, how many node ports, how many load balancers.
// Upstream: pkg/quota/v1/evaluator/core/services.go in kubernetes/kubernetes.
import type { Service } from '#types/core_v1';
import { countName, type Evaluator } from './evaluator.ts';

const names = [countName('', 'services'), 'services', 'services.nodeports', 'services.loadbalancers'];

/** Ports that have, or will get, a node port. */
function nodePorts({ spec }: Service): number {
  const ports = spec.ports ?? [];
  if (spec.type === 'NodePort') return ports.length;
  if (spec.type !== 'LoadBalancer') return 0;
  if (spec.allocateLoadBalancerNodePorts !== false) return ports.length;
  return ports.filter((port) => port.nodePort).length;
}

export const serviceEvaluator: Evaluator = {
  // updates too: the type may change
  handles: ({ operation, subresource }) =>
    subresource === '' && (operation === 'CREATE' || operation === 'UPDATE'),
  matchingResources: (asked) => asked.filter((name) => names.includes(name)),
  usage(object) {
    const service = object as unknown as Service;
    return {
      [names[0]!]: '1',
      services: '1',
      'services.nodeports': String(nodePorts(service)),
      'services.loadbalancers': service.spec.type === 'LoadBalancer' ? '1' : '0',
    };
  },
};
