// A node agent for tests of controllers: binds pods to a node, makes them ready, and ends those that are deleted.
import type { Pod } from '#types/core_v1';
import { formatTime } from '../../src/api/time.ts';
import { isConflict, isNotFound } from '../../src/client/api-errors.ts';
import { pods } from '../../src/client/resources.ts';
import type { ControlPlane } from './control-plane.ts';

/** What becomes of pods; what is absent happens to all of them. */
export interface KubeletOptions {
  /** Whether a pod is scheduled and runs. */
  runs?(pod: Pod): boolean;
  /** Whether a pod that runs is ready. */
  isReady?(pod: Pod): boolean;
  /** Whether a pod that is being deleted ends. */
  ends?(pod: Pod): boolean;
}

/** Runs until the control plane ends. `look` asks the options again about every pod. */
export function startKubelet(plane: ControlPlane, options: KubeletOptions = {}): { look(): Promise<void> } {
  const { client, clock } = plane;
  const informers = plane.informersFor(client);
  const informer = informers.informer(pods);

  async function run(pod: Pod): Promise<void> {
    const { namespace, name } = pod.metadata;
    if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return;
    if (!pod.spec.nodeName) {
      const binding = { metadata: { namespace, name }, target: { kind: 'Node', name: 'node-1' } };
      await client.request('POST', `/api/v1/namespaces/${namespace}/pods/${name}/binding`, {
        apiVersion: 'v1',
        kind: 'Binding',
        ...binding,
      });
    }
    const isReady = options.isReady?.(pod) ?? true;
    const wanted = isReady ? 'True' : 'False';
    const ready = pod.status?.conditions?.find((c) => c.type === 'Ready');
    if (pod.status?.phase === 'Running' && ready?.status === wanted) return;
    const condition = { type: 'Ready', status: wanted, lastTransitionTime: formatTime(clock.now()) };
    const status = { phase: 'Running', conditions: [condition] };
    await client.patch(pods, pod, { status }, { type: 'strategic', subresource: 'status' });
  }

  async function see(pod: Pod): Promise<void> {
    try {
      if (pod.metadata.deletionTimestamp) {
        if (options.ends?.(pod) ?? true) await client.delete(pods, pod, { gracePeriodSeconds: 0 });
      } else if (options.runs?.(pod) ?? true) await run(pod);
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error) && !plane.signal.aborted) throw error;
    }
  }

  informer.addHandler({ added: (pod) => void see(pod), updated: (_old, pod) => void see(pod) });
  informers.start(plane.signal);
  return {
    async look() {
      await Promise.all(informer.lister.list().map(see));
    },
  };
}
