// Whose object it is: the controller among the owner references, and taking and giving up objects by the selector.
// Upstream: k8s.io/kubernetes/pkg/controller/controller_ref_manager.go.
import type { KubeObject, OwnerReference } from '../api/object.ts';
import { isInvalid, isNotFound } from '../client/api-errors.ts';
import type { Client } from '../client/client.ts';
import type { Informer } from '../client/informer.ts';
import type { Lister } from '../client/object-store.ts';
import { apiVersionOfResource, type Resource } from '../client/resource.ts';

/** The owner that controls the object; undefined for an orphan. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller === true);
}

/** A reference to an owner as controller. */
export function controllerReference(of: Resource, owner: KubeObject): OwnerReference {
  return {
    apiVersion: apiVersionOfResource(of),
    kind: of.kind,
    name: owner.metadata.name!,
    uid: owner.metadata.uid!,
    controller: true,
    blockOwnerDeletion: true,
  };
}

const indexName = 'controller';

function orphanValue(namespace: string | undefined): string {
  return `orphans of ${namespace ?? ''}`;
}

/** Makes the objects of an informer findable by their controller. */
export function indexByController(informer: Informer<never>): void {
  (informer as unknown as Informer<KubeObject>).addIndex(indexName, (object) => [
    controllerOf(object)?.uid ?? orphanValue(object.metadata.namespace),
  ]);
}

/** The objects that the owner of this uid controls. Needs `indexByController`. */
export function controlledBy<T extends KubeObject>(lister: Lister<T>, uid: string): T[] {
  return lister.byIndex(indexName, uid);
}

/** The objects of a namespace that nobody controls. Needs `indexByController`. */
export function orphansIn<T extends KubeObject>(lister: Lister<T>, namespace: string): T[] {
  return lister.byIndex(indexName, orphanValue(namespace));
}

/** The owner that a reference means, when it is of this resource and still the same object. */
export function resolveController<T extends KubeObject>(
  of: Resource<T>,
  lister: Lister<T>,
  namespace: string,
  reference: OwnerReference | undefined,
): T | undefined {
  if (reference?.kind !== of.kind) return undefined;
  const owner = lister.get(`${namespace}/${reference.name}`);
  return owner?.metadata.uid === reference.uid ? owner : undefined;
}

/** Who claims what. */
export interface Claim<T extends KubeObject> {
  readonly client: Client;
  /** The owner and its resource. */
  readonly owner: KubeObject;
  readonly ownerResource: Resource;
  /** What is claimed. */
  readonly resource: Resource<T>;
  /** Objects that the owner controls, and orphans. Those of others are left alone. */
  readonly candidates: readonly T[];
  matches(object: T): boolean;
}

/** Several errors in one text, as upstream's aggregates print. */
function throwAll(errors: readonly unknown[]): void {
  if (errors.length === 0) return;
  if (errors.length === 1) throw errors[0];
  const texts = [...new Set(errors.map((e) => (e instanceof Error ? e.message : String(e))))];
  throw new Error(texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`, { cause: errors[0] });
}

/**
 * The candidates that the owner has after it took the orphans that match and released what no longer matches. Costs nothing
 * where nothing has to change. An owner that is being deleted takes and releases nothing. Throws after all were tried.
 */
export async function claim<T extends KubeObject>(options: Claim<T>): Promise<T[]> {
  const { owner, candidates } = options;
  const isDeleted = Boolean(owner.metadata.deletionTimestamp);
  const claimed: T[] = [];
  const errors: unknown[] = [];
  let mayAdopt: Promise<void> | undefined;
  for (const object of candidates) {
    const controller = controllerOf(object);
    if (controller && controller.uid !== owner.metadata.uid) continue;
    const matches = options.matches(object);
    if (controller && matches) {
      claimed.push(object);
      continue;
    }
    if (isDeleted || (!controller && (!matches || object.metadata.deletionTimestamp))) continue;
    try {
      if (controller) await release(options, object);
      else {
        mayAdopt ??= recheck(options);
        await adopt(options, object, mayAdopt);
        claimed.push(object);
      }
    } catch (error) {
      if (!isNotFound(error)) errors.push(error);
    }
  }
  throwAll(errors);
  return claimed;
}

/** A cache may be old: whoever was deleted meanwhile must not adopt (kubernetes#42639). */
async function recheck<T extends KubeObject>({ client, owner, ownerResource }: Claim<T>): Promise<void> {
  const { namespace, name, uid } = owner.metadata;
  let fresh: KubeObject;
  try {
    fresh = await client.get(ownerResource, owner);
  } catch (cause) {
    throw new Error(`can't recheck DeletionTimestamp: ${(cause as Error).message}`, { cause });
  }
  if (fresh.metadata.uid !== uid) {
    const kind = ownerResource.kind;
    throw new Error(
      `can't recheck DeletionTimestamp: original ${kind} ${namespace}/${name} is gone: got uid ${fresh.metadata.uid}, wanted ${uid}`,
    );
  }
  const deletedAt = fresh.metadata.deletionTimestamp;
  if (deletedAt) throw new Error(`${namespace}/${name} has just been deleted at ${deletedAt}`);
}

async function adopt<T extends KubeObject>(
  { client, owner, ownerResource, resource }: Claim<T>,
  object: T,
  mayAdopt: Promise<void>,
): Promise<void> {
  const { namespace, name, uid } = object.metadata;
  try {
    await mayAdopt;
  } catch (cause) {
    throw new Error(
      `can't adopt ${resource.kind} ${namespace}/${name} (${uid}): ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
  // the uid in the patch is a precondition; a second controller is refused by validation
  const metadata = { uid, ownerReferences: [controllerReference(ownerResource, owner)] };
  await client.patch(resource, object, { metadata }, { type: 'strategic' });
}

async function release<T extends KubeObject>(
  { client, owner, resource }: Claim<T>,
  object: T,
): Promise<void> {
  const ownerReferences = [{ $patch: 'delete', uid: owner.metadata.uid }];
  const patch = { metadata: { uid: object.metadata.uid, ownerReferences } };
  try {
    await client.patch(resource, object, patch, { type: 'strategic' });
  } catch (error) {
    // invalid: there is no owner left, or another object has the name now
    if (!isInvalid(error)) throw error;
  }
}
