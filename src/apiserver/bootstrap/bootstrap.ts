// Makes what is missing of a new cluster's objects, at every start.
import type { KubeObject } from '../../api/object.ts';
import { type Json, parseApiVersion } from '../../api/object.ts';
import { ApiError } from '../../api/status.ts';
import { serverWriter } from '../apply/field-managers.ts';
import { loopback } from '../authentication/authenticator.ts';
import type { ResourceTable } from '../resource-table.ts';
import { keyOf, type ServedResource } from '../resources.ts';
import { createObject } from '../store/create.ts';
import { updateObject } from '../store/update.ts';
import type { StoreDependencies } from '../store/write-context.ts';

function resourceOf(table: ResourceTable, object: KubeObject): ServedResource {
  const { group, version } = parseApiVersion(object.apiVersion!)!;
  for (const resource of table.known()) {
    const { definition } = resource;
    if (
      definition.kind === object.kind &&
      definition.group === group &&
      definition.version === version &&
      resource.cache
    )
      return resource;
  }
  throw new Error(`bootstrap: ${object.apiVersion} ${object.kind} is not served`);
}

async function ensure(
  resource: ServedResource,
  object: KubeObject,
  dependencies: StoreDependencies,
): Promise<void> {
  const namespace = object.metadata.namespace ?? '';
  if (resource.cache!.get(keyOf(resource, namespace, object.metadata.name!))) return;
  const decoded = resource.schema.decode(object as unknown as Json);
  resource.kind.setDefaults?.(decoded);
  dependencies.fields.record(resource, undefined, decoded, serverWriter);
  const context = { user: loopback, namespace, subresource: '', dryRun: false, warn: () => {} };
  try {
    await createObject(resource, decoded, dependencies, context, async () => {});
    const { status } = object;
    if (status === undefined) return;
    // what a controller would write next: creation leaves every status out
    const change = (current: KubeObject | undefined): KubeObject => ({ ...current!, status });
    await updateObject(
      resource,
      object.metadata.name!,
      { change, validate: async () => {}, bypassStrategy: true },
      dependencies,
      context,
    );
  } catch (error) {
    if (!(error instanceof ApiError && error.reason === 'AlreadyExists')) throw error;
  }
}

/** Creates the objects that are not there yet. All are written in as few commits as storage makes of them. */
export async function bootstrap(
  table: ResourceTable,
  objects: readonly KubeObject[],
  dependencies: StoreDependencies,
): Promise<void> {
  await Promise.all(objects.map((object) => ensure(resourceOf(table, object), object, dependencies)));
}
