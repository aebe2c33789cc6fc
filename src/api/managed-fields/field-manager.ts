// Field management of one kind: what every create, update, patch and apply does to metadata.managedFields, and what an
// apply makes of the object. Works on plain JSON objects and changes none of its arguments.
// Upstream: k8s.io/apimachinery/pkg/util/managedfields/internal/{fieldmanager,structuredmerge,skipnonapplied,
// managedfieldsupdater,buildmanagerinfo,versioncheck}.go.
import type { Clock } from '../clock.ts';
import { isJsonObject } from '../json-object.ts';
import {
  apiVersionOf,
  type GroupVersionKind,
  type Json,
  type KubeObject,
  parseApiVersion,
} from '../object.ts';
import { ApiError, badRequest, failure } from '../status.ts';
import { formatTime } from '../time.ts';
import { capUpdaters } from './managers/cap-managers.ts';
import { applyConflict, Conflicts, conflictSet, conflictsOutside } from './managers/conflicts.ts';
import type { FieldFilter } from './managers/field-filter.ts';
import {
  allowedByLastApplied,
  hasLastApplied,
  kubectlManager,
  withLastApplied,
} from './managers/last-applied.ts';
import { ManagedSet } from './managers/managed-set.ts';
import {
  decodeManagers,
  encodeManagers,
  entriesOf,
  type Managers,
  managerIdentifier,
  noManagers,
} from './managers/managers.ts';
import { stripMeta } from './managers/strip-meta.ts';
import { applyConfiguration, recordUpdate, type UpdateOptions, type Versions } from './managers/updater.ts';
import { difference, isEmpty, union } from './paths/field-set.ts';
import { type ElementOrder, elementOrder, textOrder } from './paths/fields-v1.ts';
import { PendingConversion } from './pending-conversion.ts';
import type { SchemaType } from './schema/schema.ts';
import { validate } from './typed/validate.ts';

/** What the manager of a kind needs to know about it. */
export interface FieldManagerOptions {
  readonly kind: GroupVersionKind;
  /** The merge type of the kind in a version (`apps/v1`); undefined when it is not served in it. */
  readonly schemaOf: (apiVersion: string) => SchemaType | undefined;
  /** The object that a create starts from: for built-in kinds the JSON of Go's zero value, else `{metadata: {}}`. */
  readonly empty: KubeObject;
  readonly clock: Clock;
  /** Custom resources: fieldsV1 is printed sorted by text, as everything of theirs is. */
  readonly custom?: boolean;
  /**
   * Converts an object to another version that `schemaOf` knows. Without it there is only one version. Throws PendingConversion
   * where that must be waited for: `update` and `apply` then throw it too, and may be called again.
   */
  readonly convert?: (object: KubeObject, apiVersion: string) => KubeObject;
  /** Which fields the resource (subresource '') or a subresource resets, by version: they are not owned through it. */
  readonly resetFields?: (subresource: string, apiVersion: string) => FieldFilter | undefined;
}

/** Who writes, and through what. */
export interface WriteOptions {
  /** A name; see managerName. An empty one becomes `unknown`. */
  readonly manager: string;
  /** `status`, `scale`; empty for the resource itself. */
  readonly subresource?: string;
}

/** Field management of one kind, in one version. */
export interface FieldManager {
  /**
   * `next` with new managedFields, after a create (`live` undefined), an update or a patch. Both are in this version. The
   * result is `next` itself when its managedFields need no change. Never throws for what an object says: where managedFields
   * cannot be kept they are dropped.
   */
  update(live: KubeObject | undefined, next: KubeObject, options: WriteOptions): KubeObject;
  /**
   * The live object (undefined: there is none) with `config` applied, which must be in this version; to be decoded,
   * defaulted and validated by the caller. Shares parts with both. Throws ApiError: 409 with causes for conflicts, 400 for
   * another kind, managedFields in the configuration, or a configuration that does not fit the schema (500 upstream).
   */
  apply(
    live: KubeObject | undefined,
    config: KubeObject,
    options: WriteOptions & { readonly force?: boolean },
  ): KubeObject;
}

const beforeFirstApply = 'before-first-apply';
const currentOperation = 'current-operation';
const noEntry = 'unknown';

/** Only what the walkers may see: managedFields say nothing about themselves. */
function withoutManagedFields(object: KubeObject): KubeObject {
  if (!Object.hasOwn(object.metadata, 'managedFields')) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** `object` with these entries; the very same object when it has them. */
function withManagers(
  object: KubeObject,
  bare: KubeObject,
  managers: Managers,
  order: ElementOrder,
): KubeObject {
  const entries = encodeManagers(managers, order);
  if (entries === undefined) return bare;
  if (object === bare && object.metadata.managedFields === entries) return object;
  return { ...bare, metadata: { ...bare.metadata, managedFields: entries } };
}

/** A request that says `managedFields: []` or `[{}]` wants them forgotten. */
function resetsManagedFields(entries: Json | undefined): boolean {
  if (!Array.isArray(entries)) return false;
  const [only] = entries;
  return (
    entries.length === 0 || (entries.length === 1 && isJsonObject(only) && Object.keys(only).length === 0)
  );
}

function managersOrNone(entries: Json | undefined, order: ElementOrder): Managers {
  try {
    return decodeManagers(entries, order);
  } catch {
    return noManagers();
  }
}

/** Where an update finds who owned what: in the object it sends, or in the live one when that says nothing usable. */
function managersForUpdate(
  live: KubeObject,
  next: KubeObject,
  subresource: string,
  order: ElementOrder,
): Managers {
  if (subresource !== '') return managersOrNone(entriesOf(live), order);
  if (resetsManagedFields(entriesOf(next))) return noManagers();
  const sent = managersOrNone(entriesOf(next), order);
  return sent.fields.size > 0 ? sent : managersOrNone(entriesOf(live), order);
}

function kindText({ group, version, kind }: GroupVersionKind): string {
  return `${group}/${version}, Kind=${kind}`;
}

function kindOf(object: KubeObject): GroupVersionKind {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const { group, version } = parseApiVersion(text(object.apiVersion)) ?? { group: '', version: '' };
  return { group, version, kind: text(object.kind) };
}

function describe(object: KubeObject): string {
  const { name = '', namespace = '' } = object.metadata ?? {};
  return `${namespace}/${name}; ${kindText(kindOf(object))}`;
}

function faultText(what: string, object: KubeObject, tail: string, cause: unknown): string {
  return `${what} object (${describe(object)})${tail}: ${(cause as Error).message}`;
}

/** A fault of a live object is the server's: 500 without a reason. */
function unfit(what: string, object: KubeObject, tail: string, cause: unknown): ApiError {
  const message = faultText(what, object, tail, cause);
  return new ApiError(failure(500, '', message), { cause });
}

/** The manager of a kind in one version. Upstream makes one per version and subresource; here subresources are options. */
export function createFieldManager(options: FieldManagerOptions): FieldManager {
  const { kind, empty, clock } = options;
  const order = options.custom ? textOrder : elementOrder;
  const apiVersion = apiVersionOf(kind.group, kind.version);
  const versions: Versions = {
    typeOf: options.schemaOf,
    convert(object, version) {
      if (options.convert === undefined) throw new Error(`no conversion to ${version}`);
      const converted = options.convert(object, version);
      validate(options.schemaOf(version)!, converted as Json, { allowDuplicates: false });
      return converted;
    },
  };
  const own = options.schemaOf(apiVersion);
  if (own === undefined) throw new Error(`no merge type for ${apiVersion} ${kind.kind}`);
  const type = own;

  function updateOptions(subresource: string): UpdateOptions {
    return { versions, filterOf: (version) => options.resetFields?.(subresource, version) };
  }

  function identifier(manager: string, operation: string, subresource: string): string {
    return managerIdentifier({ manager: manager || noEntry, operation, apiVersion, subresource });
  }

  function now(): string {
    return formatTime(clock.now());
  }

  /** An update from one object without managedFields to another; changes `managers`. */
  function track(
    live: KubeObject,
    next: KubeObject,
    managers: Managers,
    name: string,
    subresource: string,
  ): void {
    const { fields, times } = managers;
    recordUpdate(
      { apiVersion, value: live },
      { apiVersion, value: next },
      fields,
      currentOperation,
      updateOptions(subresource),
    );
    const written = fields.get(currentOperation);
    if (written !== undefined) {
      fields.delete(currentOperation);
      const set = stripMeta(written.set);
      if (!isEmpty(set)) {
        const manager = identifier(name, 'Update', subresource);
        const before = fields.get(manager);
        fields.set(
          manager,
          ManagedSet.of(before === undefined ? set : union(set, before.set), apiVersion, false),
        );
        times.set(manager, now());
      }
    }
    capUpdaters(managers);
  }

  function update(live: KubeObject | undefined, next: KubeObject, write: WriteOptions): KubeObject {
    const { manager, subresource = '' } = write;
    const before = live ?? empty;
    const bare = withoutManagedFields(next);
    const managers = managersForUpdate(before, next, subresource, order);
    // Who has no managers gets none but at birth.
    if (managers.fields.size === 0 && before.metadata.uid) return bare;
    try {
      const bareLive = withoutManagedFields(before);
      validate(type, bare as Json, { allowDuplicates: true });
      validate(type, bareLive as Json, { allowDuplicates: true, fitting: bare as Json });
      track(bareLive, bare, managers, manager, subresource);
    } catch (error) {
      if (error instanceof PendingConversion) throw error;
      // Upstream keeps nothing rather than something wrong (UpdateNoErrors).
      return bare;
    }
    return withManagers(next, bare, managers, order);
  }

  /** Throws what upstream throws, in its order. `tracked`: somebody is known to own something of the live object. */
  function validateForApply(live: KubeObject, config: KubeObject, tracked: boolean): void {
    if (kindText(kindOf(config)) !== kindText(kind))
      throw badRequest(`invalid object type: ${kindText(kindOf(config))}`);
    if (!tracked) {
      try {
        validate(type, live as Json, { allowDuplicates: true });
      } catch (error) {
        const what = 'failed to create manager for existing fields: failed to convert new';
        throw unfit(what, live, ' to smd typed', error);
      }
    }
    if (entriesOf(config) !== undefined && entriesOf(config) !== null)
      throw badRequest('metadata.managedFields must be nil');
    try {
      validate(type, config as Json, { allowDuplicates: false });
    } catch (error) {
      throw badRequest(faultText('failed to create typed patch', config, '', error));
    }
    if (!tracked) return;
    try {
      validate(type, live as Json, { allowDuplicates: true });
    } catch (error) {
      throw unfit('failed to create typed live', live, '', error);
    }
  }

  function applyOnce(
    live: KubeObject,
    config: KubeObject,
    managers: Managers,
    manager: string,
    force: boolean,
    subresource: string,
  ): KubeObject {
    const { fields, times } = managers;
    const applied = applyConfiguration(
      { apiVersion, value: live },
      { apiVersion, value: config },
      fields,
      manager,
      force,
      updateOptions(subresource),
    );
    const managed = fields.get(manager);
    if (managed !== undefined) {
      const set = stripMeta(managed.set);
      if (isEmpty(set)) fields.delete(manager);
      else fields.set(manager, managed.with(set));
    }
    if (applied === undefined) return live;
    times.set(manager, now());
    return applied;
  }

  /** Conflicts with what client-side apply set are none for kubectl. */
  function isExcused(conflicts: Conflicts, live: KubeObject, name: string): boolean {
    if (name !== kubectlManager) return false;
    const allowed = allowedByLastApplied(live, type, apiVersion);
    if (allowed === undefined) return false;
    if (isEmpty(difference(conflictSet(conflicts.conflicts), allowed))) return true;
    throw applyConflict(new Conflicts(conflictsOutside(conflicts.conflicts, allowed)));
  }

  function apply(
    live: KubeObject | undefined,
    config: KubeObject,
    write: WriteOptions & { readonly force?: boolean },
  ): KubeObject {
    const { manager: name, subresource = '', force = false } = write;
    const full = live ?? empty;
    const before = withoutManagedFields(full);
    let known: Managers;
    try {
      known = decodeManagers(entriesOf(full), order);
    } catch (error) {
      const message = `failed to decode managed fields: ${(error as Error).message}`;
      throw new ApiError(failure(500, '', message), { cause: error });
    }
    validateForApply(before, config, known.fields.size > 0);
    const manager = identifier(name, 'Apply', subresource);
    const attempt = (forced: boolean): KubeObject => {
      const managers: Managers = { fields: new Map(known.fields), times: new Map(known.times) };
      // What was there before anybody applied gets an owner, so that it can be in conflict.
      if (managers.fields.size === 0) track(empty, before, managers, beforeFirstApply, subresource);
      const applied = applyOnce(before, config, managers, manager, forced, subresource);
      const annotated = name === kubectlManager && hasLastApplied(applied);
      return withManagers(full, annotated ? withLastApplied(applied, config) : applied, managers, order);
    };
    try {
      return attempt(force);
    } catch (error) {
      if (error instanceof ApiError || error instanceof PendingConversion) throw error;
      if (!(error instanceof Conflicts))
        throw new ApiError(failure(500, '', (error as Error).message), { cause: error });
      if (!isExcused(error, before, name)) throw applyConflict(error);
    }
    return attempt(true);
  }

  return { update, apply };
}
