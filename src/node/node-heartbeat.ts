// Tells that a node is alive: a Lease every ten seconds, the node's status every five minutes or when it changed.
// Upstream: k8s.io/component-helpers/apimachinery/lease/controller.go, tryUpdateNodeStatus in
// k8s.io/kubernetes/pkg/kubelet/kubelet_node_status.go.
import type { Logger } from 'pino';
import type { Lease } from '#types/coordination.k8s.io_v1';
import type { Node } from '#types/core_v1';
import type { Clock, Random } from '../api/clock.ts';
import { formatMicroTime } from '../api/time.ts';
import { isAlreadyExists, isNotFound } from '../client/api-errors.ts';
import { wait } from '../client/backoff.ts';
import type { Client } from '../client/client.ts';
import { leases, nodes } from '../client/resources.ts';
import { semanticEqual } from '../kinds/semantic-equal.ts';
import { type NodeFacts, nodeStatus } from './node-object.ts';
import type { Runtime } from './runtimes/runtime.ts';

const leaseSeconds = 40;
/** A quarter of the lease's duration. */
export const renewMs = 10_000;
const renewJitter = 0.04;
const reportMs = 300_000;
const leaseNamespace = 'kube-node-lease';

/** What a heartbeat needs. */
export interface HeartbeatOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly runtime: Runtime;
  readonly facts: NodeFacts;
  /** As it was registered. */
  readonly node: Node;
  /** Milliseconds before the first renewal after the first one at once, so that many nodes do not beat together. */
  readonly phaseMs: number;
  readonly signal: AbortSignal;
}

/** Beats until the signal aborts. Never rejects: what fails is tried again with the next beat. */
export async function heartbeat(options: HeartbeatOptions): Promise<void> {
  const { clock, random, log, facts, signal } = options;
  const beat = new Heartbeat(options);
  let pause = options.phaseMs;
  while (!signal.aborted) {
    try {
      await beat.renewLease();
      await beat.reportStatus();
    } catch (error) {
      if (signal.aborted) return;
      log.info({ err: error, node: facts.name }, 'a heartbeat failed');
    }
    await wait(clock, pause, signal);
    pause = renewMs * (1 + random.float() * renewJitter);
  }
}

class Heartbeat {
  private readonly options: HeartbeatOptions;
  private lease: Lease | undefined;
  private node: Node;
  private reportedAt: number;
  private reportAfter: number;
  private imageCount = -1;

  constructor(options: HeartbeatOptions) {
    this.options = options;
    this.node = options.node;
    this.reportedAt = options.clock.now();
    // spread over the first period, as upstream's delayAfterNodeStatusChange
    this.reportAfter = reportMs * (0.5 + options.random.float());
  }

  /** Renews with the version of the last renewal; reads it only when somebody else changed it. */
  async renewLease(): Promise<void> {
    const { client, facts, signal } = this.options;
    if (this.lease) {
      try {
        this.lease = await client.update(leases, this.renewed(this.lease), { signal });
        return;
      } catch (error) {
        this.lease = undefined;
        this.options.log.debug({ err: error, node: facts.name }, 'a lease was not as expected');
      }
    }
    const name = { namespace: leaseNamespace, name: facts.name };
    try {
      const found = await client.get(leases, name, { signal });
      this.lease = await client.update(leases, this.renewed(found), { signal });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      await this.createLease();
    }
  }

  private async createLease(): Promise<void> {
    const { client, facts, signal } = this.options;
    const lease: Lease = {
      metadata: { name: facts.name, namespace: leaseNamespace },
      spec: { holderIdentity: facts.name },
    };
    try {
      this.lease = await client.create(leases, this.renewed(lease), { signal });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
  }

  private renewed(lease: Lease): Lease {
    const { clock, facts } = this.options;
    const owner = { apiVersion: 'v1', kind: 'Node', name: facts.name, uid: this.node.metadata.uid ?? '' };
    return {
      ...lease,
      metadata: {
        ...lease.metadata,
        ownerReferences: lease.metadata.ownerReferences?.length ? lease.metadata.ownerReferences : [owner],
      },
      spec: {
        ...lease.spec,
        holderIdentity: lease.spec.holderIdentity ?? facts.name,
        leaseDurationSeconds: leaseSeconds,
        renewTime: formatMicroTime(clock.now()),
      },
    };
  }

  /** Writes the status when its images changed, or when it is time. */
  async reportStatus(): Promise<void> {
    const { client, clock, facts, runtime, signal } = this.options;
    const now = clock.now();
    const images = await runtime.listImages(facts.name);
    const isDue = now - this.reportedAt >= this.reportAfter;
    if (!isDue && images.length === this.imageCount) return;
    const old = this.node.status;
    const status = nodeStatus(facts, old, images, now);
    const isChanged = !semanticEqual(old.images, status.images);
    this.imageCount = images.length;
    if (!isDue && !isChanged) return;
    // lists of images are replaced; conditions of others are left alone
    const { conditions } = status;
    const patch = { status: isChanged ? { conditions, images: status.images } : { conditions } };
    this.node = await client.patch(nodes, this.node, patch, {
      type: 'strategic',
      subresource: 'status',
      signal,
    });
    this.reportedAt = now;
    this.reportAfter = reportMs;
  }
}
