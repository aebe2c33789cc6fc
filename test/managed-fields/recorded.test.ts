// metadata.managedFields as a real API server (1.28.5) wrote them, beside what the engine makes of the same writes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/api/clock.ts';
import { createFieldManager, type FieldManager } from '../../src/api/managed-fields/field-manager.ts';
import { excludeFields } from '../../src/api/managed-fields/managers/field-filter.ts';
import { builtInType } from '../../src/api/managed-fields/schema/built-in-schema.ts';
import { apiVersionOf, type Json, type JsonObject, type KubeObject } from '../../src/api/object.ts';
import { applyMergePatch } from '../../src/api/patch/merge-patch.ts';
import { decodeTyped, zeroValue } from '../../src/api/schema/decode.ts';
import { packageRoot } from '../../src/api/schema/type-table.ts';
import { ApiError } from '../../src/api/status.ts';
import { everyResource, type ResourceDefinition } from '../../src/kinds/registry.ts';

interface Write {
  op: 'create' | 'replace' | 'apply' | 'merge-patch';
  path: string;
  manager: string;
  body: KubeObject;
  force?: boolean;
}

interface Recorded {
  name: string;
  writes: Write[];
  managedFields?: Record<string, unknown>[];
  conflict?: { message: string; causes: unknown[] };
}

const file = join(packageRoot(), 'test', 'fixtures', 'managed-fields', 'recorded.json');
const recordings = JSON.parse(readFileSync(file, 'utf8')) as Recorded[];

/** What is different for a known reason. */
const deviations: Readonly<Record<string, string>> = {
  'defaulting/ingress-defaultbackend': 'ServiceBackendPort has become atomic since 1.28',
  'defaulting/job-backoffperindex': 'manualSelector and podReplacementPolicy are defaults since 1.28',
  'defaulting/pod-vol-ephemeral': 'metadata.creationTimestamp is left out when zero since 1.28',
  'defaulting/service-externalips': 'externalTrafficPolicy is a default with external IPs since 1.28',
};

/** `/apis/apps/v1/namespaces/x/deployments/y/status` in its parts. */
function target(path: string): { definition: ResourceDefinition; subresource: string } {
  const parts = path.split('/').slice(1);
  const [group, version] = parts[0] === 'api' ? ['', parts[1]!] : [parts[1]!, parts[2]!];
  let rest = parts.slice(parts[0] === 'api' ? 2 : 3);
  if (rest[0] === 'namespaces' && rest.length > 2) rest = rest.slice(2);
  const definition = everyResource().find(
    (found) => found.group === group && found.version === version && found.plural === rest[0],
  );
  if (definition === undefined) throw new Error(`no resource for ${path}`);
  return { definition, subresource: rest[2] ?? '' };
}

function managerOf({ group, version, kind, typeRef, subresources }: ResourceDefinition): FieldManager {
  const apiVersion = apiVersionOf(group, version);
  const hasStatus = subresources.some(({ name }) => name === 'status');
  return createFieldManager({
    kind: { group, version, kind },
    schemaOf: (asked) => (asked === apiVersion ? builtInType(typeRef) : undefined),
    empty: { ...(zeroValue(typeRef) as KubeObject), apiVersion, kind },
    clock: systemClock,
    resetFields: (subresource) => (hasStatus && subresource === '' ? excludeFields(['status']) : undefined),
  });
}

function write(live: KubeObject | undefined, { op, path, manager, body, force }: Write): KubeObject {
  const { definition, subresource } = target(path);
  const fields = managerOf(definition);
  const complete = (object: unknown): KubeObject => {
    const decoded = decodeTyped(definition.typeRef, object as Json);
    if (definition.conversion === undefined) definition.hooks.setDefaults?.(decoded);
    return decoded;
  };
  if (op === 'apply') return complete(fields.apply(live, body, { manager, subresource, force }));
  const base = structuredClone(live ?? body);
  // The server wipes these from what is created before anybody is said to own them.
  if (live === undefined) delete base.metadata?.deletionTimestamp;
  const sent = op === 'create' ? base : body;
  const next = complete(
    op === 'merge-patch' ? applyMergePatch(base as unknown as JsonObject, body as unknown as Json) : sent,
  );
  return fields.update(live, next, { manager, subresource });
}

function replay(writes: readonly Write[]): KubeObject {
  let live: KubeObject | undefined;
  for (const [i, one] of writes.entries()) {
    // Setup may write other objects first.
    if (i > 0 && one.op === 'create') live = undefined;
    live = write(live, one);
    live.metadata.uid = 'uid';
  }
  return live!;
}

function untimed(entries: readonly Record<string, unknown>[] | undefined): string {
  const marked = entries?.map((entry) => ('time' in entry ? { ...entry, time: '<time>' } : entry));
  return JSON.stringify(marked, null, 1);
}

describe('managedFields of recorded writes', () => {
  it.each(recordings)('$name', ({ name, writes, managedFields, conflict }) => {
    if (Object.hasOwn(deviations, name)) return;
    if (conflict !== undefined) {
      let thrown: unknown;
      try {
        replay(writes);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(ApiError);
      const { status } = thrown as ApiError;
      expect(status.message).toBe(conflict.message);
      expect(status.details?.causes).toEqual(conflict.causes);
      expect(status.code).toBe(409);
      return;
    }
    expect(untimed(replay(writes).metadata.managedFields)).toBe(untimed(managedFields));
  });
});
