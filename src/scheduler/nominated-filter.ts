// Filters a node as if the pods nominated to it were there already.
// Upstream: RunFilterPluginsWithNominatedPods in pkg/scheduler/framework/runtime/framework.go.
import type { CycleState } from './cycle-state.ts';
import type { NodeInfo } from './node-info.ts';
import type { PluginRunner } from './plugin-runner.ts';
import type { PodInfo } from './pod-info.ts';
import type { Nominator } from './queue/nominator.ts';
import type { Status } from './status.ts';

/**
 * Why the pod does not fit the node. It must fit with the nominated pods of the same or a higher priority, which it must
 * not take the room from, and without them, since they may end up elsewhere and pod affinity must not count on them.
 */
export function filterWithNominated(
  runner: PluginRunner,
  nominator: Nominator,
  state: CycleState,
  pod: PodInfo,
  node: NodeInfo,
): Status | undefined {
  if (nominator.isEmpty) return runner.filter(state, pod, node);
  const nominated = nominator.podsOnNode(node.name);
  const others = nominated.filter(({ uid, priority }) => priority >= pod.priority && uid !== pod.uid);
  if (others.length > 0) {
    const withThem = state.copy();
    const fuller = node.copy();
    for (const other of others) {
      fuller.addPod(other);
      runner.addPod(withThem, pod, other, fuller);
    }
    const status = runner.filter(withThem, pod, fuller);
    if (status) return status;
  }
  return runner.filter(state, pod, node);
}
