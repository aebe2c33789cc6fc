// What a write needs besides the object: who asks, where, how.
import type { Clock, Random } from '../../api/clock.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Storage } from '../../storage/storage.ts';
import type { AdmissionChain } from '../admission/admission.ts';
import type { FieldManagers } from '../apply/field-managers.ts';
import type { UserInfo } from '../exchange.ts';
import type { ServedResource } from '../resources.ts';
import type { KeyQueue } from './key-queue.ts';

/** One write's circumstances. */
export interface WriteContext {
  readonly user: UserInfo;
  readonly namespace: string;
  /** '' for the object itself. */
  readonly subresource: string;
  /** `events.k8s.io/v1`: the version that the request speaks; absent for the server's own writes. */
  readonly apiVersion?: string;
  readonly dryRun: boolean;
  warn(text: string): void;
}

/**
 * What happens around the writes of one resource beyond its own object: allocation of addresses, for example. All hooks are
 * optional. Upstream: the BeginCreate, BeginUpdate and AfterDelete hooks of pkg/registry/generic/registry/store.go.
 */
export interface StoreHook {
  readonly group: string;
  readonly resource: string;
  /** Before validation of a create; may change `object`. The result's rollback runs when the create fails later on. */
  beginCreate?(object: KubeObject, dryRun: boolean): Reservation | undefined;
  /** Before validation of an update; may change `object`. */
  beginUpdate?(object: KubeObject, old: KubeObject, dryRun: boolean): Reservation | undefined;
  /** Before a write of a user's is answered, once it is durable and others may write: what must be done first. Must not throw. */
  settled?(name: string): Promise<void>;
  /** After the object is gone; the deletion is answered when this is done. Must not throw. */
  afterDelete?(object: KubeObject): void | Promise<void>;
}

/** Something taken for a write that is not certain yet. */
export interface Reservation {
  /**
   * Called in the same turn of the event loop in which the object is written, so that both go into one commit: starts to
   * store what goes with the object. Not called for dry runs.
   */
  store?(): void;
  /** The write is durable (or would be: a dry run); it is answered when this is done. Must not throw. */
  commit(): void | Promise<void>;
  /** The write failed: give back what was taken, remove what was stored with it. Must not throw. */
  rollback(): void | Promise<void>;
}

/** What every resource store shares. */
export interface StoreDependencies {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  readonly admission: AdmissionChain;
  readonly hooks: readonly StoreHook[];
  readonly queue: KeyQueue;
  readonly fields: FieldManagers;
  /** The labels of a namespace, for rules that ask for one. */
  namespaceLabels?(name: string): Readonly<Record<string, string>> | undefined;
  /** Whether a feature gate is on; absent: all are as 1.36 has them. */
  isGateOn?(name: string): boolean;
}

/** The hook of a resource, if it has one. */
export function hookOf(dependencies: StoreDependencies, resource: ServedResource): StoreHook | undefined {
  const { group, resource: plural } = resource.groupResource;
  return dependencies.hooks.find((h) => h.group === group && h.resource === plural);
}
