// metadata.managedFields and what it says: which manager owns what since when.
// Upstream: k8s.io/apimachinery/pkg/util/managedfields/internal/managedfields.go.
import { goJson, goPrint, goQuote } from '../../go-text.ts';
import { isJsonObject } from '../../json-object.ts';
import type { Json, JsonObject, KubeObject } from '../../object.ts';
import { parseTime } from '../../time.ts';
import { type ElementOrder, elementOrder } from '../paths/fields-v1.ts';
import { compareText } from '../paths/path-element.ts';
import { ManagedSet } from './managed-set.ts';

/** The parts of an entry by which managers are told apart. */
export interface ManagerInfo {
  readonly manager?: string;
  readonly operation?: string;
  readonly apiVersion?: string;
  readonly subresource?: string;
}

/**
 * Who owns what. Both maps are by manager identifier: the JSON of a ManagerInfo. A time outlives its set within an
 * operation, as in upstream.
 */
export interface Managers {
  readonly fields: Map<string, ManagedSet>;
  readonly times: Map<string, string>;
}

/** Nobody owns anything. */
export function noManagers(): Managers {
  return { fields: new Map(), times: new Map() };
}

const plainName = /^[ !#-%'-;=?-[\]-~]*$/;

function quoted(text: string): string {
  return plainName.test(text) ? `"${text}"` : goJson(text);
}

/** The identifier of a manager. Appliers are the same in every version. */
export function managerIdentifier(info: ManagerInfo): string {
  let text = '';
  if (info.manager) text += `,"manager":${quoted(info.manager)}`;
  if (info.operation) text += `,"operation":${quoted(info.operation)}`;
  if (info.apiVersion && info.operation !== 'Apply') text += `,"apiVersion":${quoted(info.apiVersion)}`;
  if (info.subresource) text += `,"subresource":${quoted(info.subresource)}`;
  return `{${text.slice(1)}}`;
}

// A few programs write nearly all objects. Users could make up any number of names.
const knownManagers = 256;
const infos = new Map<string, ManagerInfo>();

/** What an identifier says. */
export function managerInfo(identifier: string): ManagerInfo {
  let info = infos.get(identifier);
  if (info === undefined) {
    info = JSON.parse(identifier) as ManagerInfo;
    if (infos.size >= knownManagers) infos.clear();
    infos.set(identifier, info);
  }
  return info;
}

function decodeEntry(entry: JsonObject, index: number, managers: Managers, order: ElementOrder): void {
  const { operation, apiVersion, fieldsType, time } = entry;
  if (operation !== 'Apply' && operation !== 'Update')
    throw new Error('operation must be `Apply` or `Update`');
  if (typeof apiVersion !== 'string' || apiVersion === '') throw new Error('apiVersion must not be empty');
  if (fieldsType === undefined || fieldsType === null || fieldsType === '')
    throw new Error(`missing fieldsType in managed fields entry ${index}`);
  if (fieldsType !== 'FieldsV1')
    throw new Error(`invalid fieldsType ${goQuote(String(fieldsType))} in managed fields entry ${index}`);
  const identifier = managerIdentifier(entry as ManagerInfo);
  try {
    managers.fields.set(
      identifier,
      ManagedSet.decode(entry['fieldsV1'], apiVersion, operation === 'Apply', order),
    );
  } catch (error) {
    throw new Error(
      `error decoding versioned set from ${goPrint(entry)}: error decoding set: ${(error as Error).message}`,
    );
  }
  if (typeof time === 'string') managers.times.set(identifier, time);
  else managers.times.delete(identifier);
}

/** Reads metadata.managedFields. Throws Error with upstream's text when an entry is not valid. */
export function decodeManagers(entries: Json | undefined, order: ElementOrder = elementOrder): Managers {
  const managers = noManagers();
  if (!Array.isArray(entries)) return managers;
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i];
    decodeEntry(isJsonObject(entry) ? entry : {}, i, managers, order);
  }
  return managers;
}

const canonicalTime = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/;

/** Orders times by whole seconds; no time is the epoch. */
export function compareTimes(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a !== undefined && b !== undefined && canonicalTime.test(a) && canonicalTime.test(b))
    return a < b ? -1 : 1;
  const seconds = (time: string | undefined) => (time === undefined ? 0 : Math.floor(parseTime(time) / 1000));
  return seconds(a) - seconds(b);
}

interface SortableEntry {
  readonly info: ManagerInfo;
  readonly operation: string;
  readonly time: string | undefined;
  readonly managed: ManagedSet;
}

function compareEntries(a: SortableEntry, b: SortableEntry): number {
  if (a.operation !== b.operation) return a.operation < b.operation ? -1 : 1;
  return (
    compareTimes(a.time, b.time) ||
    compareText(a.info.manager ?? '', b.info.manager ?? '') ||
    compareText(a.managed.apiVersion, b.managed.apiVersion) ||
    compareText(a.info.subresource ?? '', b.info.subresource ?? '')
  );
}

function entryOf({ info, operation, time, managed }: SortableEntry, order: ElementOrder): JsonObject {
  const entry: JsonObject = {};
  if (info.manager) entry['manager'] = info.manager;
  if (operation !== '') entry['operation'] = operation;
  entry['apiVersion'] = managed.apiVersion;
  if (time !== undefined) entry['time'] = time;
  entry['fieldsType'] = 'FieldsV1';
  entry['fieldsV1'] = managed.encode(order);
  if (info.subresource) entry['subresource'] = info.subresource;
  return entry;
}

/** metadata.managedFields as it is written: appliers first, then updaters, each by time; undefined when nobody owns anything. */
export function encodeManagers(
  managers: Managers,
  order: ElementOrder = elementOrder,
): JsonObject[] | undefined {
  if (managers.fields.size === 0) return undefined;
  const entries: SortableEntry[] = [];
  for (const [identifier, managed] of managers.fields) {
    const info = managerInfo(identifier);
    const operation = managed.applied ? 'Apply' : (info.operation ?? '');
    entries.push({ info, operation, time: managers.times.get(identifier), managed });
  }
  return entries.sort(compareEntries).map((entry) => entryOf(entry, order));
}

/** The entries of an object; undefined when it has none. */
export function entriesOf(object: KubeObject): Json | undefined {
  return (object.metadata as KubeObject['metadata'] | undefined)?.managedFields as Json | undefined;
}

/** Throws Error with upstream's text when metadata.managedFields cannot be read: after admission plugins had their way. */
export function validateManagedFields(object: KubeObject): void {
  decodeManagers(entriesOf(object));
}
