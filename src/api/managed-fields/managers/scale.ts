// managedFields between an object and its scale subresource, where the number of replicas is the only field they share.
// Upstream: k8s.io/apimachinery/pkg/util/managedfields/scalehandler.go.
import type { Json, JsonObject } from '../../object.ts';
import { difference, has, isEmpty, type Path, setOf } from '../paths/field-set.ts';
import { fieldElement } from '../paths/path-element.ts';
import { ManagedSet } from './managed-set.ts';
import { decodeManagers, encodeManagers, noManagers } from './managers.ts';

const scaleVersion = 'autoscaling/v1';
const replicasInScale: Path = ['f:spec', 'f:replicas'];

/**
 * Where each version of the parent has its replicas, as field names (`{'apps/v1': ['spec', 'replicas']}`); null for a
 * version without scale. Entries of versions that are not named are dropped.
 */
export type ReplicasPaths = Readonly<Record<string, readonly string[] | null>>;

function pathIn(paths: ReplicasPaths, apiVersion: string): Path | null | undefined {
  if (!Object.hasOwn(paths, apiVersion)) return undefined;
  return paths[apiVersion]?.map(fieldElement) ?? null;
}

/** The entries that a Scale gets: of all who own the replicas of its parent. Throws Error for entries that are not valid. */
export function entriesForScale(parent: Json | undefined, paths: ReplicasPaths): JsonObject[] | undefined {
  const managers = decodeManagers(parent);
  const scale = noManagers();
  for (const [manager, managed] of managers.fields) {
    const path = pathIn(paths, managed.apiVersion);
    if (!path || !has(managed.set, path)) continue;
    scale.fields.set(manager, ManagedSet.of(setOf(replicasInScale), scaleVersion, managed.applied));
    const time = managers.times.get(manager);
    if (time !== undefined) scale.times.set(manager, time);
  }
  return encodeManagers(scale);
}

/**
 * The parent's entries after a write to its Scale, whose entries are `scale`: the writer owns the replicas now. `apiVersion`
 * is that in which the parent is written. Throws Error for entries that are not valid.
 */
export function entriesForParent(
  parent: Json | undefined,
  scale: Json | undefined,
  apiVersion: string,
  paths: ReplicasPaths,
): JsonObject[] | undefined {
  const before = decodeManagers(parent);
  const scaled = decodeManagers(scale).fields;
  const after = noManagers();
  const put = (manager: string, managed: ManagedSet, time: string | undefined): void => {
    after.fields.set(manager, managed);
    if (time !== undefined) after.times.set(manager, time);
  };
  for (const [manager, managed] of before.fields) {
    const path = pathIn(paths, managed.apiVersion);
    if (path === undefined) continue;
    const time = before.times.get(manager);
    if (path === null || !has(managed.set, path)) put(manager, managed, time);
    else if (scaled.has(manager)) {
      put(manager, managed, time);
      scaled.delete(manager);
    } else {
      // Taken by the write.
      const rest = difference(managed.set, setOf(path));
      if (!isEmpty(rest)) put(manager, managed.with(rest), time);
    }
  }
  const own = pathIn(paths, apiVersion);
  for (const [manager, managed] of scaled) {
    if (!own || !has(managed.set, replicasInScale)) continue;
    // Upstream looks for the time among the parent's, so that new entries have none.
    put(manager, ManagedSet.of(setOf(own), apiVersion, managed.applied), before.times.get(manager));
  }
  return encodeManagers(after);
}
