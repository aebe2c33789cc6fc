// Higher priority first, then who waits longest. Upstream: plugins/queuesort/priority_sort.go.
import type { Plugin } from '../framework.ts';

export function createPrioritySort(): Plugin {
  return {
    name: 'PrioritySort',
    isBefore(a, b) {
      if (a.info.priority !== b.info.priority) return a.info.priority > b.info.priority;
      if (a.timestamp !== b.timestamp) return a.timestamp < b.timestamp;
      return a.sequence < b.sequence;
    },
  };
}
