// The end of a CustomResourceDefinition: its objects go first.
// Upstream: k8s.io/apiextensions-apiserver/pkg/controller/finalizer/crd_finalizer.go.
import type { CustomResourceDefinition } from '#types/apiextensions.k8s.io_v1';
import type { Clock } from '../../api/clock.ts';
import type { KubeObject } from '../../api/object.ts';
import { ApiError } from '../../api/status.ts';
import { customResourceCleanup } from '../../kinds/apiextensions/custom-resource-definition/deletion.ts';
import type { CachedObject, WatchCache } from '../../storage/watch-cache.ts';
import type { ServedResource } from '../resources.ts';
import { deleteOwn } from '../store/own-writes.ts';
import { parseObject } from '../store/serialize.ts';
import type { StoreDependencies } from '../store/write-context.ts';
import { isTrue, setCondition } from './definition-conditions.ts';

type Definition = CustomResourceDefinition & KubeObject;

const waitMs = 60_000;
const atOnce = 200;

/** What the end needs. */
export interface FinalizerContext {
  readonly clock: Clock;
  readonly dependencies: () => StoreDependencies;
  /** The server stops: nothing is waited for any more. */
  readonly stopping: AbortSignal;
  /** Writes the definition's status and finalizers. */
  readonly write: (change: (definition: Definition) => void) => Promise<void>;
}

async function deleteAll(resource: ServedResource, dependencies: StoreDependencies): Promise<string[]> {
  const problems: string[] = [];
  const deleteOne = async ({ bytes }: CachedObject): Promise<void> => {
    const { name = '', namespace = '' } = parseObject(bytes).metadata;
    try {
      await deleteOwn(resource, { namespace, name }, dependencies);
    } catch (error) {
      if (!(error instanceof ApiError && error.reason === 'NotFound'))
        problems.push((error as Error).message);
    }
  };
  const { objects } = resource.cache!.list({ prefix: '' });
  // many go into one commit
  for (let at = 0; at < objects.length; at += atOnce)
    await Promise.all(objects.slice(at, at + atOnce).map(deleteOne));
  return problems;
}

/** Resolves with true once there are no objects, or with false after a minute or when the server stops. */
function emptied(cache: WatchCache, { clock, stopping }: FinalizerContext): Promise<boolean> {
  if (cache.size() === 0) return Promise.resolve(true);
  return new Promise((resolve) => {
    const finish = (empty: boolean): void => {
      timer.cancel();
      watch.close();
      stopping.removeEventListener('abort', stop);
      resolve(empty);
    };
    const stop = (): void => finish(false);
    const timer = clock.after(waitMs, stop);
    const watch = cache.watch(
      { prefix: '', filterKey: '' },
      cache.revision(),
      () => {
        if (cache.size() === 0) finish(true);
      },
      () => finish(cache.size() === 0),
    );
    stopping.addEventListener('abort', stop);
    if (stopping.aborted) stop();
  });
}

/**
 * Deletes the objects of a definition that is being deleted and lets it go. `served` are its resources. Throws Error where
 * objects are left: to be called again.
 */
export async function finalizeDefinition(
  definition: Definition,
  served: readonly ServedResource[],
  context: FinalizerContext,
): Promise<void> {
  const { clock, dependencies, stopping, write } = context;
  if (!definition.metadata.finalizers?.includes(customResourceCleanup)) return;
  const terminating = (status: 'True' | 'False', reason: string, message: string) => (target: Definition) =>
    setCondition(target, { type: 'Terminating', status, reason, message }, clock.now());
  const letGo = (reason: string, message: string): Promise<void> =>
    write((target) => {
      terminating('False', reason, message)(target);
      target.metadata.finalizers = (target.metadata.finalizers ?? []).filter(
        (finalizer) => finalizer !== customResourceCleanup,
      );
    });
  await write(terminating('True', 'InstanceDeletionInProgress', 'CustomResource deletion is in progress'));
  const [resource] = served;
  if (resource === undefined && !isTrue(definition, 'Established'))
    return letGo('NeverEstablished', 'resource was never established');
  if (resource !== undefined) {
    const problems = await deleteAll(resource, dependencies());
    if (problems.length > 0) {
      const message = `could not issue all deletes: ${problems.join(', ')}`;
      await write(terminating('True', 'InstanceDeletionFailed', message));
      throw new Error(message);
    }
    if (!(await emptied(resource.cache!, context))) {
      if (stopping.aborted) return;
      const message = 'could not confirm zero CustomResources remaining: timed out waiting for the condition';
      await write(terminating('True', 'InstanceDeletionCheck', message));
      throw new Error(message);
    }
  }
  await letGo('InstanceDeletionCompleted', 'removed all instances');
}
