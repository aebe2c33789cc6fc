// APIService objects of the group versions that custom resources bring: made when the first of a group version is served,
// removed with the last.
// Upstream: pkg/controlplane/controller/crdregistration/crdregistration_controller.go in kubernetes/kubernetes and
// k8s.io/kube-aggregator/pkg/controllers/autoregister/autoregister_controller.go.
import type { Logger } from 'pino';
import type { KubeObject } from '../../api/object.ts';
import { ApiError } from '../../api/status.ts';
import { formatTime } from '../../api/time.ts';
import { keyOf, type ServedResource } from '../resources.ts';
import { createOwn, deleteOwn, ownContext } from '../store/own-writes.ts';
import { parseObject } from '../store/serialize.ts';
import { updateObject } from '../store/update.ts';
import type { StoreDependencies } from '../store/write-context.ts';

const label = 'kube-aggregator.kubernetes.io/automanaged';
// Upstream's numbers for groups of custom resources.
const groupPriorityMinimum = 1000;
const versionPriority = 100;

/** A group and a version in it. */
export interface GroupVersion {
  readonly group: string;
  readonly version: string;
}

function nameOf({ group, version }: GroupVersion): string {
  return `${version}.${group}`;
}

function apiService(groupVersion: GroupVersion): KubeObject {
  return {
    kind: 'APIService',
    apiVersion: 'apiregistration.k8s.io/v1',
    metadata: { name: nameOf(groupVersion), labels: { [label]: 'true' } },
    spec: { ...groupVersion, groupPriorityMinimum, versionPriority },
  };
}

/** Keeps the objects in step with what is served. */
export class ApiServices {
  private readonly resource: ServedResource;
  private readonly log: Logger;
  private readonly dependencies: () => StoreDependencies;
  private work: Promise<void> = Promise.resolve();

  /** `resource`: that of APIServices. */
  constructor(resource: ServedResource, dependencies: () => StoreDependencies, log: Logger) {
    this.log = log;
    this.resource = resource;
    this.dependencies = dependencies;
  }

  /** There are custom resources of just these group versions. Resolves when the objects are in step; never rejects. */
  settle(served: readonly GroupVersion[]): Promise<void> {
    this.work = this.work
      .then(() => this.bringInStep(served))
      .catch((error: unknown) => this.log.warn({ err: error }, 'API services are not in step'));
    return this.work;
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return this.work;
  }

  private async bringInStep(served: readonly GroupVersion[]): Promise<void> {
    const wanted = new Map(served.map((groupVersion) => [nameOf(groupVersion), groupVersion]));
    const { objects } = this.resource.cache!.list({ prefix: '' });
    const own = objects
      .map(({ bytes }) => parseObject(bytes))
      .filter(({ metadata }) => metadata.labels?.[label] === 'true');
    const work = [
      ...own.filter(({ metadata }) => !wanted.has(metadata.name!)).map((object) => this.remove(object)),
      ...[...wanted.values()].map((groupVersion) => this.ensure(groupVersion)),
    ];
    await Promise.all(work);
  }

  private async remove({ metadata }: KubeObject): Promise<void> {
    const target = { namespace: '', name: metadata.name! };
    await deleteOwn(this.resource, target, this.dependencies()).catch(ignore);
  }

  private async ensure(groupVersion: GroupVersion): Promise<void> {
    const name = nameOf(groupVersion);
    // one that somebody made himself stays as it is
    if (this.resource.cache!.get(keyOf(this.resource, '', name))) return;
    const dependencies = this.dependencies();
    const status = {
      conditions: [
        {
          type: 'Available',
          status: 'True',
          lastTransitionTime: formatTime(dependencies.clock.now()),
          reason: 'Local',
          message: 'Local APIServices are always available',
        },
      ],
    };
    const change = (current: KubeObject | undefined): KubeObject => ({ ...current!, status });
    try {
      await createOwn(this.resource, apiService(groupVersion), dependencies);
      const update = { change, validate: async () => {}, bypassStrategy: true };
      await updateObject(this.resource, name, update, dependencies, ownContext());
    } catch (error) {
      ignore(error);
    }
  }
}

/** Somebody else was faster: that is as good. What else fails is tried again with the next change. */
function ignore(error: unknown): void {
  if (!(error instanceof ApiError)) throw error;
}
