// Takes back new times of managedFields when nothing else changed, so that writing the same again writes nothing.
// Upstream: k8s.io/apiserver/pkg/endpoints/handlers/fieldmanager/equality.go.
import { isJsonObject, jsonEqual } from '../../json-object.ts';
import type { Json, JsonObject, KubeObject } from '../../object.ts';
import { entriesOf } from './managers.ts';

function withoutTime(entry: Json): Json {
  if (!isJsonObject(entry)) return entry;
  const { time: _, ...rest } = entry;
  return rest;
}

function timeOf(entry: Json | undefined): Json | undefined {
  return isJsonObject(entry) ? entry['time'] : undefined;
}

/** An object without managedFields, to be compared. */
function bare(object: KubeObject): Json {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata } as unknown as Json;
}

function memberOf(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Whether two objects would be written alike: members that are undefined are not there. */
function writtenAlike(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => writtenAlike(item, b[i]));
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  return (
    Object.keys(a).every((name) => writtenAlike(a[name], memberOf(b, name))) &&
    Object.keys(b).every((name) => b[name] === undefined || memberOf(a, name) !== undefined)
  );
}

/**
 * `next`, with the managedFields of `live` when the two differ only in times there; never changes its arguments. `written` makes
 * of `next` what would be stored; without it that is `next` itself.
 */
export function keepTimesOfNoChange(
  next: KubeObject,
  live: KubeObject,
  written: (object: KubeObject) => KubeObject = (object) => object,
): KubeObject {
  const before = entriesOf(live);
  const after = entriesOf(next);
  if (!Array.isArray(before) || !Array.isArray(after)) return next;
  if (before.length !== after.length || after.length === 0) return next;
  if (after.every((entry, i) => timeOf(entry) === timeOf(before[i]))) return next;
  if (!after.every((entry, i) => jsonEqual(withoutTime(entry), withoutTime(before[i]!)))) return next;
  if (!writtenAlike(bare(written(next)), bare(live))) return next;
  return { ...next, metadata: { ...next.metadata, managedFields: live.metadata.managedFields } };
}
