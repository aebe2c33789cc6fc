import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, KubeObject } from '../object.ts';
import { decodeTyped } from '../schema/decode.ts';
import { DecodeError } from '../schema/explain.ts';
import { structFields } from '../schema/struct-fields.ts';
import { type FieldFact, isReference, typeFact } from '../schema/type-table.ts';
import { decodeProtobuf } from './decode.ts';
import { encodeProtobuf, NoProtobufError } from './encode.ts';
import { decodeEnvelope, encodeEnvelope, listMessage, unwrapProtobuf, watchFrame } from './envelope.ts';
import { ProtobufError } from './reader.ts';

const directory = new URL('../../../test/fixtures/protobuf/', import.meta.url);
const files = readdirSync(directory).filter((file) => file !== 'watch-stream.json');

interface Fixture {
  json: KubeObject;
  protobufBase64: string;
}

function fixtures(file: string): Fixture[] {
  return JSON.parse(readFileSync(new URL(file, directory), 'utf8')) as Fixture[];
}

describe('byte for byte as Go', () => {
  it.each(files)('%s', (file) => {
    for (const { json, protobufBase64 } of fixtures(file)) {
      const bytes = Buffer.from(protobufBase64, 'base64');
      expect(encodeEnvelope(json).equals(bytes), `${json.apiVersion} ${json.kind} encoded`).toBe(true);
      expect(JSON.stringify(decodeEnvelope(bytes))).toBe(JSON.stringify(json));
    }
  });

  it('watch frames', () => {
    const stream = JSON.parse(readFileSync(new URL('watch-stream.json', directory), 'utf8')) as {
      events: { type: string; object: KubeObject }[];
      streamFramesBase64: string[];
    };
    const frames = stream.events.map(({ type, object }) =>
      watchFrame(type, encodeEnvelope(object)).toString('base64'),
    );
    expect(frames).toEqual(stream.streamFramesBase64);
  });

  it('lists of ready messages', () => {
    const items = [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }];
    const ready = listMessage(
      { resourceVersion: '7' },
      items.map((item) => encodeProtobuf('core/v1.ConfigMap', item)),
    );
    const whole = encodeProtobuf('core/v1.ConfigMapList', { metadata: { resourceVersion: '7' }, items });
    expect(ready.equals(whole)).toBe(true);
  });
});

describe('readers are generous', () => {
  it('packed lists and unknown fields', () => {
    // supplementalGroups of PodSecurityContext, field 4: packed 1, 2, 300, then an unknown field 100 of each wire type.
    const bytes = Buffer.from([
      0x22, 4, 1, 2, 0xac, 2, 0xa0, 6, 1, 0xa2, 6, 1, 0, 0xa5, 6, 0, 0, 0, 0, 0xa1, 6, 0, 0, 0, 0, 0, 0, 0, 0,
    ]);
    expect(decodeProtobuf('core/v1.PodSecurityContext', bytes)).toEqual({ supplementalGroups: [1, 2, 300] });
  });

  it('Table has no protobuf form', () => {
    expect(() => encodeProtobuf('meta/v1.Table', {})).toThrow(NoProtobufError);
  });
});

function isExpected(error: unknown): boolean {
  return error instanceof ProtobufError || error instanceof DecodeError;
}

describe('bad bytes', () => {
  const pod = Buffer.from(
    fixtures('core.json').find(({ json }) => json.kind === 'Pod')!.protobufBase64,
    'base64',
  );

  it('truncated ones are refused or read, never a crash', () => {
    const { raw } = unwrapProtobuf(pod);
    for (let length = 0; length < raw.length; length += 7) {
      try {
        decodeProtobuf('core/v1.Pod', raw.subarray(0, length));
      } catch (error) {
        if (!isExpected(error)) throw error;
      }
    }
    expect(() => decodeProtobuf('core/v1.Pod', raw.subarray(0, raw.length - 1))).toThrow(ProtobufError);
  });

  it('random changes are refused or read, never a crash', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(pod.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        (changes) => {
          const bytes = Buffer.from(pod);
          for (const [at, value] of changes) bytes[at] = value;
          try {
            decodeEnvelope(bytes);
          } catch (error) {
            if (!isExpected(error)) throw error;
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('random bytes are refused or read, never a crash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          decodeProtobuf('apps/v1.Deployment', bytes);
        } catch (error) {
          if (!isExpected(error)) throw error;
        }
      }),
      { numRuns: 1000 },
    );
  });
});

/** Random JSON of a type, from the tables. */
function arbitraryOf(type: string, depth: number): fc.Arbitrary<unknown> {
  const scalars: Record<string, fc.Arbitrary<unknown>> = {
    string: fc.string({ unit: 'grapheme', maxLength: 8 }),
    int32: fc.integer(),
    int64: fc.integer({ min: -(2 ** 52), max: 2 ** 52 }),
    float64: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    bool: fc.boolean(),
    bytes: fc.uint8Array({ maxLength: 5 }).map((bytes) => Buffer.from(bytes).toString('base64')),
    Quantity: fc.constantFrom('0', '1', '100m', '1Gi', '-5k', '1.5'),
    Time: fc.constantFrom('2020-01-01T00:00:00Z', '1969-12-31T23:59:59Z'),
    MicroTime: fc.constantFrom('2020-01-01T00:00:00.123456Z'),
    Duration: fc.constantFrom('1h0m0s', '-1.5s'),
    IntOrString: fc.oneof(fc.integer(), fc.constantFrom('50%', 'http')),
    RawExtension: fc.constantFrom({ a: [1, 'x'] }, { b: null }),
    FieldsV1: fc.constantFrom({ 'f:a': {} }),
    JSON: fc.constantFrom('x', 1, { a: 1 }),
  };
  if (!isReference(type)) return scalars[type] ?? fc.constant(null);
  const fact = typeFact(type);
  if (fact.jsonUnion) return fc.constant(undefined);
  if (fact.wrap) return fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 3 });
  if (depth <= 0) return fc.constant({});
  const typed = fact.fields.some((field) => field.inline && field.type === 'meta/v1.TypeMeta');
  const own = structFields(type).filter(
    ({ fact: field }) => !typed || !['kind', 'apiVersion'].includes(field.json),
  );
  const members = own.map(({ fact: field }) => [field.json, fieldArbitrary(field, depth - 1)] as const);
  return fc.record(Object.fromEntries(members), { requiredKeys: [] });
}

function fieldArbitrary(field: FieldFact, depth: number): fc.Arbitrary<unknown> {
  // An empty list and an absent one are the same on the wire.
  if (field.proto === undefined) return fc.constant(undefined);
  const element = arbitraryOf(field.type, depth);
  if (field.list) return fc.array(element, { minLength: 1, maxLength: 2 });
  if (field.map)
    return fc.dictionary(fc.string({ minLength: 1, maxLength: 4 }), element, { minKeys: 1, maxKeys: 2 });
  return element;
}

describe('round trip of random objects', () => {
  it.each([
    'core/v1.ConfigMap',
    'core/v1.Service',
    'core/v1.Event',
    'batch/v1.CronJob',
    'autoscaling/v2.HorizontalPodAutoscaler',
    'rbac.authorization.k8s.io/v1.ClusterRole',
  ])('%s', (ref) => {
    fc.assert(
      fc.property(arbitraryOf(ref, 5), (value) => {
        const object = decodeTyped(ref, JSON.parse(JSON.stringify(value)) as Json);
        expect(JSON.stringify(decodeProtobuf(ref, encodeProtobuf(ref, object)))).toBe(JSON.stringify(object));
      }),
      { numRuns: 60 },
    );
  });
});
