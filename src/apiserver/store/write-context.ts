// What a write needs besides the object: who asks, where, how.
import type { Clock, Random } from '../../api/clock.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Storage } from '../../storage/storage.ts';
import type { AdmissionChain } from '../admission/admission.ts';
import type { UserInfo } from '../exchange.ts';
import type { ServedResource } from '../resources.ts';
import type { KeyQueue } from './key-queue.ts';

/** One write's circumstances. */
export interface WriteContext {
  readonly user: UserInfo;
  readonly namespace: string;
  /** '' for the object itself. */
  readonly subresource: string;
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
  /** After the object is gone. */
  afterDelete?(object: KubeObject): void;
}

/** Something taken for a write that is not certain yet. */
export interface Reservation {
  /** The write is durable. */
  commit(): void;
  /** The write failed: give back what was taken. */
  rollback(): void;
}

/** What every resource store shares. */
export interface StoreDependencies {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  readonly admission: AdmissionChain;
  readonly hooks: readonly StoreHook[];
  readonly queue: KeyQueue;
}

/** The hook of a resource, if it has one. */
export function hookOf(dependencies: StoreDependencies, resource: ServedResource): StoreHook | undefined {
  const { group, resource: plural } = resource.groupResource;
  return dependencies.hooks.find((h) => h.group === group && h.resource === plural);
}
