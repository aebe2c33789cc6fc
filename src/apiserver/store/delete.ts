// Deleting an object: preconditions, grace periods, finalizers, and the end.
// Upstream: Store.Delete in k8s.io/apiserver/pkg/registry/generic/registry/store.go and registry/rest/delete.go.
import type { KubeObject } from '../../api/object.ts';
import { conflict, notFound, serverTimeout } from '../../api/status.ts';
import { formatTime, parseTime } from '../../api/time.ts';
import { ConflictError, NotFoundError } from '../../storage/storage.ts';
import type { CachedObject } from '../../storage/watch-cache.ts';
import type { DeleteOptions } from '../request-options.ts';
import {
  attributesOf,
  keyOf,
  prepareToRead,
  prepareToWrite,
  readStored,
  type ServedResource,
  storedForm,
} from '../resources.ts';
import { encoderOf } from './serialize.ts';
import { toApiError } from './storage-errors.ts';
import { hookOf, type StoreDependencies, type WriteContext } from './write-context.ts';

const orphanFinalizer = 'orphan';
const foregroundFinalizer = 'foregroundDeletion';
const maxAttempts = 200;
const awaitCommitMs = 5000;

/** What a deletion did. `gone`: the object no longer exists; else `bytes` is the object as it waits for its end. */
export interface Deleted {
  readonly gone: boolean;
  readonly bytes: Buffer;
  readonly object: KubeObject;
}

/** What Delete of registry/core/namespace/storage and of apiextensions-apiserver's definitions says. */
function checkTwoPhasePreconditions(
  { groupResource }: ServedResource,
  { metadata }: KubeObject,
  revision: string,
  { uid, resourceVersion }: NonNullable<DeleteOptions['preconditions']>,
): void {
  const fail = (field: string, wanted: string, found: string | undefined): never => {
    const text = `Precondition failed: ${field} in precondition: ${wanted}, ${field} in object meta: ${found}`;
    throw conflict(groupResource, metadata.name ?? '', text);
  };
  if (uid !== undefined && uid !== metadata.uid) fail('UID', uid, metadata.uid);
  if (resourceVersion !== undefined && resourceVersion !== revision)
    fail('ResourceVersion', resourceVersion, revision);
}

/** Throws 409 where an object of this revision is not the one that the options mean. */
export function checkPreconditions(
  resource: ServedResource,
  object: KubeObject,
  revision: string,
  { preconditions: wanted }: Pick<DeleteOptions, 'preconditions'>,
): void {
  if (!wanted) return;
  if (resource.kind.twoPhaseDeletion) {
    checkTwoPhasePreconditions(resource, object, revision, wanted);
    return;
  }
  const where = { group: resource.kind.group, resource: resource.kind.kind };
  const name = object.metadata.name ?? '';
  if (wanted.uid !== undefined && wanted.uid !== object.metadata.uid) {
    throw conflict(
      where,
      name,
      `the UID in the precondition (${wanted.uid}) does not match the UID in record (${object.metadata.uid}). The object might have been deleted and then recreated`,
    );
  }
  if (wanted.resourceVersion !== undefined && wanted.resourceVersion !== revision) {
    throw conflict(
      where,
      name,
      `the ResourceVersion in the precondition (${wanted.resourceVersion}) does not match the ResourceVersion in record (${revision}). The object might have been modified`,
    );
  }
}

type Grace = 'none' | 'pending' | 'set';

/** Sets or shortens the grace period. Upstream: BeforeDelete. */
function applyGrace(
  resource: ServedResource,
  object: KubeObject,
  options: DeleteOptions,
  now: number,
): Grace {
  const graceful = resource.kind.gracefulDeletion;
  if (!graceful) return 'none';
  const metadata = object.metadata;
  let asked = options.gracePeriodSeconds;
  if (asked !== undefined && asked < 0) asked = 1;
  if (metadata.deletionTimestamp) {
    const before = metadata.deletionGracePeriodSeconds ?? 0;
    if (before === 0) return 'none';
    if (asked === undefined || asked >= before) return 'pending';
    let ends = parseTime(metadata.deletionTimestamp) - before * 1000 + asked * 1000;
    if (ends < now) {
      ends = now;
      if (asked !== 0) asked = 1;
    }
    metadata.deletionTimestamp = formatTime(ends);
    metadata.deletionGracePeriodSeconds = asked;
    return 'set';
  }
  const seconds = graceful.gracePeriodSeconds(object, asked);
  if (seconds < 0) return 'none';
  metadata.deletionTimestamp = formatTime(now + seconds * 1000);
  metadata.deletionGracePeriodSeconds = seconds;
  if ((metadata.generation ?? 0) > 0) metadata.generation = metadata.generation! + 1;
  return 'set';
}

/** Whether dependents are orphaned or deleted first; the request overrides the object's finalizers, these the kind. */
function propagation(
  resource: ServedResource,
  object: KubeObject,
  options: DeleteOptions,
): 'orphan' | 'foreground' | 'background' {
  if (options.orphanDependents !== undefined) return options.orphanDependents ? 'orphan' : 'background';
  if (options.propagationPolicy === 'Orphan') return 'orphan';
  if (options.propagationPolicy === 'Foreground') return 'foreground';
  if (options.propagationPolicy === 'Background') return 'background';
  for (const finalizer of object.metadata.finalizers ?? []) {
    if (finalizer === orphanFinalizer) return 'orphan';
    if (finalizer === foregroundFinalizer) return 'foreground';
  }
  return resource.kind.defaultPropagation === 'orphan' ? 'orphan' : 'background';
}

function setGarbageCollectionFinalizers(
  resource: ServedResource,
  object: KubeObject,
  options: DeleteOptions,
): void {
  if (resource.kind.defaultPropagation === 'none') return;
  const how = propagation(resource, object, options);
  const before = object.metadata.finalizers ?? [];
  const after = before.filter((f) => f !== orphanFinalizer && f !== foregroundFinalizer);
  if (how === 'orphan') after.push(orphanFinalizer);
  if (how === 'foreground') after.push(foregroundFinalizer);
  if (after.length !== before.length || after.some((f) => !before.includes(f)))
    object.metadata.finalizers = after;
}

function markAsDeleting(object: KubeObject, now: number): void {
  const metadata = object.metadata;
  if (!metadata.deletionTimestamp && (metadata.generation ?? 0) > 0)
    metadata.generation = metadata.generation! + 1;
  if (!metadata.deletionTimestamp || parseTime(metadata.deletionTimestamp) > now)
    metadata.deletionTimestamp = formatTime(now);
  metadata.deletionGracePeriodSeconds = 0;
}

/** `marked`: the object of this revision is the one that was meant, marked for its end. */
type Attempt = { done: Deleted; revision?: number } | { retryAfter: number; marked?: boolean };

async function keep(
  resource: ServedResource,
  key: string,
  object: KubeObject,
  current: CachedObject,
  dependencies: StoreDependencies,
  context: WriteContext,
): Promise<Attempt> {
  const writing = prepareToWrite(resource, object);
  if (writing) await writing;
  const stored = storedForm(resource, object);
  const encode = encoderOf(stored);
  const unchanged = encode(current.revision);
  if (context.dryRun || unchanged.equals(current.bytes))
    return { done: { gone: false, bytes: unchanged, object } };
  try {
    const entry = await dependencies.storage.put(key, encode, {
      expect: current.revision,
      companion: attributesOf(resource.kind, stored),
    });
    return { done: { gone: false, bytes: entry.value, object }, revision: entry.revision };
  } catch (error) {
    if (error instanceof ConflictError) return { retryAfter: error.current };
    throw toApiError(error);
  }
}

async function remove(
  resource: ServedResource,
  key: string,
  object: KubeObject,
  current: CachedObject,
  dependencies: StoreDependencies,
  context: WriteContext,
): Promise<Attempt> {
  const writing = prepareToWrite(resource, object);
  if (writing) await writing;
  const stored = storedForm(resource, object);
  const encode = encoderOf(stored);
  if (context.dryRun) return { done: { gone: true, bytes: encode(current.revision), object } };
  try {
    const entry = await dependencies.storage.delete(key, encode, { expect: current.revision });
    await hookOf(dependencies, resource)?.afterDelete?.(object);
    return { done: { gone: true, bytes: entry.value, object } };
  } catch (error) {
    if (error instanceof ConflictError && error.current !== 0) return { retryAfter: error.current };
    if (error instanceof ConflictError || error instanceof NotFoundError)
      throw notFound(resource.groupResource, object.metadata.name ?? '');
    throw toApiError(error);
  }
}

async function attempt(
  resource: ServedResource,
  key: string,
  current: CachedObject,
  options: DeleteOptions,
  dependencies: StoreDependencies,
  context: WriteContext,
  validate: (object: KubeObject) => Promise<void>,
): Promise<Attempt> {
  const reading = prepareToRead(resource, [current]);
  if (reading) await reading;
  const object = readStored(resource, current.bytes);
  await validate(object);
  checkPreconditions(resource, object, String(current.revision), options);
  const now = dependencies.clock.now();
  const twoPhase = resource.kind.twoPhaseDeletion;
  if (twoPhase && !object.metadata.deletionTimestamp) {
    object.metadata.deletionTimestamp = formatTime(now);
    twoPhase.begin(object);
    setGarbageCollectionFinalizers(resource, object, options);
    return keep(resource, key, object, current, dependencies, context);
  }
  if (twoPhase?.pending(object)) return { done: { gone: false, bytes: current.bytes, object } };
  const grace = applyGrace(resource, object, options, now);
  if (grace === 'pending') return { done: { gone: false, bytes: current.bytes, object } };
  setGarbageCollectionFinalizers(resource, object, options);
  const waits = (object.metadata.finalizers?.length ?? 0) > 0;
  if (waits && grace === 'none') markAsDeleting(object, now);
  const seconds = object.metadata.deletionGracePeriodSeconds ?? 0;
  if (waits || (grace === 'set' && seconds > 0))
    return keep(resource, key, object, current, dependencies, context);
  if (grace === 'set' && !context.dryRun) {
    // watchers see that the object is being deleted before they see it gone
    const kept = await keep(resource, key, object, current, dependencies, context);
    return 'done' in kept ? { retryAfter: kept.revision ?? current.revision, marked: true } : kept;
  }
  return remove(resource, key, object, current, dependencies, context);
}

/**
 * Deletes the object `name` or marks it for deletion. Throws 404, 409 (preconditions), 403 (protected objects) and what
 * `validate`, the validating admission, throws.
 */
export function deleteObject(
  resource: ServedResource,
  name: string,
  options: DeleteOptions,
  dependencies: StoreDependencies,
  context: WriteContext,
  validate: (object: KubeObject) => Promise<void>,
): Promise<Deleted> {
  const key = keyOf(resource, context.namespace, name);
  return dependencies.queue.run(key, () =>
    deleteInTurn(resource, name, options, dependencies, context, validate),
  );
}

/** The options of what follows a marking: nobody else has changed the object. */
function afterMarking(options: DeleteOptions, revision: number): DeleteOptions {
  const { preconditions } = options;
  if (preconditions?.resourceVersion === undefined) return options;
  return { ...options, preconditions: { ...preconditions, resourceVersion: String(revision) } };
}

async function deleteInTurn(
  resource: ServedResource,
  name: string,
  asked: DeleteOptions,
  dependencies: StoreDependencies,
  context: WriteContext,
  validate: (object: KubeObject) => Promise<void>,
): Promise<Deleted> {
  const key = keyOf(resource, context.namespace, name);
  const cache = resource.cache!;
  let options = asked;
  for (let tries = 0; tries < maxAttempts; tries++) {
    const current = cache.get(key);
    if (current === undefined) throw notFound(resource.groupResource, name);
    const result = await attempt(resource, key, current, options, dependencies, context, validate);
    if ('done' in result) return result.done;
    if (result.marked) options = afterMarking(options, result.retryAfter);
    await cache.waitFor(result.retryAfter, awaitCommitMs);
  }
  throw serverTimeout(resource.groupResource, 'delete', 1);
}
