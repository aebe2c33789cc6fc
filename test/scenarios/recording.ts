// A recording of a real control plane (Kubernetes 1.28.5): the commands, what kubectl printed, every change of the objects,
// the events, and the objects at the end. cases/ has one file per scenario; the statuses of pods are cut down to what the
// scheduler and the phase say, since the recorder's kubelet was a simulation, and their specs to what scenarios choose.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An object in the form for comparison. */
export interface RecordedObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [member: string]: unknown;
}

/** One command. What is left out is empty, or 0. */
export interface RecordedStep {
  readonly cmd: readonly string[];
  readonly stdin?: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly code?: number;
  /** How a second recording compares. */
  readonly repeat: 'same' | 'same lines' | 'differs';
  /** Nothing changed for a second before the next command: the state then is one to wait for. */
  readonly settled?: boolean;
  /** A pause after it: which pod goes is decided by ages, of which only differences by a factor of two count. */
  readonly pauseMs?: number;
}

/** A watch event, after the step with this number had begun. */
export interface RecordedChange {
  readonly step: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly kind: string;
  readonly name: string;
  readonly object?: RecordedObject;
  /** New values by path. */
  readonly changed?: Readonly<Record<string, unknown>>;
  readonly removed?: readonly string[];
}

/** An event as it was at the end. */
export interface RecordedEvent {
  readonly involved: string;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly source: { readonly component?: string };
  readonly reportingComponent: string;
  /** Whether it came again in a second recording. */
  readonly repeat?: boolean;
}

/** A scenario. Its namespace has its name. */
export interface Recording {
  readonly scenario: string;
  readonly steps: readonly RecordedStep[];
  readonly timeline: readonly RecordedChange[];
  readonly events: readonly RecordedEvent[];
  readonly final: readonly RecordedObject[];
}

/** Reads a scenario. */
export function loadRecording(scenario: string): Recording {
  const text = readFileSync(join(import.meta.dirname, 'cases', `${scenario}.json`), 'utf8');
  return JSON.parse(text) as Recording;
}

/** Suffixes of generated names are random: `<p03>` becomes `<p>`. Uids are without their owner. */
export function foldNames(text: string): string {
  return text.replace(/<[pr]\d\d>/g, '<p>').replace(/<uid:(?:[^<>]|<p>)*>/g, '<uid>');
}

/** In objects everything that is made anew is told in the words of test/golden. */
export function foldPlaceholders(text: string): string {
  return foldNames(text).replace(/<(?:rnd|pod-ip|svc-ip|hash|id)>/g, '<rand>');
}

type Members = Record<string, unknown>;

/** `status.conditions[Ready].status`, `data["ca.crt"]`: the names in turn; those in brackets begin with one. */
function pathOf(text: string): string[] {
  const parts = text.match(/\["(?:[^"\\]|\\.)*"\]|\[[^\]]*\]|[^.[]+/g) ?? [];
  return parts.map((part) => (part.startsWith('["') ? (JSON.parse(part.slice(1, -1)) as string) : part));
}

function stepInto(owner: unknown, part: string): { owner: Members | unknown[]; key: string | number } {
  if (!part.startsWith('[')) return { owner: owner as Members, key: part };
  const name = part.slice(1, -1);
  const list = owner as Members[];
  const at = list.findIndex((e) => e['type'] === name || e['name'] === name);
  return { owner: list, key: at < 0 ? list.length : at };
}

/** Follows a path to its last part, making what is missing. */
function place(object: unknown, path: string): { owner: Members | unknown[]; key: string | number } {
  const parts = pathOf(path);
  let found = stepInto(object, parts[0]!);
  for (const [i, part] of parts.slice(1).entries()) {
    const owner = found.owner as Members;
    owner[found.key] ??= parts[i + 1]!.startsWith('[') ? [] : {};
    found = stepInto(owner[found.key], part);
  }
  return found;
}

/** An object after a change. */
export function applyChange(before: RecordedObject, change: RecordedChange): RecordedObject {
  const object = structuredClone(before);
  for (const [path, value] of Object.entries(change.changed ?? {})) {
    const { owner, key } = place(object, path);
    (owner as Members)[key] = structuredClone(value);
  }
  for (const path of change.removed ?? []) {
    const { owner, key } = place(object, path);
    if (Array.isArray(owner)) owner.splice(key as number, 1);
    else delete owner[key];
  }
  return object;
}
