// Writes are judged namespace by namespace, all that wait at the same time together, so that a burst of them takes one
// write of the quota and not one each.
//
// Guarantees, each with a test in quota-turns.test.ts:
//
//  1. Writes that wait at the same time never take more than is left, whoever else writes the quota.
//  2. A write is let through only when its usage is stored; a refused one takes nothing (but where one quota was stored
//     and another writer of a second one came between; the quota controller counts anew from time to time).
//  3. A write that changes no usage, and a dry run, store nothing and do not wait.
//
// Upstream: quotaEvaluator in k8s.io/apiserver/pkg/admission/plugin/resourcequota/controller.go.
import type { ResourceQuota } from '#types/core_v1';
import type { AdmissionRequest } from '../admission.ts';
import { isEqual } from './amounts.ts';
import { checkRequest } from './check-request.ts';
import type { Evaluator } from './evaluator.ts';

/** The stored quotas. */
export interface QuotaStore {
  /** Those of a namespace; nobody may change them. */
  list(namespace: string): readonly ResourceQuota[];
  /** Stores `status.used`. Throws when the stored quota is no longer the one that `quota` was made of. */
  updateUsed(quota: ResourceQuota): Promise<void>;
}

/** A write that waits for its judgement. */
interface Waiter {
  readonly request: AdmissionRequest;
  readonly evaluator: Evaluator;
  settled: boolean;
  readonly accept: () => void;
  readonly refuse: (error: unknown) => void;
}

function isSameUsage(a: ResourceQuota, b: ResourceQuota): boolean {
  return a === b || isEqual(a.status?.used ?? {}, b.status?.used ?? {});
}

// Upstream's number of tries after the first.
const retries = 3;

/** See the head of this file. */
export class QuotaTurns {
  private readonly store: QuotaStore;
  private readonly now: () => number;
  /** Who waits in each namespace that has somebody at work. */
  private readonly waiting = new Map<string, Waiter[]>();

  constructor(store: QuotaStore, now: () => number) {
    this.store = store;
    this.now = now;
  }

  /** Resolves when the write may go on; rejects with what refuses it. */
  take(request: AdmissionRequest, evaluator: Evaluator): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        request,
        evaluator,
        settled: false,
        accept() {
          waiter.settled = true;
          resolve();
        },
        refuse(error) {
          waiter.settled = true;
          reject(error);
        },
      };
      const others = this.waiting.get(request.namespace);
      if (others) {
        others.push(waiter);
        return;
      }
      this.waiting.set(request.namespace, []);
      void this.work(request.namespace, [waiter]);
    });
  }

  private async work(namespace: string, first: Waiter[]): Promise<void> {
    for (let waiters = first; waiters.length > 0; ) {
      try {
        await this.judge(this.store.list(namespace), waiters);
      } catch (error) {
        for (const waiter of waiters) if (!waiter.settled) waiter.refuse(error);
      }
      waiters = this.waiting.get(namespace)!;
      if (waiters.length > 0) this.waiting.set(namespace, []);
    }
    this.waiting.delete(namespace);
  }

  /** Judges the waiters by these quotas, and again by those that could not be stored. Throws when that fails for good. */
  private async judge(quotas: readonly ResourceQuota[], waiters: readonly Waiter[]): Promise<void> {
    let before = quotas;
    for (let left = retries; ; left--) {
      const failed = await this.storeChanged(before, this.charge(before, waiters));
      if (failed.size === 0) break;
      if (left === 0) throw [...failed.values()].at(-1);
      before = this.store.list(waiters[0]!.request.namespace).filter((q) => failed.has(q.metadata.name!));
    }
    for (const waiter of waiters) if (!waiter.settled) waiter.accept();
  }

  /** The quotas with all usage added that they have room for. Settles whose result needs no write of a quota. */
  private charge(quotas: readonly ResourceQuota[], waiters: readonly Waiter[]): readonly ResourceQuota[] {
    let charged = quotas;
    for (const waiter of waiters) {
      if (waiter.settled) continue;
      try {
        const next = checkRequest(charged, waiter.request, waiter.evaluator, this.now());
        if (waiter.request.dryRun || next.every((quota, i) => isSameUsage(quota, charged[i]!)))
          waiter.accept();
        else charged = next;
      } catch (error) {
        waiter.refuse(error);
      }
    }
    return charged;
  }

  /** Stores what changed; the names of quotas for which that failed, and why. */
  private async storeChanged(
    before: readonly ResourceQuota[],
    after: readonly ResourceQuota[],
  ): Promise<Map<string, unknown>> {
    const failed = new Map<string, unknown>();
    const changed = after.filter((quota, i) => !isSameUsage(quota, before[i]!));
    await Promise.all(
      changed.map((quota) =>
        this.store.updateUsed(quota).catch((error: unknown) => failed.set(quota.metadata.name!, error)),
      ),
    );
    return failed;
  }
}
