// Whether a set of objects is the recorded one. Pods that differ only in the random part of their names are alike.
import { differences } from '../golden/compare.ts';
import { versionFields } from './deviations.ts';
import type { Names } from './names.ts';
import { foldPlaceholders, type RecordedObject } from './recording.ts';

type Members = Record<string, unknown>;

function pick(from: unknown, ...names: string[]): Members {
  const all = (from ?? {}) as Members;
  return Object.fromEntries(names.filter((name) => all[name] !== undefined).map((name) => [name, all[name]]));
}

/** What is the recorder's kubelet's, or chance, is left out of pods: on which node they are, how they do. */
function podEssence({ kind, metadata, spec, status }: RecordedObject): Members {
  const { containers } = spec as { containers: Members[] };
  const { phase, conditions } = status as { phase: string; conditions?: Members[] };
  const scheduled = conditions?.find((c) => c['type'] === 'PodScheduled');
  return {
    kind,
    metadata: without(metadata, 'generation'),
    spec: {
      ...pick(spec, 'nodeSelector', 'schedulerName', 'tolerations', 'restartPolicy'),
      isBound: (spec as Members)['nodeName'] !== undefined,
      containers: containers.map((c) => pick(c, 'name', 'image')),
    },
    status: { phase, scheduled: scheduled && pick(scheduled, 'status', 'reason') },
  };
}

function without(object: unknown, ...names: string[]): Members {
  return Object.fromEntries(Object.entries(object as Members).filter(([name]) => !names.includes(name)));
}

function byType(conditions: unknown): Members[] {
  return [...(conditions as Members[])].sort((a, b) => String(a['type']).localeCompare(String(b['type'])));
}

/** The part of an object that is compared. */
function essence(object: RecordedObject): Members {
  const { kind, metadata, spec } = object;
  const own = {
    ...object,
    metadata: without(metadata, 'managedFields', 'resourceVersion'),
  } as RecordedObject;
  if (kind === 'Pod') return podEssence(own);
  if (kind === 'Node')
    return { kind, metadata: pick(metadata, 'name'), spec: pick(spec, 'taints', 'unschedulable') };
  const rest = without(own, 'apiVersion');
  // changes of a condition are recorded by its type: where it stands in the list is not told
  if ((own['status'] as Members | undefined)?.['conditions'])
    rest['status'] = {
      ...(own['status'] as Members),
      conditions: byType((own['status'] as Members)['conditions']),
    };
  for (const { kind: of, member, fields } of versionFields)
    if (of === kind && rest[member]) rest[member] = without(rest[member], ...fields);
  return rest;
}

/** The form of a recorded object for comparison. */
export function recordedEssence(object: RecordedObject): Members {
  return JSON.parse(foldPlaceholders(JSON.stringify(essence(object)))) as Members;
}

/** The form of an object of today. */
export function essenceOfToday(object: RecordedObject, names: Names): Members {
  return JSON.parse(names.toRecorded(JSON.stringify(essence(object)))) as Members;
}

const idOf = (object: Members): string => `${object['kind']}/${(object['metadata'] as Members)['name']}`;

/** What differs; empty when every recorded object has its like and none is left over. */
export function compareObjects(recorded: readonly Members[], today: readonly Members[]): string[] {
  const left = new Map<string, Members[]>();
  for (const object of today) left.set(idOf(object), [...(left.get(idOf(object)) ?? []), object]);
  const found: string[] = [];
  const unmatched: Members[] = [];
  for (const object of recorded) {
    const candidates = left.get(idOf(object)) ?? [];
    const at = candidates.findIndex((candidate) => differences(object, candidate).length === 0);
    if (at < 0) unmatched.push(object);
    else candidates.splice(at, 1);
  }
  for (const object of unmatched) {
    const candidate = left.get(idOf(object))?.shift();
    if (!candidate) found.push(`${idOf(object)} is missing`);
    else found.push(...differences(object, candidate).map((text) => `${idOf(object)}${text}`));
  }
  for (const rest of left.values()) for (const object of rest) found.push(`${idOf(object)} was not recorded`);
  return found;
}
