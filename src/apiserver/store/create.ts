// Creating an object: names, system fields, the kind's hooks, validation, storage.
// Upstream: Store.create in k8s.io/apiserver/pkg/registry/generic/registry/store.go and registry/rest/create.go.

import type { FieldError } from '../../api/field-error.ts';
import { path } from '../../api/field-path.ts';
import type { KubeObject } from '../../api/object.ts';
import {
  ApiError,
  alreadyExists,
  badRequest,
  generateNameConflict,
  invalidObject,
} from '../../api/status.ts';
import { formatTime } from '../../api/time.ts';
import type { AnyKind, HookContext } from '../../kinds/define-kind.ts';
import { pathSegment, subdomainName } from '../../kinds/validation/names.ts';
import { type ObjectMetaOptions, validateObjectMeta } from '../../kinds/validation/object-meta.ts';
import { ConflictError, type Entry } from '../../storage/storage.ts';
import { attributesOf, canonical, keyOf, prepareToWrite, type ServedResource } from '../resources.ts';
import { encoderOf, objectBytes, orderedObject, parseObject } from './serialize.ts';
import { ensureFits } from './size-limit.ts';
import { toApiError } from './storage-errors.ts';
import { hookOf, type Reservation, type StoreDependencies, type WriteContext } from './write-context.ts';

// As many tries as keep a clash unlikely up to a million names of one prefix; upstream's maxNameGenerationCreateAttempts.
const generateNameAttempts = 8;
/** Generated names keep to a label's length: 63 characters in all. */
const maxGeneratedBase = 58;

// It is storage that refuses a resourceVersion: dry runs end before it, and it knows positive numbers alone.
const setRevision = /^0*[1-9]\d*$/;

/** The bytes and revision of a write; dry runs have what would have been written. */
export interface Written {
  readonly bytes: Buffer;
  readonly revision: number;
  readonly object: KubeObject;
}

/** The context that a kind's hooks see. */
export function hookContext(dependencies: StoreDependencies, context: WriteContext): HookContext {
  const { namespace, apiVersion, user, warn } = context;
  const namespaceLabels = () => dependencies.namespaceLabels?.(namespace);
  const { isGateOn } = dependencies;
  return { now: dependencies.clock.now(), namespace, apiVersion, namespaceLabels, isGateOn, user, warn };
}

/** A name that no object has; after as many tries as upstream makes, one that is taken, for the error. */
function nameFor(
  resource: ServedResource,
  namespace: string,
  generateName: string,
  { random }: StoreDependencies,
): string {
  const base =
    generateName.length > maxGeneratedBase ? generateName.slice(0, maxGeneratedBase) : generateName;
  let name = '';
  for (let tries = 0; tries < generateNameAttempts; tries++) {
    name = base + random.suffix(5);
    if (!resource.cache?.get(keyOf(resource, namespace, name))) break;
  }
  return name;
}

/** Fields that only the server sets are dropped from a new object. Upstream: WipeObjectMetaSystemFields. */
export function wipeSystemFields(object: KubeObject): void {
  const { metadata } = object;
  delete metadata.creationTimestamp;
  delete metadata.uid;
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.selfLink;
}

/** The kind that an error names: a custom resource's is what it says of itself. */
export function invalidKind(resource: ServedResource, object: KubeObject): string {
  return resource.custom ? (object.kind ?? '') : resource.kind.kind;
}

/** Finalizers of built-in kinds that have no domain must be well-known ones, but for a few kinds. */
export function metadataOptions({ kind, custom }: ServedResource): ObjectMetaOptions {
  return { kubeFinalizers: !custom && kind.metadataRules !== 'plain' };
}

/** The kind's own check of metadata, as of a new object. */
export function wholeMetadataFaults(resource: ServedResource, object: KubeObject): FieldError[] {
  const { kind, definition } = resource;
  return validateObjectMeta(
    object.metadata,
    definition.namespaced,
    (name, prefix) => (kind.nameRule ?? subdomainName)(name, prefix, object),
    path('metadata'),
    metadataOptions(resource),
  );
}

/** The faults that a kind's own rules find: each told once where they are declarative. */
export function strategyFaults(
  { isDeclarative }: Pick<AnyKind, 'isDeclarative'>,
  faults: FieldError[],
): FieldError[] {
  if (!isDeclarative) return faults;
  return [...new Map(faults.map((fault) => [`${fault.field} ${fault.type} ${fault.body}`, fault])).values()];
}

/** Checks name, namespace and the kind's rules. Throws 422. */
function validateNew(resource: ServedResource, object: KubeObject, context: HookContext): void {
  const { kind, definition } = resource;
  const own = kind.validateCreate?.(object, context) ?? [];
  const errors = strategyFaults(
    kind,
    kind.metadataRules === 'segments' ? own : [...wholeMetadataFaults(resource, object), ...own],
  );
  // what is asked of all kinds comes after what the kind asks
  if (errors.length === 0 && kind.metadataRules === 'segments')
    errors.push(
      ...validateObjectMeta(object.metadata, definition.namespaced, pathSegment, path('metadata'), {}),
    );
  if (errors.length > 0)
    throw invalidObject(
      { group: kind.group, kind: invalidKind(resource, object) },
      object.metadata.name ?? '',
      errors,
    );
}

function existsError(resource: ServedResource, key: string, name: string): ApiError {
  const error = alreadyExists(resource.groupResource, name);
  const existing = resource.cache?.get(key);
  if (existing && parseObject(existing.bytes).metadata.deletionTimestamp) {
    return new ApiError({ ...error.status, message: `object is being deleted: ${error.status.message}` });
  }
  return error;
}

async function store(
  resource: ServedResource,
  object: KubeObject,
  dependencies: StoreDependencies,
  dryRun: boolean,
  reservation: Reservation | undefined,
): Promise<Written | undefined> {
  const key = keyOf(resource, object.metadata.namespace ?? '', object.metadata.name!);
  const encode = encoderOf(object);
  if (dryRun) {
    if (resource.cache?.get(key)) return undefined;
    return { bytes: objectBytes(orderedObject(object)), revision: 0, object };
  }
  // not where the object itself is sure to fail
  if (reservation?.store && !resource.cache?.get(key)) reservation.store();
  try {
    const encodeFitting = (revision: number): Buffer => {
      const bytes = encode(revision);
      ensureFits(resource, object, bytes.length, 'create');
      return bytes;
    };
    const entry: Entry = await dependencies.storage.put(key, encodeFitting, {
      expect: 0,
      companion: attributesOf(resource.kind, object),
    });
    return { bytes: entry.value, revision: entry.revision, object };
  } catch (error) {
    if (error instanceof ConflictError) return undefined;
    throw toApiError(error);
  }
}

async function createOnce(
  resource: ServedResource,
  object: KubeObject,
  dependencies: StoreDependencies,
  context: WriteContext,
  validate: () => Promise<void>,
): Promise<Written | undefined> {
  const metadata = object.metadata;
  metadata.creationTimestamp = formatTime(dependencies.clock.now());
  metadata.uid = dependencies.random.uuid();
  const hooks = hookContext(dependencies, context);
  const { kind } = resource;
  const reservation = hookOf(dependencies, resource)?.beginCreate?.(object, context.dryRun);
  try {
    kind.prepareForCreate?.(object, hooks);
    validateNew(resource, object, hooks);
    for (const warning of kind.warningsOnCreate?.(object, hooks) ?? []) context.warn(warning);
    kind.canonicalize?.(object);
    await validate();
    if (!context.dryRun && setRevision.test(metadata.resourceVersion ?? ''))
      throw badRequest('resourceVersion should not be set on objects to be created');
    const preparing = prepareToWrite(resource, object);
    if (preparing) await preparing;
    const written = await store(
      resource,
      canonical(resource, object),
      dependencies,
      context.dryRun,
      reservation,
    );
    if (reservation) await (written ? reservation.commit() : reservation.rollback());
    return written;
  } catch (error) {
    if (reservation) await reservation.rollback();
    throw error;
  }
}

/**
 * Creates `object`, which this call may change. Throws 409 AlreadyExists, 422 Invalid and what admission throws.
 * `validate` runs the validating admission on the final object.
 */
export async function createObject(
  resource: ServedResource,
  object: KubeObject,
  dependencies: StoreDependencies,
  context: WriteContext,
  validate: () => Promise<void>,
): Promise<Written> {
  const { metadata } = object;
  const { namespace = '' } = metadata;
  const generated = metadata.generateName && !metadata.name ? metadata.generateName : undefined;
  if (generated !== undefined) metadata.name = nameFor(resource, namespace, generated, dependencies);
  const written = await createOnce(resource, object, dependencies, context, validate);
  if (written) return written;
  const name = metadata.name ?? '';
  if (generated !== undefined) throw generateNameConflict(resource.groupResource, name, 1);
  throw existsError(resource, keyOf(resource, namespace, name), name);
}
