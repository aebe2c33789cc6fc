// Ports of the node that pods ask for must be free. Upstream: plugins/nodeports/node_ports.go.
import type { Pod } from '#types/core_v1';
import { actions } from '../cluster-events.ts';
import type { Plugin } from '../framework.ts';
import { addPorts, hostPortsOf, portsConflict, type UsedPorts } from '../host-ports.ts';
import { skip, unschedulable } from '../status.ts';

const name = 'NodePorts';
const taken = unschedulable(name, "node(s) didn't have free ports for the requested pod ports");

export function createNodePorts(): Plugin {
  return {
    name,
    events: [
      {
        resource: 'Pod',
        action: actions.delete,
        hint(pod, old) {
          const gone = old as Pod;
          if (!gone.spec.nodeName && !gone.status?.nominatedNodeName) return false;
          const freed: UsedPorts = new Map();
          addPorts(freed, hostPortsOf(gone));
          return portsConflict(freed, pod.hostPorts);
        },
      },
      { resource: 'Node', action: actions.add },
    ],
    preFilter(_state, { hostPorts }) {
      return hostPorts.length === 0 ? skip : undefined;
    },
    filter(_state, { hostPorts }, { usedPorts }) {
      return portsConflict(usedPorts, hostPorts) ? taken : undefined;
    },
  };
}
