// The finalizer that holds a storage object as long as somebody uses it.
// Upstream: pkg/controller/volume/protectionutil.

import type { KubeObject } from '../../api/object.ts';
import type { Client } from '../../client/client.ts';
import type { Resource } from '../../client/resource.ts';

/** A finalizer of one kind of objects. */
export class ProtectionFinalizer<T extends KubeObject> {
  private readonly client: Client;
  private readonly resource: Resource<T>;
  private readonly name: string;

  constructor(client: Client, resource: Resource<T>, name: string) {
    this.client = client;
    this.resource = resource;
    this.name = name;
  }

  private isOn({ metadata }: T): boolean {
    return metadata.finalizers?.includes(this.name) ?? false;
  }

  /** Whether the object is being deleted and only waits for nobody to use it, or lacks the finalizer that admission gives. */
  concerns(object: T): boolean {
    return this.isOn(object) === (object.metadata.deletionTimestamp !== undefined);
  }

  /** Takes the finalizer from an object that is being deleted and not used, or gives it to one that is not. */
  async settle(object: T, isUsed: () => boolean | Promise<boolean>): Promise<void> {
    if (!this.concerns(object)) return;
    const { metadata } = object;
    const others = (metadata.finalizers ?? []).filter((finalizer) => finalizer !== this.name);
    const ends = metadata.deletionTimestamp !== undefined;
    if (ends && (await isUsed())) return;
    const finalizers = ends ? others : [...others, this.name];
    await this.client.update(this.resource, { ...object, metadata: { ...metadata, finalizers } });
  }
}
