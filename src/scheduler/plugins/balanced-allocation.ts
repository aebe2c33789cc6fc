// Likes nodes whose resources the pod uses evenly. Upstream: plugins/noderesources/balanced_allocation.go.
import { maxNodeScore, type Plugin } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { Resources } from '../resource-amounts.ts';
import { skip } from '../status.ts';

/** 100 when cpu and memory are used to the same part; less the more they differ. */
function balance(cpu: number, memory: number, { milliCpu, memory: bytes }: Resources): number {
  // a resource that the node does not have does not count, and one alone is balanced
  if (milliCpu === 0 || bytes === 0) return maxNodeScore;
  const deviation = Math.abs((Math.min(cpu / milliCpu, 1) - Math.min(memory / bytes, 1)) / 2);
  return Math.trunc((1 - deviation) * maxNodeScore);
}

/** Above 75 when the pod makes the node more even, below when less. */
function improvement(wanted: Resources, { requested, allocatable }: NodeInfo): number {
  const before = balance(requested.milliCpu, requested.memory, allocatable);
  const after = balance(requested.milliCpu + wanted.milliCpu, requested.memory + wanted.memory, allocatable);
  const half = maxNodeScore / 2;
  return half + Math.trunc((half + after - before) / 2);
}

/** With the default resources, cpu and memory. */
export function createBalancedAllocation(): Plugin {
  return {
    name: 'NodeResourcesBalancedAllocation',
    preScore(_state, { requests }) {
      return requests.milliCpu === 0 && requests.memory === 0 ? skip : undefined;
    },
    score(_state, { requests }, node) {
      return improvement(requests, node);
    },
  };
}
