// The kinds' hooks beside the strategies and printers of Kubernetes 1.36.3, as recorded in test/golden/strategies.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../api/object.ts';
import { packageRoot } from '../api/schema/type-table.ts';
import type { ResourceDefinition } from './registry.ts';
import {
  definitionOf,
  type Outcome,
  replayCreate,
  replayedNow,
  replayUpdate,
  shownBody,
  storedBody,
} from './strategy-replay.ts';

interface Recorded {
  name: string;
  op: string;
  resource: string;
  namespace: string;
  object: KubeObject;
  old?: KubeObject;
  causes?: [string, string, string][];
  warnings?: string[];
  stored?: KubeObject;
  cells?: unknown[];
  columns?: string[];
}

const uidPattern = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

function casesOf(file: string): Recorded[] {
  const path = join(packageRoot(), 'test', 'golden', 'strategies', `${file}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as Recorded[];
}

/** Uids of this run and of the recording read `u`. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value).replace(uidPattern, 'u')) as T;
}

/** Upstream drops repeated faults; their order follows Go's maps in places. */
function distinct(list: readonly string[]): string[] {
  return [...new Set(list)].sort();
}

function check(
  recorded: Recorded,
  { errors, warnings, object }: Outcome,
  definition: ResourceDefinition,
): void {
  const found = plain(errors.map(({ type, field, body }) => `${type} ${field}: ${body}`));
  const expected = (recorded.causes ?? []).map(
    ([reason, field, message]) => `${reason} ${field}: ${message}`,
  );
  expect(distinct(found)).toEqual(distinct(expected));
  if (expected.length > 0) return;
  expect([...warnings].sort()).toEqual([...(recorded.warnings ?? [])].sort());
  if (!recorded.stored) return;
  const answer = plain(shownBody(definition, object));
  for (const field of ['uid', 'creationTimestamp', 'managedFields'] as const) delete answer.metadata[field];
  expect(answer).toEqual(recorded.stored);
}

describe('creates', () => {
  for (const recorded of casesOf('create'))
    it(recorded.name, () => {
      const definition = definitionOf(recorded.object);
      check(recorded, replayCreate(definition, recorded), definition);
    });
});

for (const file of ['update', 'status'])
  describe(`${file} of objects`, () => {
    for (const recorded of casesOf(file))
      it(recorded.name, () => {
        const definition = definitionOf(recorded.object);
        check(recorded, replayUpdate(definition, recorded), definition);
      });
  });

describe('tables', () => {
  for (const recorded of casesOf('table'))
    it(recorded.name, () => {
      const definition = definitionOf(recorded.object);
      const { table } = definition.hooks;
      const row = table!.row(storedBody(definition, recorded.object), { now: replayedNow });
      expect(table!.columns.map(({ name }) => name)).toEqual(recorded.columns);
      // Ages are those of the hour of the recording.
      expect(row.cells.map(ageless)).toEqual(recorded.cells!.map(ageless));
    });
});

function ageless(cell: unknown): unknown {
  return typeof cell === 'string' ? cell.replace(/^\d+y\d+d$/, '<age>') : cell;
}
