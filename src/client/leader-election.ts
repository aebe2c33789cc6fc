// Leader election through a Lease: of several copies of a part one works.
// Upstream: k8s.io/client-go/tools/leaderelection/leaderelection.go.
//
// L1. At most one holder at a time, as far as clocks' speeds agree: a holder stops working `renewDeadlineMs` after its last
//     renewal, and nobody takes over before `leaseMs` after the last change that he saw, measured on his own clock.
// L2. `lead` is aborted before another can take over.
import type { Logger } from 'pino';
import type { Lease } from '#types/coordination.k8s.io_v1';
import type { Clock, Random } from '../api/clock.ts';
import { isNotFound } from './api-errors.ts';
import { wait } from './backoff.ts';
import type { Client } from './client.ts';
import { microTimeText } from './event-name.ts';
import { leases } from './resources.ts';

/** Who runs for which lease. */
export interface LeaderElectionOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** `kube-controller-manager` in `kube-system`. */
  readonly lease: { namespace: string; name: string };
  /** `hostname_uuid`: unique for each copy. */
  readonly identity: string;
  /** Defaults of upstream's parts: 15 s, 10 s, 2 s. */
  readonly leaseMs?: number;
  readonly renewDeadlineMs?: number;
  readonly retryMs?: number;
}

/** What was last read of the lease, and when it last changed by our own clock. */
interface Observation {
  lease: Lease;
  at: number;
}

/**
 * Waits until the lease is ours, then runs `lead` until it ends, the lease is lost or `signal` aborts.
 * The signal given to `lead` aborts when the lease is lost. On an orderly end the lease is released.
 */
export async function runAsLeader(
  options: LeaderElectionOptions,
  lead: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { clock, random, log, leaseMs = 15_000, renewDeadlineMs = 10_000, retryMs = 2_000 } = options;
  const candidate = new Candidate(options, leaseMs);
  while (!(await candidate.tryToHold())) {
    await wait(clock, retryMs * (1 + random.float() * 1.2), signal);
    if (signal.aborted) return;
  }
  log.info({ lease: options.lease.name, identity: options.identity }, 'leading');
  const lost = new AbortController();
  const leading = AbortSignal.any([signal, lost.signal]);
  const renewing = (async () => {
    let renewedAt = clock.now();
    while (!leading.aborted) {
      await wait(clock, retryMs, leading);
      if (leading.aborted) return;
      if (await candidate.tryToHold()) renewedAt = clock.now();
      else if (candidate.heldByOther || clock.now() - renewedAt >= renewDeadlineMs) {
        log.warn({ lease: options.lease.name }, 'lease lost');
        lost.abort(new Error('lease lost'));
      }
    }
  })();
  try {
    await lead(leading);
  } finally {
    lost.abort();
    await renewing;
    await candidate.release();
  }
}

class Candidate {
  private readonly options: LeaderElectionOptions;
  private readonly leaseMs: number;
  private observed: Observation | undefined;
  heldByOther = false;

  constructor(options: LeaderElectionOptions, leaseMs: number) {
    this.options = options;
    this.leaseMs = leaseMs;
  }

  /** Takes or renews the lease; false when another holds it or the server can't be reached. */
  async tryToHold(): Promise<boolean> {
    try {
      return await this.hold();
    } catch (error) {
      this.options.log.info({ err: error }, 'the lease could not be taken');
      return false;
    }
  }

  /** Gives the lease up, so that another need not wait for its end. */
  async release(): Promise<void> {
    const lease = this.observed?.lease;
    if (lease?.spec?.holderIdentity !== this.options.identity) return;
    const now = microTimeText(this.options.clock.now());
    const { leaseTransitions, acquireTime } = lease.spec;
    const spec = {
      holderIdentity: '',
      leaseDurationSeconds: 1,
      acquireTime,
      renewTime: now,
      leaseTransitions,
    };
    try {
      await this.options.client.update(leases, { ...lease, spec });
    } catch (error) {
      this.options.log.info({ err: error }, 'the lease could not be released');
    }
  }

  private async hold(): Promise<boolean> {
    const { client, clock, identity } = this.options;
    const now = microTimeText(clock.now());
    const mine = { holderIdentity: identity, leaseDurationSeconds: this.leaseMs / 1000, renewTime: now };
    const lease = await this.read();
    if (!lease) {
      const spec = { ...mine, acquireTime: now, leaseTransitions: 0 };
      return this.keep(await client.create(leases, { metadata: { ...this.options.lease }, spec } as Lease));
    }
    const holder = lease.spec?.holderIdentity ?? '';
    this.heldByOther = holder !== '' && holder !== identity;
    const isFresh = clock.now() - this.observed!.at < (lease.spec?.leaseDurationSeconds ?? 0) * 1000;
    if (this.heldByOther && isFresh) return false;
    const transitions = lease.spec?.leaseTransitions ?? 0;
    const spec =
      holder === identity
        ? { ...lease.spec, ...mine }
        : { ...mine, acquireTime: now, leaseTransitions: transitions + 1 };
    // with the resourceVersion that was read: of two candidates one fails
    return this.keep(await client.update(leases, { ...lease, spec }));
  }

  private keep(lease: Lease): boolean {
    this.observed = { lease, at: this.options.clock.now() };
    this.heldByOther = false;
    return true;
  }

  private async read(): Promise<Lease | undefined> {
    try {
      const lease = await this.options.client.get(leases, this.options.lease);
      if (lease.metadata.resourceVersion !== this.observed?.lease.metadata.resourceVersion)
        this.observed = { lease, at: this.options.clock.now() };
      return lease;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}
