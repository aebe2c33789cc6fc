// Ownership of fields through updates and applies: who keeps what, who loses what, what an applier gave up.
// Upstream: structured-merge-diff/v6/merge/update.go.

import { jsonEqual } from '../../json-object.ts';
import type { Json, KubeObject } from '../../object.ts';
import { difference, emptySet, type FieldSet, intersection, isEmpty, union } from '../paths/field-set.ts';
import { saying } from '../pending-conversion.ts';
import type { SchemaType } from '../schema/schema.ts';
import { type Comparison, compare } from '../typed/compare.ts';
import { merge } from '../typed/merge.ts';
import { ensureNamedFieldsAreMembers } from '../typed/named-fields.ts';
import { reconcileWithSchema } from '../typed/reconcile-schema.ts';
import { removeItems } from '../typed/remove-items.ts';
import { toFieldSet } from '../typed/to-field-set.ts';
import { Conflicts, conflictsOf } from './conflicts.ts';
import type { FieldFilter } from './field-filter.ts';
import { ManagedSet } from './managed-set.ts';

/** A value in one version of its kind. */
export interface VersionedObject {
  readonly apiVersion: string;
  readonly value: KubeObject;
}

/** The versions of a kind. */
export interface Versions {
  /** The merge type in a version; undefined when the kind is not served in it (any more). */
  typeOf(apiVersion: string): SchemaType | undefined;
  /** The object in another version that `typeOf` knows. Throws when it cannot be converted. */
  convert(object: KubeObject, apiVersion: string): KubeObject;
}

/** What an operation works with. */
export interface UpdateOptions {
  readonly versions: Versions;
  /** The fields that the operation's subresource resets, by version. */
  readonly filterOf: (apiVersion: string) => FieldFilter | undefined;
}

type Fields = Map<string, ManagedSet>;

function inVersion(
  versions: Versions,
  object: VersionedObject,
  apiVersion: string,
): VersionedObject | undefined {
  if (object.apiVersion === apiVersion) return object;
  if (versions.typeOf(apiVersion) === undefined) return undefined;
  return { apiVersion, value: versions.convert(object.value, apiVersion) };
}

function json(object: VersionedObject): Json {
  return object.value as Json;
}

function filtered(comparison: Comparison, filter: FieldFilter | undefined): Comparison {
  if (filter === undefined) return comparison;
  return {
    added: filter(comparison.added),
    modified: filter(comparison.modified),
    removed: filter(comparison.removed),
  };
}

/** A comparison in one version, with the set of all it names. */
interface Change {
  readonly comparison: Comparison;
  readonly written: FieldSet;
  readonly all: FieldSet;
}

function changeOf(comparison: Comparison): Change {
  const written = union(comparison.modified, comparison.added);
  return { comparison, written, all: union(written, comparison.removed) };
}

/**
 * Drops managers of versions that are gone, and brings sets in line with the schema; changes `fields`. Throws when the live
 * object has no form in a version that somebody owns fields in.
 */
function reconcile(live: VersionedObject, fields: Fields, { versions }: UpdateOptions): void {
  const converted = new Set([live.apiVersion]);
  for (const [manager, managed] of fields) {
    const { apiVersion } = managed;
    const type = versions.typeOf(apiVersion);
    if (type !== undefined && !converted.has(apiVersion)) {
      inVersion(versions, live, apiVersion);
      converted.add(apiVersion);
    }
    if (type === undefined) fields.delete(manager);
    else if (managed.mayNeedReconciling(type)) {
      const set = reconcileWithSchema(managed.set, type);
      if (set !== managed.set) fields.set(manager, managed.with(set));
    }
  }
}

/**
 * Takes from all managers but `self` what changes between two objects; changes `fields`. Throws Conflicts when it is not
 * forced and others own what is written.
 */
function takeOver(
  live: VersionedObject,
  next: VersionedObject,
  fields: Fields,
  self: string,
  force: boolean,
  options: UpdateOptions,
): Change {
  const { versions, filterOf } = options;
  const own = changeOf(
    filtered(compare(versions.typeOf(live.apiVersion)!, json(live), json(next)), filterOf(live.apiVersion)),
  );
  const changes = new Map([[live.apiVersion, own]]);
  const changeIn = (apiVersion: string): Change | undefined => {
    const known = changes.get(apiVersion);
    if (known !== undefined) return known;
    const before = saying('failed to convert old object', () => inVersion(versions, live, apiVersion));
    const after = saying('failed to convert new object', () => inVersion(versions, next, apiVersion));
    if (before === undefined || after === undefined) return undefined;
    const comparison = compare(versions.typeOf(apiVersion)!, json(before), json(after));
    const change = changeOf(filtered(comparison, filterOf(apiVersion)));
    changes.set(apiVersion, change);
    return change;
  };

  const lost = new Map<string, FieldSet>();
  const affected: [string, ManagedSet, Change][] = [];
  for (const [manager, managed] of fields) {
    if (manager === self) continue;
    const change = changeIn(managed.apiVersion);
    if (change === undefined) {
      fields.delete(manager);
      continue;
    }
    if (!managed.touches(change.all)) continue;
    const taken = intersection(managed.set, change.written);
    if (!isEmpty(taken)) lost.set(manager, taken);
    affected.push([manager, managed, change]);
  }
  if (!force && lost.size > 0) throw new Conflicts(conflictsOf(lost));

  for (const [manager, managed, change] of affected) {
    const kept = difference(managed.set, lost.get(manager) ?? emptySet);
    fields.set(manager, managed.with(difference(kept, change.comparison.removed)));
  }
  for (const [manager, managed] of fields) if (managed.empty) fields.delete(manager);
  return own;
}

/** Records an update by `manager`, which now owns all that it changed; changes `fields`. */
export function recordUpdate(
  live: VersionedObject,
  next: VersionedObject,
  fields: Fields,
  manager: string,
  options: UpdateOptions,
): void {
  reconcile(live, fields, options);
  const { comparison, written } = takeOver(live, next, fields, manager, true, options);
  const before = fields.get(manager)?.set ?? emptySet;
  let set = union(difference(before, comparison.removed), written);
  const filter = options.filterOf(next.apiVersion);
  if (filter !== undefined) set = filter(set);
  if (isEmpty(set)) fields.delete(manager);
  else fields.set(manager, ManagedSet.of(set, next.apiVersion, false));
}

/**
 * Applies a configuration for `manager`; changes `fields`. Returns the new object, which shares parts with both, or
 * undefined when it equals the live one. Throws Conflicts, and TypeFaults.
 */
export function applyConfiguration(
  live: VersionedObject,
  config: VersionedObject,
  fields: Fields,
  manager: string,
  force: boolean,
  options: UpdateOptions,
): KubeObject | undefined {
  const type = options.versions.typeOf(config.apiVersion)!;
  reconcile(live, fields, options);
  const merged = merge(type, json(live), json(config)) as unknown as KubeObject;
  const last = fields.get(manager);
  let set = toFieldSet(type, json(config));
  const filter = options.filterOf(config.apiVersion);
  if (filter !== undefined) set = filter(set);
  fields.set(manager, ManagedSet.of(set, config.apiVersion, true));
  const next = saying('failed to prune fields', () =>
    prune({ apiVersion: live.apiVersion, value: merged }, fields, manager, last, options.versions),
  );
  takeOver(live, next, fields, manager, force, options);
  return jsonEqual(json(live), json(next)) ? undefined : next.value;
}

function namedSetOf(object: VersionedObject, type: SchemaType): FieldSet {
  return ensureNamedFieldsAreMembers(toFieldSet(type, json(object)), type);
}

function without(object: VersionedObject, type: SchemaType, set: FieldSet): VersionedObject {
  return {
    apiVersion: object.apiVersion,
    value: removeItems(type, json(object), set) as unknown as KubeObject,
  };
}

/** Takes out what the applier applied last time, does not apply now, and nobody else owns. */
function prune(
  merged: VersionedObject,
  fields: Fields,
  manager: string,
  last: ManagedSet | undefined,
  versions: Versions,
): VersionedObject {
  if (last === undefined || last.empty) return merged;
  const converted = saying('failed to convert merged object to last applied version', () =>
    inVersion(versions, merged, last.apiVersion),
  );
  if (converted === undefined) return merged;
  const type = versions.typeOf(last.apiVersion)!;
  const lastSet = ensureNamedFieldsAreMembers(last.set, type);
  const bare = without(converted, type, lastSet);
  const owned = saying('failed add back owned items', () => addBackOwned(converted, bare, fields, versions));
  const pruned = saying('failed add back dangling items', () =>
    saying('failed to convert pruned object to last applied version', () =>
      inVersion(versions, owned, last.apiVersion),
    ),
  );
  if (pruned === undefined) return merged;
  // Only what the applier owned may go.
  const gone = difference(namedSetOf(converted, type), namedSetOf(pruned, type));
  const kept = without(converted, type, intersection(gone, lastSet));
  return inVersion(versions, kept, fields.get(manager)!.apiVersion) ?? kept;
}

/** Adds back what managers own, in the version in which they own it; the version of `bare` comes first. */
function addBackOwned(
  merged: VersionedObject,
  bare: VersionedObject,
  fields: Fields,
  versions: Versions,
): VersionedObject {
  const owned = new Map<string, FieldSet>();
  for (const { apiVersion, set } of fields.values())
    owned.set(apiVersion, union(owned.get(apiVersion) ?? emptySet, set));
  let full = merged;
  let pruned = bare;
  // First the version that was pruned in: what is required there may be needed to convert.
  const ordered = [...owned.keys()].sort(
    (a, b) => Number(b === bare.apiVersion) - Number(a === bare.apiVersion),
  );
  for (const apiVersion of ordered) {
    const set = owned.get(apiVersion)!;
    const fullInVersion = saying(`failed to convert merged object at version ${apiVersion}`, () =>
      inVersion(versions, full, apiVersion),
    );
    const prunedInVersion = saying(`failed to convert pruned object at version ${apiVersion}`, () =>
      inVersion(versions, pruned, apiVersion),
    );
    if (fullInVersion === undefined || prunedInVersion === undefined) continue;
    full = fullInVersion;
    const type = versions.typeOf(apiVersion)!;
    const keep = union(namedSetOf(prunedInVersion, type), ensureNamedFieldsAreMembers(set, type));
    pruned = without(full, type, difference(namedSetOf(full, type), keep));
  }
  return pruned;
}
