// Stands in for the controller of ReplicaSets, for tests of what only wants their status: all wanted pods are there and ready.
import { isConflict, isNotFound } from '../../src/client/api-errors.ts';
import { replicaSets } from '../../src/client/resources.ts';
import type { ControlPlane } from '../harness/control-plane.ts';

/** Runs until the control plane ends. */
export function startReplicas(plane: ControlPlane): void {
  const { client } = plane;
  const informers = plane.informersFor(client);
  async function fill(key: string): Promise<void> {
    const set = informer.lister.get(key);
    if (!set) return;
    const { spec, metadata, status } = set;
    const count = spec.replicas ?? 1;
    if (status.observedGeneration === metadata.generation && status.replicas === count) return;
    const counts = { replicas: count, readyReplicas: count, availableReplicas: count };
    const now = { ...counts, observedGeneration: metadata.generation };
    try {
      await client.patch(replicaSets, set, { status: now }, { type: 'merge', subresource: 'status' });
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error) && !plane.signal.aborted) throw error;
    }
  }
  const informer = informers.informer(replicaSets);
  const see = ({ metadata }: { metadata: { namespace?: string; name?: string } }): void =>
    void fill(`${metadata.namespace}/${metadata.name}`);
  informer.addHandler({ added: see, updated: (_old, set) => see(set) });
  informers.start(plane.signal);
}
