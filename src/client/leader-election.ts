// Leader election through a Lease: of several copies of a part one works.
// Upstream: k8s.io/client-go/tools/leaderelection/leaderelection.go.
//
// L1. At most one holder at a time, as far as clocks' speeds agree: a holder stops working `renewDeadlineMs` after he began
//     his last renewal, whether the server refuses or does not answer at all, and nobody takes over before `leaseMs` after
//     the last change that he saw, measured on his own clock.
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

const defaultLeaseMs = 15_000;
const defaultRenewDeadlineMs = 10_000;
const defaultRetryMs = 2_000;

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
  const { clock, random, log, retryMs = defaultRetryMs } = options;
  const candidate = new Candidate(options);
  while (!(await candidate.tryToHold(signal))) {
    await wait(clock, retryMs * (1 + random.float() * 1.2), signal);
    if (signal.aborted) return;
  }
  log.info({ lease: options.lease.name, identity: options.identity }, 'leading');
  const lost = new AbortController();
  const leading = AbortSignal.any([signal, lost.signal]);
  const renewing = keepHolding(candidate, options, leading, () => {
    log.warn({ lease: options.lease.name }, 'lease lost');
    lost.abort(new Error('lease lost'));
  });
  try {
    await lead(leading);
  } finally {
    lost.abort();
    await renewing;
    await candidate.release();
  }
}

/** Renews until `leading` aborts; calls `lose` when another holds the lease or the deadline of a renewal is over. */
async function keepHolding(
  candidate: Candidate,
  { clock, renewDeadlineMs = defaultRenewDeadlineMs, retryMs = defaultRetryMs }: LeaderElectionOptions,
  leading: AbortSignal,
  lose: () => void,
): Promise<void> {
  while (!leading.aborted) {
    const deadline = clock.after(candidate.heldAt + renewDeadlineMs - clock.now(), lose);
    for (let held = false; !held && !leading.aborted; ) {
      await wait(clock, retryMs, leading);
      if (leading.aborted) break;
      held = await candidate.tryToHold(leading);
      if (candidate.heldByOther) lose();
    }
    deadline.cancel();
  }
}

class Candidate {
  private readonly options: LeaderElectionOptions;
  private observed: Observation | undefined;
  heldByOther = false;
  /** When the request was begun that took or renewed the lease last. */
  heldAt = 0;

  constructor(options: LeaderElectionOptions) {
    this.options = options;
  }

  /** Takes or renews the lease; false when another holds it or the server can't be reached. `signal` ends the try. */
  async tryToHold(signal: AbortSignal): Promise<boolean> {
    const begun = this.options.clock.now();
    try {
      if (!(await this.hold(signal))) return false;
      this.heldAt = begun;
      return true;
    } catch (error) {
      if (!signal.aborted) this.options.log.info({ err: error }, 'the lease could not be taken');
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
    const { client, clock, log, renewDeadlineMs = defaultRenewDeadlineMs } = this.options;
    const enough = new AbortController();
    const deadline = clock.after(renewDeadlineMs, () => enough.abort());
    try {
      await client.update(leases, { ...lease, spec }, { signal: enough.signal });
    } catch (error) {
      log.info({ err: error }, 'the lease could not be released');
    }
    deadline.cancel();
  }

  private async hold(signal: AbortSignal): Promise<boolean> {
    const { client, clock, identity, leaseMs = defaultLeaseMs } = this.options;
    const now = microTimeText(clock.now());
    const mine = { holderIdentity: identity, leaseDurationSeconds: leaseMs / 1000, renewTime: now };
    const lease = await this.read(signal);
    if (!lease) {
      const spec = { ...mine, acquireTime: now, leaseTransitions: 0 };
      const made = { metadata: { ...this.options.lease }, spec } as Lease;
      return this.keep(await client.create(leases, made, { signal }));
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
    return this.keep(await client.update(leases, { ...lease, spec }, { signal }));
  }

  private keep(lease: Lease): boolean {
    this.observed = { lease, at: this.options.clock.now() };
    this.heldByOther = false;
    return true;
  }

  private async read(signal: AbortSignal): Promise<Lease | undefined> {
    try {
      const lease = await this.options.client.get(leases, this.options.lease, { signal });
      if (lease.metadata.resourceVersion !== this.observed?.lease.metadata.resourceVersion)
        this.observed = { lease, at: this.options.clock.now() };
      return lease;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}
