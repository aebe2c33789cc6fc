// What the garbage collector reads and writes on the server: objects of any kind, by their metadata.
// Upstream: pkg/controller/garbagecollector/operations.go and patch.go.
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject, OwnerReference } from '../../api/object.ts';
import { ApiError } from '../../api/status.ts';
import { isConflict, isNotFound } from '../../client/api-errors.ts';
import type { Client } from '../../client/client.ts';
import type { DiscoveredResource } from '../../client/discovery.ts';
import type { GraphNode, Identity } from './graph.ts';

/** Finds the resource of a kind; throws `UnknownKind` when it is not served. */
export type ResourceLookup = (apiVersion: string, kind: string) => DiscoveredResource;

/** A reference names a kind that is not served, at least not yet. */
export class UnknownKind extends Error {}

/** How dependents of a deleted object are treated. */
export type Propagation = 'Background' | 'Foreground' | 'Orphan';

/** Reads and writes of objects by identity. */
export class LiveObjects {
  private readonly client: Client;
  private readonly lookup: ResourceLookup;

  constructor(client: Client, lookup: ResourceLookup) {
    this.client = client;
    this.lookup = lookup;
  }

  /** The object's metadata as it is now, or undefined when it does not exist or has another uid. */
  async get(identity: Identity): Promise<KubeObject | undefined> {
    const of = this.lookup(identity.apiVersion, identity.kind);
    try {
      const namespace = of.namespaced ? identity.namespace : '';
      const found = await this.client.get(of, { namespace, name: identity.name }, { metadataOnly: true });
      return found.metadata.uid === identity.uid ? found : undefined;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /**
   * Deletes an object whose references were judged as `seen` has them. False when it is gone already. A change of the
   * references meanwhile rejects with the conflict.
   */
  async delete(identity: Identity, seen: KubeObject, propagationPolicy: Propagation): Promise<boolean> {
    const of = this.lookup(identity.apiVersion, identity.kind);
    const { uid } = identity;
    const { resourceVersion } = seen.metadata;
    try {
      await this.client.delete(of, identity, {
        propagationPolicy,
        preconditions: { uid, resourceVersion },
        unread: true,
      });
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      if (!isConflict(error)) throw error;
      const now = await this.get(identity);
      if (!now) return false;
      if (!isDeepStrictEqual(now.metadata.ownerReferences, seen.metadata.ownerReferences)) throw error;
      await this.client.delete(of, identity, { propagationPolicy, preconditions: { uid }, unread: true });
      return true;
    }
  }

  /** Takes owners off an object. One that is gone is no error. */
  async removeOwners(node: GraphNode, uids: readonly string[]): Promise<void> {
    const { uid } = node.identity;
    const ownerReferences = uids.map((owner) => ({ $patch: 'delete', uid: owner }));
    await this.patch(node, { metadata: { uid, ownerReferences } }, (references) =>
      references.filter((o) => !uids.includes(o.uid)),
    );
  }

  /** Makes an object block the deletion of none of its owners. */
  async unblockOwners(node: GraphNode): Promise<void> {
    const { uid } = node.identity;
    const unblocked = (references: readonly OwnerReference[]): OwnerReference[] =>
      references.map((o) => (o.blockOwnerDeletion ? { ...o, blockOwnerDeletion: false } : o));
    const ownerReferences = unblocked(node.owners);
    await this.patch(node, { metadata: { uid, ownerReferences } }, unblocked);
  }

  /** Takes a finalizer off an object; nothing to do when it, or the finalizer, is gone. */
  async removeFinalizer(identity: Identity, finalizer: string): Promise<void> {
    const of = this.lookup(identity.apiVersion, identity.kind);
    for (;;) {
      const found = await this.get(identity);
      if (!found?.metadata.finalizers?.includes(finalizer)) return;
      const { resourceVersion, finalizers } = found.metadata;
      const metadata = { resourceVersion, finalizers: finalizers.filter((f) => f !== finalizer) };
      try {
        await this.client.patch(of, identity, { metadata }, { type: 'merge' });
        return;
      } catch (error) {
        if (isNotFound(error)) return;
        if (!isConflict(error)) throw error;
      }
    }
  }

  private async patch(
    node: GraphNode,
    strategic: object,
    change: (references: readonly OwnerReference[]) => OwnerReference[],
  ): Promise<void> {
    const of = this.lookup(node.identity.apiVersion, node.identity.kind);
    try {
      await this.client.patch(of, node.identity, strategic, { type: 'strategic' });
    } catch (error) {
      if (isNotFound(error)) return;
      if (!(error instanceof ApiError && error.code === 415)) throw error;
      // custom resources know no strategic merge: the whole list, guarded by the resourceVersion
      const found = await this.get(node.identity);
      if (!found) return;
      const { resourceVersion, ownerReferences = [] } = found.metadata;
      const metadata = { resourceVersion, ownerReferences: change(ownerReferences) };
      await this.client.patch(of, node.identity, { metadata }, { type: 'merge' });
    }
  }
}
