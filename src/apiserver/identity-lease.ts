// The Lease by which others see that this API server is there: made at its start, renewed while it runs, deleted at its end.
// Those of servers that ended without a word go when they have expired.
// Upstream: k8s.io/component-helpers/apimachinery/lease/controller.go and, in kubernetes/kubernetes,
// pkg/controlplane/apiserver/server.go and pkg/controlplane/controller/apiserverleasegc.
import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { Lease } from '#types/coordination.k8s.io_v1';
import type { Clock, Random, Timer } from '../api/clock.ts';
import type { KubeObject } from '../api/object.ts';
import { ApiError } from '../api/status.ts';
import { formatMicroTime, parseTime } from '../api/time.ts';
import { prefixOf, type ServedResource } from './resources.ts';
import { createOwn, deleteOwn, updateOwn } from './store/own-writes.ts';
import { parseObject } from './store/serialize.ts';
import type { StoreDependencies } from './store/write-context.ts';

const namespace = 'kube-system';
const component = 'kube-apiserver';
const label = 'apiserver.kubernetes.io/identity';
const addressAnnotation = 'kubernetes.io/peer-advertise-address';
const durationSeconds = 3600;
const renewMs = 10_000;
const jitter = 0.04;
const collectMs = 3_600_000;

const base32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** 16 bytes as 26 letters and digits. */
function base32Of(bytes: Buffer): string {
  let bits = 0;
  let count = 0;
  let text = '';
  for (const byte of bytes) {
    bits = (bits << 8) | byte;
    count += 8;
    for (; count >= 5; count -= 5) text += base32[(bits >> (count - 5)) & 31];
    bits &= 31;
  }
  return count > 0 ? text + base32[(bits << (5 - count)) & 31] : text;
}

/** `apiserver-` and a hash of the host's name: a server that starts again on its host has the name that it had. */
export function apiServerIdentity(hostname: string): string {
  const hash = createHash('sha256');
  for (const text of [hostname, component]) {
    const bytes = Buffer.from(text);
    hash.update(Buffer.from([bytes.length >> 8, bytes.length & 255])).update(bytes);
  }
  return `apiserver-${base32Of(hash.digest().subarray(0, 16))}`;
}

function isExpired({ spec }: Lease, now: number): boolean {
  const renewed = !spec?.renewTime ? undefined : parseTime(spec.renewTime);
  if (renewed === undefined || spec?.leaseDurationSeconds === undefined) return true;
  return renewed + spec.leaseDurationSeconds * 1000 < now;
}

/** What the lease needs. */
export interface IdentityLeaseOptions {
  /** The resource of Leases. */
  readonly leases: ServedResource;
  readonly dependencies: () => StoreDependencies;
  readonly clock: Clock;
  readonly random: Random;
  readonly hostname: string;
  /** `IP:PORT` under which other API servers of the cluster would reach this one; undefined: they would not. */
  readonly address: () => string | undefined;
  readonly log: Logger;
}

/** Keeps the lease. */
export class IdentityLease {
  private readonly options: IdentityLeaseOptions;
  private readonly name: string;
  private readonly holder: string;
  private renewal: Timer | undefined;
  private collection: Timer | undefined;
  private work: Promise<void> = Promise.resolve();

  constructor(options: IdentityLeaseOptions) {
    this.options = options;
    this.name = apiServerIdentity(options.hostname);
    this.holder = `${this.name}_${options.random.uuid()}`;
  }

  /** Resolves when the lease is there; from then on it is renewed. Never rejects. */
  async start(): Promise<void> {
    await this.inTurn(async () => {
      await this.remove(this.name);
      await this.create();
    });
    this.renewLater();
    this.collection = this.options.clock.every(collectMs, () => void this.inTurn(() => this.collect()));
    await this.inTurn(() => this.collect());
  }

  /** Deletes the lease, if there was one. Never rejects. */
  async stop(): Promise<void> {
    if (!this.collection) return;
    this.collection.cancel();
    this.renewal?.cancel();
    this.renewal = undefined;
    await this.inTurn(() => this.remove(this.name));
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return this.work;
  }

  /** One piece of work after the other. */
  private inTurn(work: () => Promise<void>): Promise<void> {
    this.work = this.work
      .then(work)
      .catch((error: unknown) => this.options.log.warn({ err: error }, 'the lease of the API server'));
    return this.work;
  }

  private renewLater(): void {
    const { clock, random } = this.options;
    this.renewal = clock.after(renewMs * (1 + jitter * random.float()), () => {
      void this.inTurn(() => this.renew()).then(() => {
        if (this.renewal) this.renewLater();
      });
    });
  }

  private labels(): Record<string, string> {
    return { [label]: component, 'kubernetes.io/hostname': this.options.hostname };
  }

  private annotations(): Record<string, string> | undefined {
    const address = this.options.address();
    return address === undefined ? undefined : { [addressAnnotation]: address };
  }

  private async create(): Promise<void> {
    const lease: KubeObject = {
      kind: 'Lease',
      apiVersion: 'coordination.k8s.io/v1',
      metadata: { name: this.name, namespace, labels: this.labels(), annotations: this.annotations() },
      spec: {
        holderIdentity: this.holder,
        leaseDurationSeconds: durationSeconds,
        renewTime: formatMicroTime(this.options.clock.now()),
      },
    };
    await createOwn(this.options.leases, lease, this.options.dependencies());
  }

  private async renew(): Promise<void> {
    if (!this.renewal) return;
    const { leases, dependencies, clock } = this.options;
    const change = (current: KubeObject): KubeObject => ({
      ...current,
      metadata: {
        ...current.metadata,
        labels: { ...current.metadata.labels, ...this.labels() },
        annotations: { ...current.metadata.annotations, ...this.annotations() },
      },
      spec: {
        ...(current as Lease).spec,
        holderIdentity: this.holder,
        leaseDurationSeconds: durationSeconds,
        renewTime: formatMicroTime(clock.now()),
      },
    });
    try {
      await updateOwn(leases, { namespace, name: this.name }, change, dependencies());
    } catch (error) {
      if (!(error instanceof ApiError && error.reason === 'NotFound')) throw error;
      await this.create();
    }
  }

  private async remove(name: string): Promise<void> {
    const { leases, dependencies } = this.options;
    try {
      await deleteOwn(leases, { namespace, name }, dependencies());
    } catch (error) {
      if (!(error instanceof ApiError && error.reason === 'NotFound')) throw error;
    }
  }

  private async collect(): Promise<void> {
    const { leases, clock } = this.options;
    const { objects } = leases.cache!.list({ prefix: prefixOf(leases, namespace) });
    for (const { bytes } of objects) {
      const lease = parseObject(bytes) as Lease & KubeObject;
      if (lease.metadata.labels?.[label] === component && isExpired(lease, clock.now()))
        await this.remove(lease.metadata.name!);
    }
  }
}
