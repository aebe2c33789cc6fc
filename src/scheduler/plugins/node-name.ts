// A pod with `spec.nodeName` fits that node only. Upstream: plugins/nodename/node_name.go.
import { actions } from '../cluster-events.ts';
import type { Plugin } from '../framework.ts';
import { unresolvable } from '../status.ts';

const name = 'NodeName';
const anotherNode = unresolvable(name, "node(s) didn't match the requested node name");

export function createNodeName(): Plugin {
  return {
    name,
    events: [{ resource: 'Node', action: actions.add }],
    filter(_state, { pod }, node) {
      return pod.spec.nodeName && pod.spec.nodeName !== node.name ? anotherNode : undefined;
    },
  };
}
