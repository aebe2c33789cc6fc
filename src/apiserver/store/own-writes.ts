// What the server writes itself, beside what it is asked to: as loopback user, with `kube-apiserver` as field manager unless
// another is named.
import type { Json, KubeObject } from '../../api/object.ts';
import { notFound } from '../../api/status.ts';
import { serverWriter } from '../apply/field-managers.ts';
import { loopback } from '../authentication/authenticator.ts';
import type { ServedResource } from '../resources.ts';
import { createObject } from './create.ts';
import { deleteObject } from './delete.ts';
import { updateObject } from './update.ts';
import type { StoreDependencies, WriteContext } from './write-context.ts';

const noValidation = async (): Promise<void> => {};

/** The circumstances of such a write. */
export function ownContext(namespace = '', subresource = ''): WriteContext {
  return { user: loopback, namespace, subresource, dryRun: false, warn: () => {} };
}

/** Creates an object, with its defaults. Throws ApiError: 409 where there is one of its name. */
export async function createOwn(
  resource: ServedResource,
  object: KubeObject,
  dependencies: StoreDependencies,
  manager = serverWriter.manager,
): Promise<void> {
  const decoded = resource.schema.decode(object as unknown as Json);
  resource.kind.setDefaults?.(decoded);
  dependencies.fields.record(resource, undefined, decoded, { ...serverWriter, manager });
  const context = ownContext(object.metadata.namespace);
  await createObject(resource, decoded, dependencies, context, noValidation);
}

/** Which object: `namespace` is '' where the resource has none. */
export interface OwnTarget {
  readonly namespace: string;
  readonly name: string;
  /** What of it is written, as field managers have it: '' or `status`. */
  readonly subresource?: string;
  readonly manager?: string;
  /** Takes what `change` makes as it is: what a client may not write, as well. */
  readonly bypassStrategy?: boolean;
}

/**
 * Writes what `change` makes of an object, which it must not change. Throws ApiError: 404 where there is none, 409 where
 * `change` asks for another resourceVersion, 422 where the strategy refuses the result.
 */
export async function updateOwn(
  resource: ServedResource,
  { namespace, name, subresource = '', manager = serverWriter.manager, bypassStrategy = false }: OwnTarget,
  change: (current: KubeObject) => KubeObject,
  dependencies: StoreDependencies,
): Promise<void> {
  const recorded = (current: KubeObject | undefined): KubeObject => {
    if (current === undefined) throw notFound(resource.groupResource, name);
    const next = change(current);
    dependencies.fields.record(resource, current, next, { manager, subresource });
    return next;
  };
  const update = { change: recorded, validate: noValidation, bypassStrategy };
  await updateObject(resource, name, update, dependencies, ownContext(namespace, subresource));
}

/**
 * Lays a status over an object by server-side apply, whoever owns its fields. `status` has the object's kind, apiVersion and name
 * beside it. Throws ApiError: 404 where there is none.
 */
export async function applyOwnStatus(
  resource: ServedResource,
  configuration: KubeObject,
  manager: string,
  dependencies: StoreDependencies,
): Promise<void> {
  const { namespace, name } = configuration.metadata;
  const writer = { manager, subresource: 'status' };
  const change = (current: KubeObject | undefined): KubeObject =>
    resource.schema.decodeMerged(
      dependencies.fields.apply(resource, current, configuration, writer, true) as unknown as Json,
    );
  const update = { change, validate: noValidation };
  await updateObject(resource, name!, update, dependencies, ownContext(namespace, 'status'));
}

/** Deletes an object. Throws ApiError: 404 where there is none. */
export async function deleteOwn(
  resource: ServedResource,
  { namespace, name }: Pick<OwnTarget, 'namespace' | 'name'>,
  dependencies: StoreDependencies,
): Promise<void> {
  const options = {
    dryRun: false,
    gracePeriodSeconds: undefined,
    propagationPolicy: undefined,
    orphanDependents: undefined,
    preconditions: undefined,
  };
  await deleteObject(resource, name, options, dependencies, ownContext(namespace), noValidation);
}
