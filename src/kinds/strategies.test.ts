// The kinds' hooks beside the strategies and printers of Kubernetes 1.36.3, as recorded in test/golden/strategies.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FieldError } from '../api/field-error.ts';
import type { Json, KubeObject } from '../api/object.ts';
import { decodeTyped } from '../api/schema/decode.ts';
import { packageRoot } from '../api/schema/type-table.ts';
import type { HookContext } from './define-kind.ts';
import { everyResource, type ResourceDefinition } from './registry.ts';
import { pathSegment, subdomainName } from './validation/names.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './validation/object-meta.ts';

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

const now = Date.parse('2026-11-21T10:12:00Z');
const uidPattern = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

function casesOf(file: string): Recorded[] {
  const path = join(packageRoot(), 'test', 'golden', 'strategies', `${file}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as Recorded[];
}

function definitionOf({ object }: Recorded): ResourceDefinition {
  const found = everyResource().find(
    ({ group, version, kind }) =>
      (group === '' ? version : `${group}/${version}`) === object.apiVersion && kind === object.kind,
  );
  if (!found) throw new Error(`no resource for ${object.apiVersion} ${object.kind}`);
  return found;
}

function contextOf({ namespace, object }: Recorded): HookContext {
  const groups = ['system:masters', 'system:authenticated'];
  return {
    now,
    namespace,
    apiVersion: object.apiVersion,
    user: { name: 'admin', uid: '', groups, extra: {} },
  };
}

function decoded(typeRef: string, body: KubeObject): KubeObject {
  return decodeTyped(typeRef, body as unknown as Json) as unknown as KubeObject;
}

/** What the engine does with a body before the hooks see it. */
function stored(definition: ResourceDefinition, body: KubeObject): KubeObject {
  const object = decoded(definition.typeRef, structuredClone(body));
  const { conversion, hooks } = definition;
  if (conversion) conversion.setDefaults?.(object);
  else hooks.setDefaults?.(object);
  return conversion ? conversion.toStorage(object) : object;
}

function canonical(definition: ResourceDefinition, object: KubeObject): KubeObject {
  return decoded(definition.storage!.typeRef, object);
}

interface Outcome {
  errors: FieldError[];
  warnings: string[];
  object: KubeObject;
}

function create(definition: ResourceDefinition, recorded: Recorded): Outcome {
  const { hooks, namespaced } = definition;
  const context = contextOf(recorded);
  let object = stored(definition, recorded.object);
  object.metadata ??= {} as KubeObject['metadata'];
  const meta = object.metadata;
  Object.assign(meta, { uid: 'u', creationTimestamp: '2020-01-01T00:00:00Z' });
  if (namespaced) meta.namespace ??= recorded.namespace;
  if (meta.generateName) meta.name ??= `${meta.generateName}xxxxx`;
  delete meta.generation;
  hooks.prepareForCreate?.(object, context);
  object = canonical(definition, object);
  const errors = [
    ...validateObjectMeta(
      object.metadata,
      namespaced,
      (name, prefix) => (hooks.nameRule ?? subdomainName)(name, prefix, object),
      'metadata',
    ),
    ...(hooks.validateCreate?.(object, context) ?? []),
  ];
  const warnings = errors.length > 0 ? [] : (hooks.warningsOnCreate?.(object, context) ?? []);
  hooks.canonicalize?.(object);
  return { errors, warnings, object };
}

function update(definition: ResourceDefinition, recorded: Recorded): Outcome {
  const { hooks, namespaced } = definition;
  const context = contextOf(recorded);
  const strategy = recorded.op === 'update' ? hooks : hooks.subresources?.[recorded.op];
  if (!strategy) throw new Error(`no ${recorded.op} of ${definition.plural}`);
  const old = canonical(definition, stored(definition, recorded.old!));
  const before = JSON.stringify(old);
  let object = stored(definition, recorded.object);
  if (old.metadata.generation === undefined) delete object.metadata.generation;
  else object.metadata.generation = old.metadata.generation;
  strategy.prepareForUpdate?.(object, old, context);
  object = canonical(definition, object);
  const errors = [
    ...validateObjectMeta(object.metadata, namespaced, pathSegment, 'metadata'),
    ...validateObjectMetaUpdate(object.metadata, old.metadata, 'metadata'),
    ...(strategy.validateUpdate?.(object, old, context) ?? []),
  ];
  const warnings = errors.length > 0 ? [] : (strategy.warningsOnUpdate?.(object, old, context) ?? []);
  expect(JSON.stringify(old), 'a hook changed the old object').toBe(before);
  return { errors, warnings, object };
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
  const { conversion } = definition;
  const shown = conversion ? conversion.fromStorage(object) : object;
  const answer = plain(decoded(definition.typeRef, shown));
  for (const field of ['uid', 'creationTimestamp', 'managedFields'] as const) delete answer.metadata[field];
  expect(answer).toEqual(recorded.stored);
}

describe('creates', () => {
  for (const recorded of casesOf('create'))
    it(recorded.name, () => {
      const definition = definitionOf(recorded);
      check(recorded, create(definition, recorded), definition);
    });
});

for (const file of ['update', 'status'])
  describe(`${file} of objects`, () => {
    for (const recorded of casesOf(file))
      it(recorded.name, () => {
        const definition = definitionOf(recorded);
        check(recorded, update(definition, recorded), definition);
      });
  });

describe('tables', () => {
  for (const recorded of casesOf('table'))
    it(recorded.name, () => {
      const definition = definitionOf(recorded);
      const { table } = definition.hooks;
      const row = table!.row(stored(definition, recorded.object), { now });
      expect(table!.columns.map(({ name }) => name)).toEqual(recorded.columns);
      // Ages are those of the hour of the recording.
      expect(row.cells.map(ageless)).toEqual(recorded.cells!.map(ageless));
    });
});

function ageless(cell: unknown): unknown {
  return typeof cell === 'string' ? cell.replace(/^\d+y\d+d$/, '<age>') : cell;
}
