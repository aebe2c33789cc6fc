// What a runtime is told of a pod's sandbox.
import type { Pod } from '#types/core_v1';
import type { SandboxConfig } from './runtimes/runtime.ts';
import type { HostNode } from './worker-context.ts';

/** The configuration of a pod's `attempt`-th sandbox. */
export function sandboxConfigOf(pod: Pod, node: HostNode, attempt: number): SandboxConfig {
  const { uid = '', namespace = '', name = '', labels = {}, annotations = {} } = pod.metadata;
  return {
    podUid: uid,
    namespace,
    name,
    node: node.name,
    attempt,
    hostNetwork: pod.spec.hostNetwork === true,
    podCidr: node.podCidr,
    labels,
    annotations,
  };
}
