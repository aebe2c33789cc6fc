import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Json } from '../object.ts';
import { parseJson } from '../parse-json.ts';
import { decodeTyped, normalize } from './decode.ts';
import { DecodeError } from './explain.ts';

interface Case {
  ref: string;
  body: string;
  object?: string;
  strict?: string[];
  error?: string;
}

// Recorded from sigs.k8s.io/json and the types of k8s.io/api 0.36.6.
const cases = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/decode/cases.json', import.meta.url), 'utf8'),
) as Case[];

function decode(ref: string, body: string): { text: string; strict: string[] } {
  const strict: string[] = [];
  const source = parseJson(body);
  const object = decodeTyped(ref, source.value, { add: (message) => strict.push(message) }, source);
  return { text: JSON.stringify(object), strict };
}

describe('like Go', () => {
  it.each(cases.map((each, i) => [i, each] as const))(
    'case %i',
    (_, { ref, body, object, strict, error }) => {
      if (error !== undefined) expect(() => decode(ref, body)).toThrow(new DecodeError(error));
      else {
        const got = decode(ref, body);
        expect(got.text).toBe(JSON.stringify(JSON.parse(object!)));
        expect(got.strict).toEqual(strict);
      }
    },
  );
});

/** A pod with one container that has these further fields. */
const podWith = (container: string): string =>
  `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"p"},"spec":{"containers":[{"name":"c",${container}}]}}`;

// The texts of a recorded 1.28 server (golden errors and validation).
describe('type errors', () => {
  it.each([
    [
      'core/v1.Pod',
      podWith('"tty":"yes"'),
      'json: cannot unmarshal string into Go struct field Container.spec.containers.tty of type bool',
    ],
    [
      'core/v1.Pod',
      podWith('"ports":[{"containerPort":"80"}]'),
      'json: cannot unmarshal string into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32',
    ],
    [
      'core/v1.Pod',
      podWith('"resources":{"limits":{"cpu":"abc"}}'),
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [
      'apps/v1.Deployment',
      '{"spec":{"replicas":1.5}}',
      'json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      'apps/v1.Deployment',
      '{"spec":{"replicas":1.0}}',
      'json: cannot unmarshal number 1.0 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      'apps/v1.Deployment',
      '{"spec":{"replicas":99999999999}}',
      'json: cannot unmarshal number 99999999999 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      'core/v1.Service',
      '{"spec":{"ports":[{"targetPort":{}}]}}',
      'json: cannot unmarshal object into Go struct field ServicePort.spec.ports.targetPort of type int32',
    ],
    [
      'core/v1.ConfigMap',
      '{"data":{"a":1}}',
      'json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
    ],
    [
      'coordination.k8s.io/v1.Lease',
      '{"spec":{"renewTime":"not-a-time"}}',
      'parsing time "not-a-time" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "not-a-time" as "2006"',
    ],
    ['core/v1.Secret', '{"data":{"a":"A"}}', 'illegal base64 data at input byte 0'],
    [
      'core/v1.Secret',
      '{"data":{"a":[1,256]}}',
      'json: cannot unmarshal number 256 into Go struct field Secret.data of type uint8',
    ],
    [
      'certificates.k8s.io/v1.CertificateSigningRequest',
      '{"spec":{"uid":[]}}',
      'json: cannot unmarshal array into Go struct field CertificateSigningRequestSpec.spec.uid of type string',
    ],
    [
      'resource.k8s.io/v1.DeviceClass',
      '{"metadata":{"uid":1}}',
      'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.uid of type types.UID',
    ],
  ])('%s %s', (ref, body, message) => {
    expect(() => decode(ref, body)).toThrow(new DecodeError(message));
  });
});

describe('bytes', () => {
  it('may be a list of numbers', () => {
    expect(decodeTyped('core/v1.Secret', { data: { a: [104, 105, null], b: 'aGk=' } })).toMatchObject({
      data: { a: 'aGkA', b: 'aGk=' },
    });
  });
});

describe('strict validation', () => {
  it('reports in the order of the document', () => {
    const body = '{"metadata":{"name":"x","foo":1},"data":{"a":"1","a":"2"},"bar":1,"Data":{}}';
    expect(decode('core/v1.ConfigMap', body).strict).toEqual([
      'unknown field "metadata.foo"',
      'duplicate field "data.a"',
      'unknown field "bar"',
      'unknown field "Data"',
    ]);
  });

  it('says nothing of good bodies', () => {
    expect(decode('core/v1.Pod', podWith('"image":"x"')).strict).toEqual([]);
  });
});

describe('canonical form', () => {
  it('prints structs that are not pointers, nil lists as null, and drops empty fields', () => {
    expect(JSON.stringify(decodeTyped('core/v1.Pod', { spec: {} }))).toBe(
      '{"metadata":{},"spec":{"containers":null},"status":{}}',
    );
    expect(JSON.stringify(decodeTyped('core/v1.ConfigMap', { data: {}, metadata: null }))).toBe(
      '{"metadata":{}}',
    );
  });

  it('does not share what it returns with its input, nor the zero values of two objects', () => {
    const input = { metadata: { labels: { a: 'b' } } };
    const one = decodeTyped('core/v1.Pod', input) as unknown as {
      metadata: { labels: Record<string, string> };
      status: object;
    };
    const two = decodeTyped('core/v1.Pod', {}) as unknown as { status: object };
    one.metadata.labels['a'] = 'c';
    expect(input.metadata.labels.a).toBe('b');
    expect(one.status).not.toBe(two.status);
  });

  it('keeps a map key called __proto__', () => {
    const source = parseJson('{"data":{"__proto__":"x"}}');
    expect(JSON.stringify(decodeTyped('core/v1.ConfigMap', source.value))).toBe(
      '{"metadata":{},"data":{"__proto__":"x"}}',
    );
  });

  it('is a fixed point', () => {
    for (const { ref, object } of cases) {
      if (object === undefined) continue;
      const decoded = JSON.parse(object);
      expect(JSON.stringify(normalize(ref, decoded))).toBe(JSON.stringify(decoded));
    }
  });

  it('shares what has the stored form already, and copies what has not', () => {
    for (const { ref, object } of cases) {
      if (object === undefined) continue;
      const stored = normalize(ref, JSON.parse(object));
      expect(normalize(ref, stored)).toBe(stored);
    }
    const pod = {
      metadata: { name: 'p', labels: { a: 'b' } },
      spec: {
        containers: [
          { name: 'c', resources: {} },
          { resources: {}, name: 'd' },
        ],
      },
      status: { conditions: [] },
    };
    const before = structuredClone(pod);
    const stored = normalize('core/v1.Pod', pod);
    expect(pod).toEqual(before);
    expect(JSON.stringify(stored)).toBe(
      '{"metadata":{"name":"p","labels":{"a":"b"}},"spec":{"containers":[{"name":"c","resources":{}},{"name":"d","resources":{}}]},"status":{}}',
    );
    expect(stored.metadata).toBe(pod.metadata);
    expect(stored.spec.containers[0]).toBe(pod.spec.containers[0]);
    expect(stored.spec.containers[1]).not.toBe(pod.spec.containers[1]);
  });

  it('refuses what is nested too deep instead of crashing', () => {
    const deep = `${'{"properties":{"a":'.repeat(5000)}{}${'}}'.repeat(5000)}`;
    expect(() => parseJson(deep)).toThrow('exceeded max depth');
  });
});

describe('an object that shares members with one that is known', () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a' },
    spec: { nodeName: 'n', containers: [{ image: 'i', name: 'c' }] },
  };
  const decoded = decodeTyped('core/v1.Pod', pod);
  const { spec } = decoded as typeof decoded & { spec: object };

  it('takes those over and decodes the others', () => {
    const next = { ...decoded, status: { phase: 'Running', conditions: [], extra: 1 } } as unknown as Json;
    const strict: string[] = [];
    const sink = { add: (message: string) => strict.push(message) };
    const beside = decodeTyped('core/v1.Pod', next, sink, undefined, { spec });
    expect(beside).toHaveProperty('spec', spec);
    expect((beside as typeof beside & { spec: object }).spec).toBe(spec);
    expect(JSON.stringify(beside)).toBe(JSON.stringify(decodeTyped('core/v1.Pod', next)));
    expect(strict).toEqual(['unknown field "status.extra"']);
  });

  it('decodes a member that is equal but another', () => {
    const beside = decodeTyped('core/v1.Pod', pod, undefined, undefined, { spec: { ...pod.spec } });
    expect(JSON.stringify(beside)).toBe(JSON.stringify(decoded));
  });

  it('tells of members that no pod has, and takes none of them', () => {
    const strict: string[] = [];
    const foo = { a: 1 };
    const sink = { add: (message: string) => strict.push(message) };
    const beside = decodeTyped('core/v1.Pod', { ...pod, foo }, sink, undefined, { foo });
    expect(beside).not.toHaveProperty('foo');
    expect(strict).toEqual(['unknown field "foo"']);
  });

  it('is brought into the form in which it is stored like any other', () => {
    const stored = normalize('core/v1.Pod', decoded) as typeof decoded & { spec: object };
    const next = { ...stored, status: { podIPs: [], phase: 'Running', hostIP: '' } };
    const beside = normalize('core/v1.Pod', next, stored);
    expect(beside.spec).toBe(stored.spec);
    expect(JSON.stringify(beside)).toBe(JSON.stringify(normalize('core/v1.Pod', next)));
  });
});
