// MutatingAdmissionPolicies: what they make of objects, in which order, and what becomes of those that fail.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, type Body, send } from './api.ts';

const group = '/apis/admissionregistration.k8s.io/v1';
const maps = '/api/v1/namespaces/default/configmaps';
const deployments = '/apis/apps/v1/namespaces/default/deployments';
const rule = {
  operations: ['CREATE', 'UPDATE'],
  apiGroups: [''],
  apiVersions: ['v1'],
  resources: ['configmaps'],
};
const apps = { ...rule, apiGroups: ['apps'], resources: ['deployments'] };

const apply = (expression: string) => ({
  patchType: 'ApplyConfiguration',
  applyConfiguration: { expression },
});
const patch = (expression: string) => ({ patchType: 'JSONPatch', jsonPatch: { expression } });

describe('mutating admission policies', () => {
  let server: TestApiServer;
  let made: string[] = [];

  const ask = (method: string, path: string, body?: unknown, headers: object = {}): Promise<Answer> =>
    send(server.url, method, path, {
      ...(body !== undefined && { body }),
      headers: { 'content-type': 'application/json', ...headers },
    });
  const ok = async (answered: Promise<Answer>): Promise<Body> => {
    const { status, body } = await answered;
    expect(status, body?.message).toBeLessThan(300);
    return body;
  };
  async function make(path: string, name: string, body: object): Promise<void> {
    await ok(ask('POST', path, { metadata: { name }, ...body }));
    made.unshift(`${path}/${name}`);
  }
  async function policy(name: string, spec: object, binding: object = {}): Promise<void> {
    await make(`${group}/mutatingadmissionpolicies`, name, {
      spec: { matchConstraints: { resourceRules: [rule] }, reinvocationPolicy: 'Never', ...spec },
    });
    await make(`${group}/mutatingadmissionpolicybindings`, `${name}-binding`, {
      spec: { policyName: name, ...binding },
    });
  }
  const create = (more: object = {}, path = maps): Promise<Answer> =>
    ask('POST', `${path}?dryRun=All`, { metadata: { name: 'x' }, ...more });
  const deployment = (name: string, replicas: number) => ({
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'a' } },
      template: {
        metadata: { labels: { app: 'a' } },
        spec: { containers: [{ name: 'c', image: 'i', env: [{ name: 'A', value: '1' }] }] },
      },
    },
  });

  beforeAll(async () => {
    server = await startTestApiServer();
  });
  afterEach(async () => {
    for (const path of made) await ask('DELETE', path);
    made = [];
  });
  afterAll(async () => {
    await server.close();
  });

  it('merge apply configurations by the schema of the object', async () => {
    await policy('p', {
      matchConstraints: { resourceRules: [apps] },
      mutations: [
        apply(`Object{
          metadata: Object.metadata{annotations: {"a": object.metadata.name}},
          spec: Object.spec{
            replicas: object.spec.replicas + 1,
            template: Object.spec.template{spec: Object.spec.template.spec{containers: [
              Object.spec.template.spec.containers{
                name: "c",
                env: [Object.spec.template.spec.containers.env{name: "B", value: "2"}]
              },
              Object.spec.template.spec.containers{name: "side", image: "s"}
            ]}}
          }
        }`),
      ],
    });
    const { metadata, spec } = await ok(create(deployment('x', 2), deployments));
    expect(metadata.annotations).toEqual({ a: 'x' });
    expect(spec['replicas']).toBe(3);
    const { containers } = (spec['template'] as { spec: { containers: object[] } }).spec;
    expect(containers).toMatchObject([
      {
        name: 'c',
        image: 'i',
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
      },
      // with its defaults
      { name: 'side', image: 's', terminationMessagePath: '/dev/termination-log' },
    ]);
  });

  it.each([
    [
      'Object{spec: Object.spec{selector: Object.spec.selector{matchLabels: {"l": "v"}}}}',
      'error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: .spec.selector',
    ],
    [
      'Object{spec: Object.specx{replicas: 1}}',
      'type mismatch: unexpected type name "Object.specx", expected "Object.spec", which matches field name path from root Object type',
    ],
    [
      'Object{spec: Object.spec{replicasx: 1}}',
      'error applying patch: failed to convert patch object to typed object: .spec.replicasx: field not declared in schema',
    ],
    [
      'Object{spec: Object.spec{replicas: object.none}}',
      "expression 'Object{spec: Object.spec{replicas: object.none}}' resulted in error: no such key: none",
    ],
  ])('deny where %s fails', async (expression, why) => {
    await policy('p', { matchConstraints: { resourceRules: [apps] }, mutations: [apply(expression)] });
    const { status, body } = await create(deployment('x', 2), deployments);
    const message = `policy 'p' with binding 'p-binding' denied request: ${why}`;
    expect(status).toBe(403);
    expect(body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason: 'Invalid',
      details: { name: 'x', group: 'apps', kind: 'deployments', causes: [{ message }] },
      code: 403,
    });
  });

  it.each([
    ['[JSONPatch{op: "add", path: "/data", value: {"a": "1"}}]', { a: '1' }],
    [
      '[JSONPatch{op: "add", path: "/data/k", value: jsonpatch.escapeKey("a/b~c")}]',
      { b: 'c', k: 'a~1b~0c' },
    ],
    ['[JSONPatch{op: "copy", from: "/data/b", path: "/data/d"}]', { b: 'c', d: 'c' }],
    ['[JSONPatch{op: "move", from: "/data/b", path: "/data/d"}]', { d: 'c' }],
    [
      '[JSONPatch{op: "test", path: "/data/b", value: "x"}, JSONPatch{op: "remove", path: "/data/b"}]',
      { b: 'c' },
    ],
    [
      '[JSONPatch{op: "test", path: "/data/b", value: "c"}, JSONPatch{op: "remove", path: "/data/b"}]',
      undefined,
    ],
    ['[JSONPatch{op: "add", path: "/data", value: Object.data{x: "y"}}]', { x: 'y' }],
    [
      '[JSONPatch{op: "add", path: "/data", value: {"op": JSONPatch{op: "o"}.op, "set": string(has(JSONPatch{op: "o"}.op)), "unset": string(has(JSONPatch{}.op)), "from": JSONPatch{}.from}}]',
      { op: 'o', set: 'true', unset: 'false', from: '' },
    ],
    [
      '[JSONPatch{op: "add", path: "/data", value: {"f": string(Object{f: "v"}.f), "has": string(has(Object{}.f)), "same": string(Object{a: "x"} == Object{a: "x"}), "other": string(Object{a: "x"} == Object{a: "y"})}}]',
      { f: 'v', has: 'false', same: 'true', other: 'false' },
    ],
    [
      '[JSONPatch{op: "add", path: "/data/n", value: namespaceObject.metadata.name + request.operation}]',
      { b: 'c', n: 'defaultCREATE' },
    ],
    [
      'authorizer.requestResource.check("create").allowed() ? [JSONPatch{op: "add", path: "/data/a", value: "1"}] : [JSONPatch{op: "x"}]',
      { b: 'c', a: '1' },
    ],
  ])('%s', async (expression, data) => {
    await policy('p', { mutations: [patch(expression)] });
    expect((await ok(create({ data: { b: 'c' } })))['data']).toEqual(data);
  });

  it('deny where a JSON patch does not apply', async () => {
    await policy('p', { mutations: [patch('[JSONPatch{op: "remove", path: "/data/none"}]')] });
    const { status, body } = await create({ data: { b: 'c' } });
    expect([status, body.message]).toEqual([
      403,
      "policy 'p' with binding 'p-binding' denied request: JSON Patch: error in remove for path: '/data/none': Unable to remove nonexistent key: none: missing value",
    ]);
  });

  it('refuse fields that are not there, whatever the failure policy', async () => {
    await policy('p', {
      failurePolicy: 'Ignore',
      mutations: [patch('[JSONPatch{op: "add", path: "/date", value: {"a": "1"}}]')],
    });
    const { status, body } = await create();
    expect([status, body.message]).toEqual([
      500,
      'Internal error occurred: strict decoding error: unknown field "date"',
    ]);
  });

  it('go on where they are told to ignore failures', async () => {
    await policy('p', {
      failurePolicy: 'Ignore',
      mutations: [
        patch('[JSONPatch{op: "remove", path: "/data/none"}]'),
        patch('[JSONPatch{op: "add", path: "/data", value: {"a": "1"}}]'),
      ],
    });
    expect((await ok(create()))['data']).toEqual({ a: '1' });
  });

  it('run their mutations in order, with variables, parameters and conditions', async () => {
    await make(maps, 'params', { data: { suffix: '!' } });
    await policy(
      'p',
      {
        paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
        variables: [{ name: 'next', expression: 'has(object.data) ? size(object.data) : 0' }],
        matchConditions: [{ name: 'm', expression: "object.metadata.name == 'x' && params != null" }],
        mutations: [
          apply('Object{data: Object.data{a: string(variables.next) + params.data.suffix}}'),
          patch(
            '[JSONPatch{op: "add", path: "/data/b", value: string(variables.next) + params.data.suffix}]',
          ),
        ],
      },
      { paramRef: { name: 'params', parameterNotFoundAction: 'Deny' } },
    );
    expect((await ok(create()))['data']).toEqual({ a: '0!', b: '1!' });
    expect((await ok(create({ metadata: { name: 'y' } })))['data']).toBeUndefined();
  });

  it('say what is wrong with their configuration', async () => {
    await policy(
      'p',
      { paramKind: { apiVersion: 'x.io/v1', kind: 'None' }, mutations: [apply('Object{}')] },
      { paramRef: { name: 'params', parameterNotFoundAction: 'Deny' } },
    );
    const { status, body } = await create();
    expect([status, body.reason, body.message]).toEqual([
      403,
      'Forbidden',
      'policy "p" denied request: failed to configure policy: failed to find resource referenced by paramKind: \'x.io/v1, Kind=None\'',
    ]);
  });

  it('are called again when they ask for it and something changed', async () => {
    const append = (name: string, reinvocationPolicy: string): Promise<void> =>
      policy(name, {
        reinvocationPolicy,
        mutations: [
          apply(
            `Object{data: Object.data{log: (has(object.data) ? object.data.?log.orValue("") : "") + "${name}"}}`,
          ),
        ],
      });
    await append('a', 'IfNeeded');
    await append('b', 'Never');
    await append('c', 'IfNeeded');
    expect((await ok(create()))['data']).toEqual({ log: 'abcac' });
  });

  it('do not call policies for the first time in the second round', async () => {
    await policy('a', {
      matchConditions: [{ name: 'm', expression: 'has(object.data)' }],
      mutations: [apply('Object{data: Object.data{a: "1"}}')],
    });
    await policy('b', { mutations: [apply('Object{data: Object.data{b: "2"}}')] });
    expect((await ok(create()))['data']).toEqual({ b: '2' });
  });

  it('change updates, custom resources and scales of the version that they name', async () => {
    const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    await make(definitions, 'things.stable.example.com', {
      spec: {
        group: 'stable.example.com',
        scope: 'Cluster',
        names: { plural: 'things', kind: 'Thing' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: {
                  spec: {
                    type: 'object',
                    properties: {
                      n: { type: 'integer' },
                      tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
                    },
                  },
                },
              },
            },
          },
        ],
      },
    });
    await policy('p', {
      matchConstraints: {
        resourceRules: [{ ...rule, apiGroups: ['stable.example.com'], resources: ['things'] }],
      },
      mutations: [apply('Object{spec: Object.spec{n: 7, tags: ["b"]}}')],
    });
    const thing = { apiVersion: 'stable.example.com/v1', kind: 'Thing', metadata: { name: 't' } };
    const path = '/apis/stable.example.com/v1/things';
    const first = await ok(ask('POST', path, { ...thing, spec: { n: 1, tags: ['a'] } }));
    expect(first.spec).toEqual({ n: 7, tags: ['a', 'b'] });
    const merge = { 'content-type': 'application/merge-patch+json' };
    const second = await ok(ask('PATCH', `${path}/t`, { spec: { n: 2 } }, merge));
    expect(second.spec).toEqual({ n: 7, tags: ['a', 'b'] });
  });
});
