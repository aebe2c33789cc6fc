// Takes back new times of managedFields when nothing else changed, so that writing the same again writes nothing.
// Upstream: k8s.io/apiserver/pkg/endpoints/handlers/fieldmanager/equality.go.
import { isJsonObject, jsonEqual } from '../../json-object.ts';
import type { Json, KubeObject } from '../../object.ts';
import { entriesOf } from './managers.ts';

function withoutTime(entry: Json): Json {
  if (!isJsonObject(entry)) return entry;
  const { time: _, ...rest } = entry;
  return rest;
}

function timeOf(entry: Json | undefined): Json | undefined {
  return isJsonObject(entry) ? entry['time'] : undefined;
}

/** An object as it would be written, without managedFields. */
function bare(object: KubeObject): Json {
  const { managedFields: _, ...metadata } = object.metadata;
  return JSON.parse(JSON.stringify({ ...object, metadata })) as Json;
}

/** `next`, with the managedFields of `live` when the two differ only in times there; never changes its arguments. */
export function keepTimesOfNoChange(next: KubeObject, live: KubeObject): KubeObject {
  const before = entriesOf(live);
  const after = entriesOf(next);
  if (!Array.isArray(before) || !Array.isArray(after)) return next;
  if (before.length !== after.length || after.length === 0) return next;
  if (after.every((entry, i) => timeOf(entry) === timeOf(before[i]))) return next;
  if (!after.every((entry, i) => jsonEqual(withoutTime(entry), withoutTime(before[i]!)))) return next;
  if (!jsonEqual(bare(next), bare(live))) {
    console.log('DBG', JSON.stringify(bare(next)), JSON.stringify(bare(live)));
    return next;
  }
  return { ...next, metadata: { ...next.metadata, managedFields: live.metadata.managedFields } };
}
