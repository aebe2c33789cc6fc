// Writes pod statuses: the newest of each pod, only what differs, so many at a time. A burst of changes of one pod becomes
// one write. Upstream: k8s.io/kubernetes/pkg/kubelet/status/status_manager.go.
//
// W1. There is one write of a pod at a time; what comes meanwhile is written after it, merged.
// W2. A status that the API has already is not written.
// W3. A failed write is tried again, with the status that is newest then; a pod that is gone is forgotten.
// W4. A pod that is finished, is being deleted, and whose final phase is in the API is deleted for good.
import type { Logger } from 'pino';
import type { Pod, PodStatus } from '#types/core_v1';
import type { Clock, Timer } from '../api/clock.ts';
import { isNotFound } from '../client/api-errors.ts';
import type { Client } from '../client/client.ts';
import { pods } from '../client/resources.ts';
import { statusPatch } from './status-patch.ts';

/** What a status writer needs. */
export interface StatusWriterOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Writes at a time; default 32. */
  readonly concurrency?: number;
}

interface Entry {
  /** The newest object that the API is known to have. */
  pod: Pod;
  status: PodStatus | undefined;
  isFinished: boolean;
  isWriting: boolean;
  failures: number;
  retry: Timer | undefined;
}

/** What is to be written; undefined: nothing. */
type Patch = ReturnType<typeof statusPatch>;

const firstRetryMs = 500;
const longestRetryMs = 10_000;

/** Whether version `a` is newer than `b`: both are decimal numbers. */
function isNewer(a: string | undefined, b: string | undefined): boolean {
  const [left, right] = [a ?? '', b ?? ''];
  return left.length === right.length ? left > right : left.length > right.length;
}

/** Writes pod statuses. */
export class StatusWriter {
  private readonly options: StatusWriterOptions;
  private readonly limit: number;
  private readonly entries = new Map<string, Entry>();
  private readonly waiting = new Set<string>();
  private active = 0;
  private idlers: (() => void)[] = [];

  constructor(options: StatusWriterOptions) {
    this.options = options;
    this.limit = options.concurrency ?? 32;
  }

  /** The last status that was set for a pod. */
  get(uid: string): PodStatus | undefined {
    return this.entries.get(uid)?.status;
  }

  /** The API has this object. Writes again when somebody changed what the kubelet owns. */
  observe(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    const entry = this.entries.get(uid);
    if (!entry || !isNewer(pod.metadata.resourceVersion, entry.pod.metadata.resourceVersion)) return;
    entry.pod = pod;
    if (entry.status) this.queue(uid);
  }

  /** Sets a pod's status. `isFinished`: nothing of it runs, and no other status will follow. Never change it afterwards. */
  set(pod: Pod, status: PodStatus, isFinished: boolean): void {
    const uid = pod.metadata.uid ?? '';
    const entry = this.entries.get(uid);
    if (!entry)
      this.entries.set(uid, { pod, status, isFinished, isWriting: false, failures: 0, retry: undefined });
    else {
      entry.status = status;
      entry.isFinished = isFinished;
      if (isNewer(pod.metadata.resourceVersion, entry.pod.metadata.resourceVersion)) entry.pod = pod;
    }
    this.queue(uid);
  }

  /** The pod is gone. */
  forget(uid: string): void {
    this.entries.get(uid)?.retry?.cancel();
    this.entries.delete(uid);
    this.waiting.delete(uid);
    this.tellIdle();
  }

  /** Resolves when nothing waits and nothing is being written. */
  async flush(): Promise<void> {
    if (this.active === 0 && this.waiting.size === 0) return;
    await new Promise<void>((resolve) => this.idlers.push(resolve));
  }

  private queue(uid: string): void {
    this.waiting.add(uid);
    this.pump();
  }

  private pump(): void {
    for (const uid of this.waiting) {
      if (this.active >= this.limit || this.options.signal.aborted) return;
      const entry = this.entries.get(uid);
      // one that is being written comes again when that is over
      if (entry?.isWriting) continue;
      this.waiting.delete(uid);
      if (!entry) continue;
      const patch = this.patchOf(entry);
      if (patch || canBeDeleted(entry)) void this.work(uid, entry, patch);
    }
    this.tellIdle();
  }

  private patchOf({ pod, status }: Entry): Patch {
    return status && statusPatch(pod.metadata.uid ?? '', pod.status ?? {}, status);
  }

  private async work(uid: string, entry: Entry, patch: Patch): Promise<void> {
    this.active++;
    entry.isWriting = true;
    try {
      await this.write(entry, patch);
      entry.failures = 0;
    } catch (error) {
      this.failed(uid, entry, error);
    }
    entry.isWriting = false;
    this.active--;
    this.pump();
  }

  private async write(entry: Entry, patch: Patch): Promise<void> {
    const { client, signal } = this.options;
    if (patch) {
      const before = entry.pod;
      const written = await client.patchWatched(
        pods,
        before,
        patch,
        { type: 'strategic', subresource: 'status', signal },
        () => entry.pod === before,
      );
      if (written && isNewer(written.metadata.resourceVersion, entry.pod.metadata.resourceVersion))
        entry.pod = written;
    }
    if (!canBeDeleted(entry)) return;
    const { uid } = entry.pod.metadata;
    await client.delete(pods, entry.pod, {
      gracePeriodSeconds: 0,
      preconditions: { uid },
      signal,
      unread: true,
    });
    this.forget(uid ?? '');
  }

  private failed(uid: string, entry: Entry, error: unknown): void {
    const { clock, log, signal } = this.options;
    if (signal.aborted || this.entries.get(uid) !== entry) return;
    if (isNotFound(error)) {
      log.debug({ err: error, pod: entry.pod.metadata.name }, 'a pod was gone when its status came');
      this.forget(uid);
      return;
    }
    log.info({ err: error, pod: entry.pod.metadata.name }, 'writing a pod status failed, trying again');
    const pause = Math.min(firstRetryMs * 2 ** entry.failures++, longestRetryMs);
    entry.retry?.cancel();
    entry.retry = clock.after(pause, () => this.queue(uid));
  }

  private tellIdle(): void {
    if (this.idlers.length === 0 || this.active > 0 || this.waiting.size > 0) return;
    for (const idler of this.idlers.splice(0)) idler();
  }
}

const finalPhases = new Set(['Succeeded', 'Failed']);

function canBeDeleted({ pod, isFinished }: Entry): boolean {
  return isFinished && Boolean(pod.metadata.deletionTimestamp) && finalPhases.has(pod.status?.phase ?? '');
}
