// Pods wait for their volume claims; claims that wait for a pod are bound to volumes that the chosen node reaches, or given
// to the class's provisioner with the node's name. Upstream: plugins/volumebinding.
// Not here: storage capacity of CSI drivers, scores by capacity, and translation of in-tree volumes to CSI.
import type { Node, PersistentVolume, PersistentVolumeClaim } from '#types/core_v1';
import type { StorageClass } from '#types/storage.k8s.io_v1';
import { wait } from '../../../client/backoff.ts';
import { persistentVolumeClaims, persistentVolumes, storageClasses } from '../../../client/resources.ts';
import { semanticEqual } from '../../../kinds/semantic-equal.ts';
import { actions } from '../../cluster-events.ts';
import { stateKey } from '../../cycle-state.ts';
import type { Plugin, PluginContext } from '../../framework.ts';
import type { PodInfo } from '../../pod-info.ts';
import { skip, unresolvable } from '../../status.ts';
import { claimName, claimsOfPod, classOfClaim, isBound, type PodClaims } from './claims.ts';
import { isInTopologies, matchingVolume, nodeReaches } from './matching.ts';

const name = 'VolumeBinding';
const wrongNode = unresolvable(name, "node(s) didn't match PersistentVolume's node affinity");
const noVolume = unresolvable(name, "node(s) didn't find available persistent volumes to bind");
const lostVolume = unresolvable(
  name,
  'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)',
);
const selectedNode = 'volume.kubernetes.io/selected-node';
const boundByController = 'pv.kubernetes.io/bound-by-controller';
const noProvisioner = 'kubernetes.io/no-provisioner';
const bindTimeoutMs = 600_000;
const pollMs = 1000;

/** What is to be done when the pod comes to a node. */
interface NodePlan {
  readonly bind: readonly { readonly volume: PersistentVolume; readonly claim: PersistentVolumeClaim }[];
  readonly provision: readonly PersistentVolumeClaim[];
}

interface BindingState {
  readonly claims: PodClaims;
  readonly plans: Map<string, NodePlan>;
}

const bindingKey = stateKey<BindingState>(name);

function usesClaim({ pod, namespace }: PodInfo, { metadata }: PersistentVolumeClaim): boolean {
  if (metadata.namespace !== namespace) return false;
  return (pod.spec.volumes ?? []).some((volume) => claimName(pod, volume) === metadata.name);
}

export function createVolumeBinding({
  informer,
  client,
  clock,
  signal,
}: Pick<PluginContext, 'informer' | 'client' | 'clock' | 'signal'>): Plugin {
  const claims = informer(persistentVolumeClaims).lister;
  const classes = informer(storageClasses).lister;
  const volumes = informer(persistentVolumes).lister;
  /** Volumes that pods on their way take, by claim uid, until the API server's news have it. */
  const reserved = new Map<string, string>();

  function planFor(delayed: readonly PersistentVolumeClaim[], node: Node): NodePlan | undefined {
    const bind: { volume: PersistentVolume; claim: PersistentVolumeClaim }[] = [];
    const provision: PersistentVolumeClaim[] = [];
    const taken = new Set(reserved.values());
    const all = volumes.list();
    for (const claim of delayed) {
      const selected = claim.metadata.annotations?.[selectedNode];
      if (selected !== undefined && selected !== node.metadata.name) return undefined;
      const volume = selected === undefined ? matchingVolume(claim, all, taken, node) : undefined;
      if (volume) {
        taken.add(volume.metadata.name!);
        bind.push({ volume, claim });
        continue;
      }
      const storage = classes.get(classOfClaim(claim));
      if (!storage || storage.provisioner === noProvisioner) return undefined;
      if (!isInTopologies(storage.allowedTopologies, node)) return undefined;
      provision.push(claim);
    }
    return { bind, provision };
  }

  async function start({ bind, provision }: NodePlan, nodeName: string): Promise<void> {
    for (const { volume, claim } of bind) {
      const { namespace, name: claimName, uid, resourceVersion } = claim.metadata;
      const claimRef = {
        kind: 'PersistentVolumeClaim',
        apiVersion: 'v1',
        namespace,
        name: claimName,
        uid,
        resourceVersion,
      };
      const annotations = volume.spec.claimRef
        ? volume.metadata.annotations
        : { ...volume.metadata.annotations, [boundByController]: 'yes' };
      const metadata = { ...volume.metadata, annotations };
      await client.update(
        persistentVolumes,
        { ...volume, metadata, spec: { ...volume.spec, claimRef } },
        { signal },
      );
    }
    for (const claim of provision) {
      const annotations = { ...claim.metadata.annotations, [selectedNode]: nodeName };
      const metadata = { ...claim.metadata, annotations };
      await client.update(persistentVolumeClaims, { ...claim, metadata }, { signal });
    }
  }

  /** Whether all are bound now. Throws when it can't come to that any more. */
  function isDone({ bind, provision }: NodePlan): boolean {
    const all = [...bind.map(({ claim }) => claim), ...provision];
    return all.every(({ metadata }) => {
      const current = claims.get(`${metadata.namespace}/${metadata.name}`);
      if (!current) throw new Error(`persistentvolumeclaim ${JSON.stringify(metadata.name)} is gone`);
      return isBound(current);
    });
  }

  return {
    name,
    events: [
      {
        resource: 'StorageClass',
        action: actions.add | actions.update,
        hint: (_pod, old, now) =>
          !old ||
          !semanticEqual((old as StorageClass).allowedTopologies, (now as StorageClass).allowedTopologies),
      },
      {
        resource: 'PersistentVolumeClaim',
        action: actions.add | actions.update,
        hint: (pod, _old, now) => usesClaim(pod, now as PersistentVolumeClaim),
      },
      { resource: 'PersistentVolume', action: actions.add | actions.update },
      { resource: 'Node', action: actions.add | actions.updateNodeLabel },
    ],
    preFilter(state, { pod }) {
      const found = claimsOfPod({ claims, classes }, pod);
      if (found === undefined) return skip;
      if (typeof found === 'string') return unresolvable(name, found);
      if (found.unbound.length > 0)
        return unresolvable(name, 'pod has unbound immediate PersistentVolumeClaims');
      state.set(bindingKey, { claims: found, plans: new Map() });
      return undefined;
    },
    filter(state, _pod, { node, name: nodeName }) {
      const { claims: found, plans } = state.get(bindingKey)!;
      for (const { spec } of found.bound) {
        const volume = volumes.get(spec.volumeName!);
        if (!volume) return lostVolume;
        if (!nodeReaches(volume, node!)) return wrongNode;
      }
      const plan = planFor(found.delayed, node!);
      if (!plan) return noVolume;
      plans.set(nodeName, plan);
      return undefined;
    },
    reserve(state, _pod, nodeName) {
      const plan = state.get(bindingKey)?.plans.get(nodeName);
      for (const { volume, claim } of plan?.bind ?? [])
        reserved.set(claim.metadata.uid!, volume.metadata.name!);
      return undefined;
    },
    unreserve(state, _pod, nodeName) {
      for (const { claim } of state.get(bindingKey)?.plans.get(nodeName)?.bind ?? [])
        reserved.delete(claim.metadata.uid!);
    },
    async preBind(state, _pod, nodeName) {
      const plan = state.get(bindingKey)?.plans.get(nodeName);
      if (!plan || (plan.bind.length === 0 && plan.provision.length === 0)) return;
      await start(plan, nodeName);
      const until = clock.now() + bindTimeoutMs;
      while (!isDone(plan)) {
        if (signal.aborted) throw new Error('binding volumes: the scheduler ended');
        if (clock.now() >= until) throw new Error('binding volumes: context deadline exceeded');
        await wait(clock, pollMs, signal);
      }
      for (const { claim } of plan.bind) reserved.delete(claim.metadata.uid!);
    },
  };
}
