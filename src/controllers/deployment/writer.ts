// What a Deployment's controller writes: the Deployment, its ReplicaSets, and events about both. Every write is noted, so that
// the next look waits until the caches have it.
import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '#types/apps_v1';
import type { Clock } from '../../api/clock.ts';
import { isNotFound } from '../../client/api-errors.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { keyOf } from '../../client/object-store.ts';
import { deployments, replicaSets } from '../../client/resources.ts';
import type { WrittenVersions } from '../written-versions.ts';
import { hasAnnotations, sizeAnnotations } from './annotations.ts';
import { withCondition } from './conditions.ts';
import { sizeOf } from './replica-sets.ts';

/** What a writer works with. */
export interface WriterOptions {
  readonly client: Client;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly deployments: Informer<Deployment>;
  readonly replicaSets: Informer<ReplicaSet>;
  readonly written: WrittenVersions;
}

/** One Deployment during one look. Its metadata and status are copies that may be replaced, never changed within. */
export class DeploymentWriter {
  /** The Deployment as it is now, what was written included. */
  deployment: Deployment;
  private readonly options: WriterOptions;
  private readonly key: string;

  constructor(cached: Deployment, options: WriterOptions) {
    this.deployment = cached;
    this.options = options;
    this.key = keyOf(cached);
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.options.clock.now();
  }

  /** A set from the cache, by name. */
  cachedSet(name: string): ReplicaSet | undefined {
    return this.options.replicaSets.lister.get(`${this.deployment.metadata.namespace}/${name}`);
  }

  event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    const { metadata } = this.deployment;
    this.options.events.event({ apiVersion: 'apps/v1', kind: 'Deployment', metadata }, type, reason, message);
  }

  /** Writes the status, and the annotations, which the status's endpoint takes too. */
  async writeStatus(
    status: DeploymentStatus,
    annotations = this.deployment.metadata.annotations,
  ): Promise<void> {
    const { metadata } = this.deployment;
    this.took(
      await this.options.client.updateStatus(deployments, {
        ...this.deployment,
        metadata: { ...metadata, annotations },
        status,
      }),
    );
  }

  /** Writes the status with one condition more or another. */
  async writeCondition(condition: DeploymentCondition): Promise<void> {
    await this.writeStatus(this.statusWith(condition));
  }

  /** The present status with a condition. */
  statusWith(condition: DeploymentCondition): DeploymentStatus {
    const { status } = this.deployment;
    return { ...status, conditions: [...withCondition(status?.conditions ?? [], condition)] };
  }

  /** Writes the Deployment but for its status. */
  async update(deployment: Deployment): Promise<void> {
    this.took(await this.options.client.update(deployments, deployment));
  }

  async createSet(set: ReplicaSet): Promise<ReplicaSet> {
    return this.tookSet(await this.options.client.create(replicaSets, set));
  }

  async updateSet(set: ReplicaSet): Promise<ReplicaSet> {
    return this.tookSet(await this.options.client.update(replicaSets, set));
  }

  /** Deletes a set; one that is gone is fine. */
  async deleteSet(set: ReplicaSet): Promise<void> {
    try {
      await this.options.client.delete(replicaSets, set);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  /**
   * Gives a set another size and notes for what size of the Deployment; tells of it in an event. With `refresh` the note is
   * also written where the size stays. Resolves with the set as it is then.
   */
  async scaleSet(set: ReplicaSet, size: number, refresh = false): Promise<ReplicaSet> {
    const old = sizeOf(set);
    const annotations = sizeAnnotations(this.deployment);
    if (old === size && !(refresh && !hasAnnotations(set, annotations))) return set;
    const { metadata, spec } = set;
    const scaled = await this.updateSet({
      ...set,
      metadata: { ...metadata, annotations: { ...metadata.annotations, ...annotations } },
      spec: { ...spec, replicas: size },
    });
    if (old !== size) {
      const way = old < size ? 'up' : 'down';
      const message = `Scaled ${way} replica set ${metadata.name} from ${old} to ${size}`;
      this.event('Normal', 'ScalingReplicaSet', message);
    }
    return scaled;
  }

  private took(answer: Deployment): void {
    this.options.written.wrote(this.key, this.options.deployments.lister as never, answer);
    this.deployment = answer;
  }

  private tookSet(answer: ReplicaSet): ReplicaSet {
    this.options.written.wrote(this.key, this.options.replicaSets.lister as never, answer);
    return answer;
  }
}
