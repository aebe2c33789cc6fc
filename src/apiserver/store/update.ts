// Updating an object: read, change, check, compare-and-set, again where somebody else was faster.
// Upstream: Store.Update in k8s.io/apiserver/pkg/registry/generic/registry/store.go and registry/rest/update.go.

import { isDeepStrictEqual } from 'node:util';
import { invalid, verbatim } from '../../api/field-error.ts';
import { path } from '../../api/field-path.ts';
import { goQuote } from '../../api/go-text.ts';
import type { KubeObject } from '../../api/object.ts';
import {
  badRequest,
  conflict,
  invalidObject,
  notFound,
  objectModified,
  serverTimeout,
} from '../../api/status.ts';
import type { UpdateStrategy } from '../../kinds/define-kind.ts';
import { pathSegment } from '../../kinds/validation/names.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from '../../kinds/validation/object-meta.ts';
import { ConflictError, NotFoundError } from '../../storage/storage.ts';
import type { CachedObject } from '../../storage/watch-cache.ts';
import { keepTimes } from '../apply/field-managers.ts';
import {
  attributesOf,
  canonical,
  keyOf,
  prepareToRead,
  prepareToWrite,
  readStored,
  type ServedResource,
} from '../resources.ts';
import {
  createObject,
  hookContext,
  invalidKind,
  metadataOptions,
  strategyFaults,
  type Written,
  wholeMetadataFaults,
  wipeSystemFields,
} from './create.ts';
import { etcdKey } from './etcd-key.ts';
import { encoderOf, parseObject, restamp } from './serialize.ts';
import { ensureFits } from './size-limit.ts';
import { toApiError } from './storage-errors.ts';
import { hookOf, type Reservation, type StoreDependencies, type WriteContext } from './write-context.ts';

// A key that loses this many races in a row is under a storm of writers; the client is told to come back.
const maxAttempts = 200;
const awaitCommitMs = 5000;

/** How one request changes an object. */
export interface Update {
  /** Makes the new object of the stored one (undefined: there is none); may be called more than once, must not change it. */
  change(current: KubeObject | undefined): KubeObject | Promise<KubeObject>;
  /** Validating admission on the final object. */
  validate(object: KubeObject, old: KubeObject | undefined): Promise<void>;
  /** Refuses with a conflict when the stored object has another uid. */
  uid?: string;
  /** Creates when there is nothing, whatever the kind says (apply). */
  forceCreate?: boolean;
  /** Writes the changed object as it is: the server's own changes (binding) are not held to the rules for users. */
  bypassStrategy?: boolean;
}

function strategyOf(resource: ServedResource, subresource: string): UpdateStrategy<KubeObject> {
  if (subresource === '') return resource.kind;
  return resource.kind.subresources?.[subresource] ?? resource.kind;
}

function checkVersion(
  resource: ServedResource,
  object: KubeObject,
  current: CachedObject,
  name: string,
): void {
  const asked = object.metadata.resourceVersion;
  if (asked === undefined || asked === '' || asked === '0') {
    if (resource.kind.allowUnconditionalUpdate !== false) {
      object.metadata.resourceVersion = String(current.revision);
      return;
    }
    const { group, resource: plural } = resource.groupResource;
    const error = invalid(
      path('metadata', 'resourceVersion'),
      verbatim('0'),
      'must be specified for an update',
    );
    throw invalidObject({ group, kind: plural }, name, [error]);
  }
  if (!/^\d+$/.test(asked)) throw badRequest(`strconv.ParseUint: parsing ${goQuote(asked)}: invalid syntax`);
  if (asked !== String(current.revision)) throw conflict(resource.groupResource, name, objectModified);
}

/** The fields that no update may change are taken from the old object before validation. */
function keepSystemFields(object: KubeObject, old: KubeObject): void {
  const metadata = object.metadata;
  metadata.uid ||= old.metadata.uid;
  if (old.metadata.creationTimestamp) metadata.creationTimestamp = old.metadata.creationTimestamp;
  if (old.metadata.deletionTimestamp) metadata.deletionTimestamp = old.metadata.deletionTimestamp;
  if (old.metadata.deletionGracePeriodSeconds !== undefined) {
    metadata.deletionGracePeriodSeconds ??= old.metadata.deletionGracePeriodSeconds;
  }
}

function beforeUpdate(
  resource: ServedResource,
  object: KubeObject,
  old: KubeObject,
  dependencies: StoreDependencies,
  context: WriteContext,
): void {
  const { kind, definition } = resource;
  const strategy = strategyOf(resource, context.subresource);
  const hooks = hookContext(dependencies, context);
  object.metadata.generation = old.metadata.generation;
  strategy.prepareForUpdate?.(object, old, hooks);
  keepSystemFields(object, old);
  const where = path('metadata');
  const options = metadataOptions(resource);
  const errors = [
    // Upstream checks metadata for all kinds and again in most, and its causes show each time.
    ...validateObjectMeta(object.metadata, definition.namespaced, pathSegment, where, {}),
    ...validateObjectMetaUpdate(object.metadata, old.metadata, where, {}),
    ...strategyFaults(kind, [
      ...(strategy.metadataChecks ?? (['change'] as const)).flatMap((check) =>
        check === 'whole'
          ? wholeMetadataFaults(resource, object)
          : validateObjectMetaUpdate(object.metadata, old.metadata, where, options),
      ),
      ...(strategy.validateUpdate?.(object, old, hooks) ?? []),
    ]),
  ];
  if (errors.length > 0)
    throw invalidObject(
      { group: kind.group, kind: invalidKind(resource, object) },
      object.metadata.name ?? '',
      errors,
    );
  for (const warning of strategy.warningsOnUpdate?.(object, old, hooks) ?? []) context.warn(warning);
  kind.canonicalize?.(object);
}

/** Whether this update is the last word of a deletion: the finalizers are gone and no grace period is left. */
function finishesDeletion(resource: ServedResource, object: KubeObject, old: KubeObject): boolean {
  if (resource.kind.twoPhaseDeletion?.pending(object)) return false;
  if ((object.metadata.finalizers?.length ?? 0) > 0 || !old.metadata.deletionTimestamp) return false;
  const grace = old.metadata.deletionGracePeriodSeconds;
  return grace === undefined || grace === 0;
}

/** A number that texts of the same characters have in common, whatever their order. */
function weight(bytes: Buffer): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i++) sum += bytes[i]! * bytes[i]!;
  return sum;
}

/** Whether two encodings say the same: byte for byte, or in another order of fields. */
function isSame(bytes: Buffer, before: Buffer): boolean {
  if (bytes.length !== before.length) return false;
  if (bytes.equals(before)) return true;
  return weight(bytes) === weight(before) && isDeepStrictEqual(parseObject(bytes), parseObject(before));
}

type Attempt = { done: Written } | { retryAfter: number };

async function removeFinalized(
  resource: ServedResource,
  key: string,
  object: KubeObject,
  old: KubeObject,
  current: CachedObject,
  dependencies: StoreDependencies,
): Promise<Attempt> {
  const encode = encoderOf(object);
  try {
    // watchers see the last stored state go, not the one this update would have made
    const last = encoderOf(resource.custom ? parseObject(current.bytes) : old);
    const entry = await dependencies.storage.delete(key, last, { expect: current.revision });
    await hookOf(dependencies, resource)?.afterDelete?.(object);
    return { done: { bytes: encode(current.revision), revision: entry.revision, object } };
  } catch (error) {
    if (error instanceof ConflictError) return { retryAfter: error.current };
    if (error instanceof NotFoundError)
      return { done: { bytes: encode(current.revision), revision: current.revision, object } };
    throw toApiError(error);
  }
}

async function write(
  resource: ServedResource,
  key: string,
  changed: KubeObject,
  old: KubeObject,
  current: CachedObject,
  dependencies: StoreDependencies,
  context: WriteContext,
  reservation: Reservation | undefined,
): Promise<Attempt> {
  const stored = canonical(resource, changed, old);
  const object = resource.custom?.codec ? changed : stored;
  const encode = encoderOf(stored);
  const unchanged = encode(current.revision);
  if (finishesDeletion(resource, object, old) && !context.dryRun)
    return removeFinalized(resource, key, stored, old, current, dependencies);
  if (context.dryRun || isSame(unchanged, current.bytes)) {
    await reservation?.rollback();
    return { done: { bytes: unchanged, revision: current.revision, object } };
  }
  reservation?.store?.();
  try {
    ensureFits(resource, stored, unchanged.length, 'update');
    const entry = await dependencies.storage.put(key, (revision) => restamp(unchanged, revision), {
      expect: current.revision,
      companion: attributesOf(resource.kind, stored),
    });
    await reservation?.commit();
    return { done: { bytes: entry.value, revision: entry.revision, object } };
  } catch (error) {
    await reservation?.rollback();
    if (error instanceof ConflictError) return { retryAfter: error.current };
    throw toApiError(error);
  }
}

async function attempt(
  resource: ServedResource,
  key: string,
  name: string,
  current: CachedObject,
  update: Update,
  dependencies: StoreDependencies,
  context: WriteContext,
): Promise<Attempt> {
  const reading = prepareToRead(resource, [current]);
  if (reading) await reading;
  const old = readStored(resource, current.bytes);
  if (update.uid && update.uid !== old.metadata.uid) {
    const detail = `StorageError: invalid object, Code: 4, Key: ${etcdKey(resource, old.metadata.namespace ?? '', name)}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${update.uid}, UID in object meta: ${old.metadata.uid}`;
    throw conflict(resource.groupResource, name, detail);
  }
  const object = await update.change(old);
  checkVersion(resource, object, current, name);
  // a subresource with a strategy of its own allocates nothing
  const hook =
    strategyOf(resource, context.subresource) === resource.kind ? hookOf(dependencies, resource) : undefined;
  const reservation = hook?.beginUpdate?.(object, old, context.dryRun);
  try {
    if (!update.bypassStrategy) {
      beforeUpdate(resource, object, old, dependencies, context);
      // only now is it known what else changes
      keepTimes(resource, object, old);
    }
    await update.validate(object, old);
    const writing = prepareToWrite(resource, object);
    if (writing) await writing;
  } catch (error) {
    await reservation?.rollback();
    throw error;
  }
  return write(resource, key, object, old, current, dependencies, context, reservation);
}

/**
 * Updates the object `name`. Throws 404, 409 Conflict (the request named a resourceVersion that is no longer the newest),
 * 422 Invalid and what admission throws. Without a named resourceVersion it tries again on the newer object.
 */
export function updateObject(
  resource: ServedResource,
  name: string,
  update: Update,
  dependencies: StoreDependencies,
  context: WriteContext,
): Promise<{ written: Written; created: boolean }> {
  const key = keyOf(resource, context.namespace, name);
  return dependencies.queue.run(key, () => updateInTurn(resource, name, update, dependencies, context));
}

async function updateInTurn(
  resource: ServedResource,
  name: string,
  update: Update,
  dependencies: StoreDependencies,
  context: WriteContext,
): Promise<{ written: Written; created: boolean }> {
  const key = keyOf(resource, context.namespace, name);
  const cache = resource.cache!;
  for (let tries = 0; tries < maxAttempts; tries++) {
    const current = cache.get(key);
    if (current === undefined) {
      if (!resource.kind.allowCreateOnUpdate && !update.forceCreate)
        throw notFound(resource.groupResource, name);
      const object = await update.change(undefined);
      wipeSystemFields(object);
      // unlike with a POST it does no harm
      delete object.metadata.resourceVersion;
      const written = await createObject(resource, object, dependencies, context, () =>
        update.validate(object, undefined),
      );
      return { written, created: true };
    }
    const result = await attempt(resource, key, name, current, update, dependencies, context);
    if ('done' in result) return { written: result.done, created: false };
    await cache.waitFor(result.retryAfter, awaitCommitMs);
  }
  throw serverTimeout(resource.groupResource, 'update', 1);
}
