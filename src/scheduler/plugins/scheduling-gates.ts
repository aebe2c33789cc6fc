// Holds pods with `spec.schedulingGates` back. Upstream: plugins/schedulinggates/scheduling_gates.go.
import { actions } from '../cluster-events.ts';
import type { Plugin } from '../framework.ts';
import { unresolvable } from '../status.ts';

const name = 'SchedulingGates';

export function createSchedulingGates(): Plugin {
  return {
    name,
    events: [
      {
        resource: 'Pod',
        action: actions.updatePodSchedulingGatesEliminated,
        hint: (pod, _old, object) => object?.metadata.uid === pod.uid,
      },
    ],
    preEnqueue({ pod }) {
      const gates = pod.spec.schedulingGates ?? [];
      if (gates.length === 0) return undefined;
      return unresolvable(
        name,
        `waiting for scheduling gates: [${gates.map((gate) => gate.name).join(' ')}]`,
      );
    },
  };
}
