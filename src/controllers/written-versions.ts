// Whether the caches have what a controller wrote last. A sync on older objects would only run into conflicts, or repeat what
// was done; it is better put off until the watch brings the write back.
// Upstream has it for ReplicaSets: k8s.io/kubernetes/pkg/controller/util/consistency.
//
// W1. After `wrote(key, lister, object)`, `behind(key)` is not 0 until the lister has this version or a later one, or
//     another object of the name, or `deleted` was told.
// W2. An object that does not come at all is waited for 30 s: it may have been deleted while the watch was interrupted.
import type { Clock } from '../api/clock.ts';
import type { KubeObject } from '../api/object.ts';
import { keyOf, type Lister } from '../client/object-store.ts';

const patienceMs = 30_000;

interface Written {
  readonly lister: Lister<KubeObject>;
  readonly key: string;
  readonly version: string;
  readonly at: number;
}

/** Whether resourceVersion `a` is before `b`: they are whole numbers of any length. */
function isBefore(a: string, b: string): boolean {
  return a.length === b.length ? a < b : a.length < b.length;
}

/** The last writes by the key of the owner for which they were done. */
export class WrittenVersions {
  private readonly clock: Clock;
  private readonly owners = new Map<string, Map<string, Written>>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** The server answered a write with this object. */
  wrote(owner: string, lister: Lister<never>, { metadata, ...rest }: KubeObject): void {
    const { uid, resourceVersion: version } = metadata;
    if (uid === undefined || version === undefined) return;
    const written = this.owners.get(owner) ?? new Map<string, Written>();
    this.owners.set(owner, written);
    const known = written.get(uid);
    if (known && !isBefore(known.version, version)) return;
    written.set(uid, {
      lister: lister as Lister<KubeObject>,
      key: keyOf({ metadata, ...rest }),
      version,
      at: this.clock.now(),
    });
  }

  /** Milliseconds after which to look again, at the latest; 0 when the caches have everything. */
  behind(owner: string): number {
    const written = this.owners.get(owner);
    if (!written) return 0;
    let wait = 0;
    for (const [uid, write] of written) {
      const left = this.missing(uid, write);
      if (left === 0) written.delete(uid);
      wait = Math.max(wait, left);
    }
    if (written.size === 0) this.owners.delete(owner);
    return wait;
  }

  /** The watch told that the object is gone. */
  deleted(owner: string, object: KubeObject): void {
    this.owners.get(owner)?.delete(object.metadata.uid ?? '');
  }

  /** The owner is gone. */
  forget(owner: string): void {
    this.owners.delete(owner);
  }

  private missing(uid: string, { lister, key, version, at }: Written): number {
    const cached = lister.get(key);
    if (cached?.metadata.uid === uid && !isBefore(cached.metadata.resourceVersion ?? '', version)) return 0;
    return Math.max(0, at + patienceMs - this.clock.now());
  }
}
