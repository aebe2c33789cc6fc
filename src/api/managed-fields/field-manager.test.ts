// Ownership through the lives of objects: who gets what, who loses what, who is refused.
import { describe, expect, it } from 'vitest';
import type { Json, KubeObject } from '../object.ts';
import { decodeTyped, zeroValue } from '../schema/decode.ts';
import { ApiError } from '../status.ts';
import { createFieldManager, type FieldManager, type FieldManagerOptions } from './field-manager.ts';
import { excludeFields } from './managers/field-filter.ts';
import { keepTimesOfNoChange } from './managers/timestamps.ts';
import { builtInType } from './schema/built-in-schema.ts';
import { customResourceType } from './schema/open-api-schema.ts';

let now = Date.parse('2026-01-01T00:00:00Z');
const clock = { now: () => now, after: () => ({ cancel() {} }), every: () => ({ cancel() {} }) };

function builtIn(
  ref: string,
  group: string,
  kind: string,
  more: Partial<FieldManagerOptions> = {},
): FieldManager {
  const apiVersion = group === '' ? 'v1' : `${group}/v1`;
  return createFieldManager({
    kind: { group, version: 'v1', kind },
    schemaOf: (asked) => (asked === apiVersion ? builtInType(ref) : undefined),
    empty: { ...(zeroValue(ref) as KubeObject), apiVersion, kind },
    clock,
    ...more,
  });
}

const configMaps = builtIn('core/v1.ConfigMap', '', 'ConfigMap');

function configMap(data: Record<string, string>, metadata: object = {}): KubeObject {
  return { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'c', ...metadata }, data };
}

/** As it would be read back from storage. */
function stored(object: KubeObject): KubeObject {
  const copy = structuredClone(object);
  copy.metadata.uid = 'uid';
  return copy;
}

/** `manager operation [subresource]: fieldsV1` of every entry. */
function owners(object: KubeObject): string[] {
  return (object.metadata.managedFields ?? []).map(
    ({ manager, operation, subresource, fieldsV1 }) =>
      `${manager} ${operation}${subresource ? ` ${subresource}` : ''}: ${JSON.stringify(fieldsV1)}`,
  );
}

function refusal(run: () => unknown): ApiError {
  try {
    run();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('updates', () => {
  it('gives a created object to its creator', () => {
    const created = configMaps.update(undefined, configMap({ a: '1' }), { manager: 'm' });
    expect(created.metadata.managedFields).toEqual([
      {
        manager: 'm',
        operation: 'Update',
        apiVersion: 'v1',
        time: '2026-01-01T00:00:00Z',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { '.': {}, 'f:a': {} } },
      },
    ]);
  });

  it('takes changed and removed fields from others', () => {
    const live = stored(
      configMaps.update(undefined, configMap({ a: '1', b: '1', c: '1' }), { manager: 'm' }),
    );
    const next = { ...live, data: { a: '2', c: '1', d: '1' } };
    expect(owners(configMaps.update(live, next, { manager: 'n' }))).toEqual([
      'm Update: {"f:data":{".":{},"f:c":{}}}',
      'n Update: {"f:data":{"f:a":{},"f:d":{}}}',
    ]);
  });

  it('keeps entries and times when nothing changed', () => {
    const live = stored(configMaps.update(undefined, configMap({ a: '1' }), { manager: 'm' }));
    now += 60_000;
    const again = configMaps.update(live, structuredClone(live), { manager: 'm' });
    expect(again.metadata.managedFields).toEqual(live.metadata.managedFields);
    const other = configMaps.update(live, structuredClone(live), { manager: 'n' });
    expect(other.metadata.managedFields).toEqual(live.metadata.managedFields);
  });

  it('changes none of its arguments', () => {
    const live = freeze(stored(configMaps.update(undefined, configMap({ a: '1' }), { manager: 'm' })));
    const next = freeze({ ...live, data: { a: '2' } });
    expect(owners(configMaps.update(live, next, { manager: 'n' }))).toHaveLength(2);
    expect(
      configMaps.apply(live, freeze(configMap({ a: '3' })), { manager: 'a', force: true })['data'],
    ).toEqual({
      a: '3',
    });
  });

  it('does not begin to track what was never tracked', () => {
    const live = stored(configMap({ a: '1' }));
    const next = configMaps.update(live, stored(configMap({ a: '2' })), { manager: 'm' });
    expect(next.metadata.managedFields).toBeUndefined();
  });

  it('takes the live entries when the sent ones are no good', () => {
    const live = stored(configMaps.update(undefined, configMap({ a: '1' }), { manager: 'm' }));
    const bad = [{ manager: 'x', operation: 'Foo', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: {} }];
    for (const managedFields of [undefined, bad]) {
      const next = { ...live, metadata: { ...live.metadata, managedFields } };
      expect(owners(configMaps.update(live, next, { manager: 'm' }))).toEqual(owners(live));
    }
  });

  it('brings sent entries into canonical form', () => {
    const live = stored(configMaps.update(undefined, configMap({ a: '1', b: '2' }), { manager: 'm' }));
    const [entry] = live.metadata.managedFields!;
    const fieldsV1 = { 'f:data': { 'f:b': {}, 'x:future': {}, 'f:a': {}, '.': {} } };
    const next = { ...live, metadata: { ...live.metadata, managedFields: [{ ...entry, fieldsV1 }] } };
    expect(owners(configMaps.update(live, next, { manager: 'm' }))).toEqual(owners(live));
  });

  it.each([[[]], [[{}]]])('forgets everything when asked with %j', (managedFields) => {
    const live = stored(configMaps.update(undefined, configMap({ a: '1' }), { manager: 'm' }));
    const next = { ...live, metadata: { ...live.metadata, managedFields } };
    expect(configMaps.update(live, next, { manager: 'm' }).metadata.managedFields).toBeUndefined();
  });

  it('ignores entries that come through a subresource', () => {
    const live = stored(configMaps.update(undefined, configMap({ a: '1' }), { manager: 'm' }));
    const next = { ...live, metadata: { ...live.metadata, managedFields: [{}] } };
    expect(owners(configMaps.update(live, next, { manager: 'm', subresource: 'status' }))).toEqual(
      owners(live),
    );
  });

  it('calls the nameless unknown', () => {
    expect(owners(configMaps.update(undefined, configMap({ a: '1' }), { manager: '' }))[0]).toMatch(
      /^unknown /,
    );
  });

  it('merges the oldest updaters when there are more than ten', () => {
    let live = stored(configMaps.update(undefined, configMap({ m0: '1' }), { manager: 'm0' }));
    for (let i = 1; i < 13; i++) {
      now += 1000;
      const data = { ...(live['data'] as Record<string, string>), [`m${i}`]: '1' };
      live = configMaps.update(live, { ...live, data }, { manager: `m${i}` });
    }
    const names = live.metadata.managedFields!.map(({ manager }) => manager);
    expect(names).toHaveLength(10);
    expect(names[0]).toBe('ancient-changes');
    expect(owners(live)[0]).toBe(
      'ancient-changes Update: {"f:data":{".":{},"f:m0":{},"f:m1":{},"f:m2":{},"f:m3":{}}}',
    );
  });

  it('leaves out what a subresource resets', () => {
    const reset: FieldManagerOptions['resetFields'] = (subresource) =>
      excludeFields(subresource === 'status' ? ['spec'] : ['status']);
    const pods = builtIn('core/v1.Pod', '', 'Pod', { resetFields: reset });
    const pod = decodeTyped('core/v1.Pod', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { containers: [{ name: 'c' }], nodeName: 'n' },
      status: { phase: 'Running' },
    });
    expect(owners(pods.update(undefined, pod, { manager: 'm' }))[0]).not.toContain('f:status');
    expect(owners(pods.update(undefined, pod, { manager: 'm', subresource: 'status' }))[0]).toBe(
      'm Update status: {"f:status":{"f:phase":{}}}',
    );
  });
});

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) freeze(member);
  return Object.freeze(value);
}

describe('applies', () => {
  it('creates, and prunes what is applied no more', () => {
    const created = configMaps.apply(undefined, configMap({ a: '1', b: '1' }), { manager: 'a' });
    expect(owners(created)).toEqual(['a Apply: {"f:data":{"f:a":{},"f:b":{}}}']);
    const again = configMaps.apply(stored(created), configMap({ b: '2' }), { manager: 'a' });
    expect(again['data']).toEqual({ b: '2' });
    expect(owners(again)).toEqual(['a Apply: {"f:data":{"f:b":{}}}']);
  });

  it('shares fields on which appliers agree, and prunes them only when nobody is left', () => {
    let live = stored(configMaps.apply(undefined, configMap({ a: '1', b: '1' }), { manager: 'a' }));
    live = configMaps.apply(live, configMap({ b: '1' }), { manager: 'b' });
    // A change of owners alone has no time: nothing was written to the object.
    expect(live.metadata.managedFields!.map(({ manager, time }) => [manager, typeof time])).toEqual([
      ['b', 'undefined'],
      ['a', 'string'],
    ]);
    live = configMaps.apply(live, configMap({ a: '1' }), { manager: 'a' });
    expect(live['data']).toEqual({ a: '1', b: '1' });
    live = configMaps.apply(live, configMap({}), { manager: 'b' });
    expect(live['data']).toEqual({ a: '1' });
  });

  it('refuses to take from others unless it is forced', () => {
    const live = stored(configMaps.update(undefined, configMap({ a: '1', b: '1' }), { manager: 'm' }));
    const one = refusal(() => configMaps.apply(live, configMap({ a: '2' }), { manager: 'x' }));
    expect(one.status.message).toBe('Apply failed with 1 conflict: conflict with "m" using v1: .data.a');
    expect(one.status.details).toEqual({
      causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "m" using v1', field: '.data.a' }],
    });
    expect(one.code).toBe(409);
    const two = refusal(() => configMaps.apply(live, configMap({ a: '2', b: '2' }), { manager: 'x' }));
    expect(two.status.message).toBe(
      'Apply failed with 2 conflicts: conflicts with "m" using v1:\n- .data.a\n- .data.b',
    );
    const forced = configMaps.apply(live, configMap({ a: '2' }), { manager: 'x', force: true });
    expect(owners(forced)).toEqual([
      'x Apply: {"f:data":{"f:a":{}}}',
      'm Update: {"f:data":{".":{},"f:b":{}}}',
    ]);
  });

  it('names the subresource of who is in the way', () => {
    const live = stored(
      configMaps.apply(undefined, configMap({ a: '1' }), { manager: 'm', subresource: 'status' }),
    );
    const error = refusal(() => configMaps.apply(live, configMap({ a: '2' }), { manager: 'm' }));
    expect(error.status.message).toBe(
      'Apply failed with 1 conflict: conflict with "m" with subresource "status": .data.a',
    );
  });

  it('gives an owner to what was there before anybody was tracked', () => {
    const live = stored(configMap({ a: '1' }));
    const error = refusal(() => configMaps.apply(live, configMap({ a: '2' }), { manager: 'x' }));
    expect(error.status.message).toContain('conflict with "before-first-apply" using v1: .data.a');
    expect(owners(configMaps.apply(live, configMap({ b: '1' }), { manager: 'x' }))).toEqual([
      'x Apply: {"f:data":{"f:b":{}}}',
      'before-first-apply Update: {"f:data":{".":{},"f:a":{}}}',
    ]);
  });

  it('refuses configurations that do not fit', () => {
    const live = stored(configMap({ a: '1' }));
    const other = { ...configMap({}), kind: 'Secret' };
    const kind = refusal(() => configMaps.apply(live, other, { manager: 'x' }));
    expect([kind.code, kind.message]).toEqual([400, 'invalid object type: /v1, Kind=Secret']);
    const managed = refusal(() =>
      configMaps.apply(live, configMap({}, { managedFields: [] }), { manager: 'x' }),
    );
    expect([managed.code, managed.message]).toEqual([400, 'metadata.managedFields must be nil']);
    const unknown = refusal(() => configMaps.apply(live, { ...configMap({}), foo: 1 }, { manager: 'x' }));
    expect([unknown.code, unknown.message]).toEqual([
      400,
      'failed to create typed patch object (/c; /v1, Kind=ConfigMap): .foo: field not declared in schema',
    ]);
  });
});

describe('the annotation of client-side apply', () => {
  const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
  const said = `${JSON.stringify(configMap({ a: '1' }))}\n`;

  it('excuses kubectl for what it set itself, and is kept in step', () => {
    const live = stored(
      configMaps.update(undefined, configMap({ a: '1' }, { annotations: { [annotation]: said } }), {
        manager: 'kubectl-client-side-apply',
      }),
    );
    refusal(() => configMaps.apply(live, configMap({ a: '2' }), { manager: 'x' }));
    const applied = configMaps.apply(live, configMap({ a: '2' }), { manager: 'kubectl' });
    expect(applied['data']).toEqual({ a: '2' });
    expect(applied.metadata.annotations).toEqual({
      [annotation]: '{"apiVersion":"v1","data":{"a":"2"},"kind":"ConfigMap","metadata":{"name":"c"}}\n',
    });
  });

  it('excuses nothing that has changed since', () => {
    const live = stored(
      configMaps.update(undefined, configMap({ a: '5' }, { annotations: { [annotation]: said } }), {
        manager: 'kubectl-client-side-apply',
      }),
    );
    const error = refusal(() => configMaps.apply(live, configMap({ a: '2' }), { manager: 'kubectl' }));
    expect(error.status.details?.causes).toHaveLength(1);
  });
});

describe('versions', () => {
  const schema = {
    type: 'object',
    properties: { spec: { type: 'object', properties: {} as Record<string, Json> } },
  };
  const schemaWith = (field: string) => {
    const copy = structuredClone(schema);
    copy.properties.spec.properties[field] = { type: 'string' };
    return customResourceType(copy);
  };
  // In v1 the field is called `one`, in v2 `two`.
  const types = { 'x.io/v1': schemaWith('one'), 'x.io/v2': schemaWith('two') };
  const manager = (version: 'v1' | 'v2', served: readonly string[] = Object.keys(types)) =>
    createFieldManager({
      kind: { group: 'x.io', version, kind: 'X' },
      schemaOf: (asked) => (served.includes(asked) ? types[asked as keyof typeof types] : undefined),
      empty: { apiVersion: `x.io/${version}`, kind: 'X', metadata: {} },
      clock,
      custom: true,
      convert(object, apiVersion) {
        const spec = object['spec'] as { one?: string; two?: string } | undefined;
        const value = spec?.one ?? spec?.two;
        const name = apiVersion === 'x.io/v1' ? 'one' : 'two';
        return { ...object, apiVersion, ...(value === undefined ? {} : { spec: { [name]: value } }) };
      },
    });
  const inV1 = (one: string) => ({
    apiVersion: 'x.io/v1',
    kind: 'X',
    metadata: { name: 'x' },
    spec: { one },
  });
  const inV2 = (two: string) => ({
    apiVersion: 'x.io/v2',
    kind: 'X',
    metadata: { name: 'x' },
    spec: { two },
  });
  const liveInV2 = () => {
    const { metadata } = stored(manager('v1').apply(undefined, inV1('a'), { manager: 'a' }));
    return { ...inV2('a'), metadata };
  };

  it('finds conflicts in the version in which something is owned', () => {
    const error = refusal(() => manager('v2').apply(liveInV2(), inV2('b'), { manager: 'b' }));
    expect(error.status.details?.causes?.[0]?.field).toBe('.spec.one');
    const updated = manager('v2').update(liveInV2(), { ...liveInV2(), spec: { two: 'b' } }, { manager: 'u' });
    expect(owners(updated)).toEqual(['u Update: {"f:spec":{"f:two":{}}}']);
  });

  it('prunes what was applied in another version', () => {
    const bare = { apiVersion: 'x.io/v2', kind: 'X', metadata: { name: 'x' } };
    const applied = manager('v2').apply(liveInV2(), bare, { manager: 'a' });
    expect(applied['spec']).toBeUndefined();
  });

  it('drops managers of versions that are gone', () => {
    const next = { ...liveInV2(), spec: { two: 'b' } };
    expect(owners(manager('v2', ['x.io/v2']).update(liveInV2(), next, { manager: 'u' }))).toEqual([
      'u Update: {"f:spec":{"f:two":{}}}',
    ]);
  });
});

describe('a schema that became atomic', () => {
  it('leaves owners of parts with the whole', () => {
    const labels = (atomic: boolean) =>
      customResourceType({
        type: 'object',
        properties: {
          spec: {
            type: 'object',
            properties: {
              m: {
                type: 'object',
                additionalProperties: { type: 'string' },
                ...(atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
              },
            },
          },
        },
      });
    const manager = (atomic: boolean) => {
      const type = labels(atomic);
      return createFieldManager({
        kind: { group: 'x.io', version: 'v1', kind: 'X' },
        schemaOf: () => type,
        empty: { apiVersion: 'x.io/v1', kind: 'X', metadata: {} },
        clock,
        custom: true,
      });
    };
    const object = { apiVersion: 'x.io/v1', kind: 'X', metadata: { name: 'x' }, spec: { m: { a: '1' } } };
    const live = stored(manager(false).apply(undefined, object, { manager: 'a' }));
    expect(owners(live)).toEqual(['a Apply: {"f:spec":{"f:m":{"f:a":{}}}}']);
    expect(owners(manager(true).update(live, structuredClone(live), { manager: 'u' }))).toEqual([
      'a Apply: {"f:spec":{"f:m":{}}}',
    ]);
  });
});

describe('keepTimesOfNoChange', () => {
  it('takes back times that are the only change', () => {
    const live = stored(configMaps.update(undefined, configMap({ a: '1' }), { manager: 'm' }));
    const next = structuredClone(live);
    next.metadata.managedFields![0]!['time'] = '2031-01-01T00:00:00Z';
    expect(keepTimesOfNoChange(next, live)).toEqual(live);
    const changed = { ...next, data: { a: '2' } };
    expect(keepTimesOfNoChange(changed, live)).toBe(changed);
    const unwritten = { ...next, spec: undefined };
    expect(keepTimesOfNoChange(unwritten, live).metadata).toEqual(live.metadata);
    const { data: _, ...shorter } = next;
    expect(keepTimesOfNoChange(shorter, live)).toBe(shorter);
  });
});
