// The hooks of alpha, beta and younger kinds beside the strategies of Kubernetes 1.36.3, on good bodies with something changed:
// recorded in test/golden/strategies/changed.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '../api/object.ts';
import { packageRoot } from '../api/schema/type-table.ts';
import { loadExpressions } from './admissionregistration/expressions/lazy-expressions.ts';
import { loadSelectors } from './resource/device-expressions/lazy-selectors.ts';
import { definitionOf, replayCreate, replayUpdate, shownBody } from './strategy-replay.ts';

/** A path and its new value; without one the member goes. */
type Edit = [path: (string | number)[], value?: unknown];

interface Base {
  resource: string;
  namespace: string;
  object: KubeObject;
  /** The other members of what is there before, where that is another object. */
  old?: Record<string, unknown>;
}

interface Case {
  base: string;
  op: string;
  /** What is changed in the body, and in the object that it updates. */
  edits: Edit[];
  old?: Edit[];
  causes?: [string, string, string][];
  warnings?: string[];
  /** What is stored otherwise than it was sent. */
  changes?: Edit[];
}

type Branch = Record<string | number, unknown>;

/** `$repeat` has the first item so many times, `$numbered` with a number behind what tells items apart. */
function newValue(value: unknown, before: unknown): unknown {
  const { $repeat: repeat, $numbered: numbered } = (value ?? {}) as { $repeat?: number; $numbered?: number };
  if (repeat === undefined && numbered === undefined) return structuredClone(value);
  if (!Array.isArray(before) || before.length === 0) return before;
  const [first] = before as unknown[];
  return Array.from({ length: repeat ?? numbered! }, (_, i) => {
    if (repeat !== undefined) return structuredClone(first);
    if (typeof first === 'string') return first + i;
    const copy = structuredClone(first) as Branch;
    const key = ['name', 'type', 'key', 'device', 'uid'].find((name) => typeof copy?.[name] === 'string');
    if (key) copy[key] = `${copy[key]}${i}`;
    return copy;
  });
}

function edited<T>(object: T, edits: readonly Edit[]): T {
  const copy = structuredClone(object);
  for (const [path, ...values] of edits) {
    const parent = path
      .slice(0, -1)
      .reduce<Branch | undefined>((value, name) => value?.[name] as Branch | undefined, copy as Branch);
    if (parent === undefined || parent === null) continue;
    const last = path.at(-1)!;
    if (values.length > 0) parent[last] = newValue(values[0], parent[last]);
    else if (Array.isArray(parent)) parent.splice(last as number, 1);
    else delete parent[last];
  }
  return copy;
}

/** What a client sends to create: names and labels are all of its metadata. */
function toCreate(object: KubeObject, namespace: string): KubeObject {
  const { name, labels } = object.metadata;
  const metadata = {
    ...(name !== undefined && { name }),
    ...(namespace && { namespace }),
    ...(labels !== undefined && { labels }),
  };
  return { ...object, metadata } as KubeObject;
}

function withoutTimes(object: KubeObject): KubeObject {
  const { uid: _, creationTimestamp: __, managedFields: ___, ...metadata } = object.metadata;
  return { ...object, metadata } as KubeObject;
}

const folder = join(packageRoot(), 'test', 'golden', 'strategies', 'changed');

beforeAll(async () => {
  await Promise.all([loadExpressions(), loadSelectors()]);
});

describe.each(readdirSync(folder))('%s', (file) => {
  const { bases, cases } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
    bases: Record<string, Base>;
    cases: Case[];
  };

  it.each(Object.keys(bases))('%s', (name) => {
    const base = bases[name]!;
    const { namespace } = base;
    const own = cases.filter((one) => one.base === name);
    expect(own).not.toEqual([]);
    for (const one of own) {
      const { op } = one;
      const where = JSON.stringify({ op, edits: one.edits, old: one.old }).slice(0, 400);
      const body = edited(base.object, one.edits);
      const object = op === 'create' ? toCreate(body, namespace) : body;
      const { apiVersion, kind, metadata } = base.object;
      const before = edited(
        base.old ? { apiVersion, kind, metadata, ...base.old } : base.object,
        one.old ?? [],
      );
      const definition = definitionOf(object);
      const write = { op, namespace, object, old: before };
      const outcome = op === 'create' ? replayCreate(definition, write) : replayUpdate(definition, write);
      const found = outcome.errors.map(({ type, field, body: text }) => `${type} ${field}: ${text}`);
      const expected = (one.causes ?? []).map(([reason, field, text]) => `${reason} ${field}: ${text}`);
      expect([...new Set(found)].sort(), where).toEqual([...new Set(expected)].sort());
      if (one.causes) continue;
      expect([...outcome.warnings].sort(), where).toEqual([...(one.warnings ?? [])].sort());
      const answer = withoutTimes(shownBody(definition, outcome.object));
      expect(answer, where).toEqual(edited(withoutTimes(object), one.changes ?? []));
    }
  });
});
