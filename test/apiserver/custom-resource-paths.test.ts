// Paths, methods and bodies of custom resources that name nothing served: compared with kube-apiserver 1.36.3.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, send, Watch } from './api.ts';

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const group = 'paths.example.com';
const things = `/apis/${group}/v1/namespaces/default/things`;

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `things.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural: 'things', kind: 'Thing' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', properties: { n: { type: 'integer', default: 4 } } } },
          },
        },
        subresources: { status: {} },
      },
    ],
  },
};
const thing = { apiVersion: `${group}/v1`, kind: 'Thing', metadata: { name: 'x' } };

describe('paths of custom resources', () => {
  let server: TestApiServer;
  const ask = (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> =>
    send(server.url, method, path, {
      ...(body !== undefined && { body }),
      headers: {
        'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
        ...headers,
      },
    });

  beforeEach(async () => {
    server = await startTestApiServer();
    expect((await ask('POST', definitions, definition)).status).toBe(201);
  });
  afterEach(() => server.close());

  it('that are not there have the answer of no router', async () => {
    for (const path of [
      `/apis/${group}/v9`,
      `/apis/${group}/v9/things`,
      `/apis/${group}/v1/others`,
      `/apis/${group}/v1/things/x`,
    ])
      for (const method of ['GET', 'DELETE']) {
        const answer = await ask(method, path);
        expect([answer.status, answer.bytes.toString()], `${method} ${path}`).toEqual([
          404,
          '404 page not found\n',
        ]);
      }
    expect((await ask('GET', '/apis/apps/v1/others')).body.reason).toBe('NotFound');
    expect((await ask('POST', '/apis/apps/v9', {})).status).toBe(404);
    expect((await ask('POST', '/apis/apps/v1', {})).status).toBe(405);
  });

  it('of discovery take every method', async () => {
    expect((await ask('POST', `/apis/${group}/v1`, {})).body.kind).toBe('APIResourceList');
    expect((await ask('DELETE', `/apis/${group}`)).body.kind).toBe('APIGroup');
  });

  it('of subresources name the object or the verb', async () => {
    const scale = await ask('GET', `${things}/x/scale`);
    expect([scale.status, scale.body.message]).toEqual([404, `things.${group} "x" not found`]);
    const status = await ask('DELETE', `${things}/x/status`);
    expect([status.status, status.body.message]).toEqual([
      405,
      `delete is not supported on resources of kind "things.${group}"`,
    ]);
  });

  it('take a creation at a name, and no update without one', async () => {
    expect((await ask('POST', `${things}/whatever`, thing)).body.metadata.name).toBe('x');
    for (const method of ['PUT', 'PATCH']) {
      const answer = await ask(method, things, thing);
      expect([answer.status, answer.body.message]).toEqual([400, 'name must be provided']);
    }
  });

  it('say what they can send as negotiation does', async () => {
    const { status, body } = await ask('GET', things, undefined, { accept: 'text/html' });
    expect([status, body.message]).toEqual([
      406,
      'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    ]);
  });

  it('leave a changed kind to validation, and print maps sorted', async () => {
    await ask('POST', things, thing);
    const kind = await ask('PATCH', `${things}/x`, { kind: 'Other' });
    expect([kind.status, kind.body.message]).toEqual([
      422,
      `Other.${group} "x" is invalid: kind: Invalid value: "Other": must be Thing`,
    ]);
    const strict = await ask('PATCH', `${things}/x?fieldValidation=Strict`, { spec: { zz: 1 } });
    expect(strict.body.message).toContain('{\\"creationTimestamp\\":');
  });

  it('refuse numbers that no double can be', async () => {
    const body = JSON.stringify({ ...thing, spec: { n: 0 } }).replace('"n":0', '"n":1E400');
    const answer = await ask('POST', things, Buffer.from(body));
    expect([answer.status, answer.body.message]).toEqual([
      400,
      'Thing in version "v1" cannot be handled as a Thing: json: cannot unmarshal number 1E400 into Go value of type float64',
    ]);
  });

  it('stay changeable while their definition goes', async () => {
    await ask('POST', things, { ...thing, metadata: { name: 'x', finalizers: ['example.com/hold'] } });
    const path = `${definitions}/things.${group}`;
    expect((await ask('DELETE', path)).status).toBe(200);
    const changed = await ask('PATCH', path, { metadata: { labels: { a: 'b' } } });
    expect([changed.status, changed.body.metadata.finalizers]).toEqual([
      200,
      ['customresourcecleanup.apiextensions.k8s.io'],
    ]);
  });

  it('of other definitions come and go while one waits for a finalizer', async () => {
    await ask('POST', things, { ...thing, metadata: { name: 'x', finalizers: ['example.com/hold'] } });
    await ask('DELETE', `${definitions}/things.${group}`);
    const other = {
      ...definition,
      metadata: { name: `others.${group}` },
      spec: { ...definition.spec, names: { plural: 'others', kind: 'Other' } },
    };
    const others = `${definitions}/others.${group}`;
    expect((await ask('POST', definitions, other)).status).toBe(201);
    expect((await ask('GET', `/apis/${group}/v1/others`)).status).toBe(200);
    const watch = await Watch.open(
      server.url,
      `${definitions}?watch=true&fieldSelector=metadata.name=others.${group}`,
    );
    expect((await ask('DELETE', others)).status).toBe(200);
    const types = (await watch.take(2)).map(({ type }) => type);
    expect(types[0]).toBe('ADDED');
    while (types.at(-1) !== 'DELETED') types.push((await watch.take(1))[0]!.type);
    watch.close();
    const held = await ask('GET', `${definitions}/things.${group}`);
    expect(held.body.metadata['deletionTimestamp']).toBeDefined();
    await ask('PATCH', `${things}/x`, { metadata: { finalizers: null } });
  });

  it('are told of by discovery and in documents', async () => {
    const { body } = await ask('GET', '/apis', undefined, {
      accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
    });
    const own = body.items.find(({ metadata }) => metadata.name === group) as unknown as {
      versions: { resources: { responseKind: object; subresources: { responseKind: object }[] }[] }[];
    };
    const [resource] = own.versions[0]!.resources;
    const kind = { group, version: 'v1', kind: 'Thing' };
    expect([resource!.responseKind, resource!.subresources[0]!.responseKind]).toEqual([kind, kind]);
    const index = (await ask('GET', '/openapi/v3')).body as unknown as { paths: object };
    expect(Object.keys(index.paths).filter((path) => path.includes(group))).toEqual([`apis/${group}/v1`]);
    const named = 'com.example.paths.v1.Thing';
    const second = (await ask('GET', '/openapi/v2')).body as unknown as {
      definitions: Record<string, object>;
    };
    const n = (value: object): object => ({ properties: { spec: { properties: { n: value } } } });
    expect(second.definitions[named]).toMatchObject(n({ type: 'integer' }));
    expect(second.definitions[named]).not.toMatchObject(n({ default: 4 }));
    const third = (await ask('GET', `/openapi/v3/apis/${group}/v1`)).body as unknown as {
      components: { schemas: Record<string, object> };
      info: object;
    };
    expect(third.components.schemas[named]).toMatchObject(n({ type: 'integer', default: 4 }));
    expect(third.info).toEqual({ title: 'Kubernetes CRD Swagger', version: 'v0.1.0' });
  });

  it('come into the document of all groups, change there and go', async () => {
    const named = 'com.example.paths.v1.Thing';
    const path = `/apis/${group}/v1/namespaces/{namespace}/things/{name}`;
    const accept = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
    const documents = async () => {
      const { body } = await ask('GET', '/openapi/v2');
      const { bytes } = await ask('GET', '/openapi/v2', undefined, { accept });
      return { ...(body as unknown as Record<'definitions' | 'paths', Record<string, object>>), bytes };
    };
    const first = await documents();
    expect(first.definitions[named]).toBeDefined();
    expect(first.definitions['io.k8s.api.core.v1.Pod']).toBeDefined();
    expect(Object.keys(first.paths)).toContain(path);
    expect(Object.keys(first.paths)).toEqual(Object.keys(first.paths).sort());
    expect(first.bytes.includes(named)).toBe(true);

    const [version] = definition.spec.versions;
    const schema = { openAPIV3Schema: { type: 'object', description: 'All sorts of things.' } };
    const patch = {
      spec: {
        versions: [
          { ...version, schema },
          { ...version, name: 'v2', storage: false },
        ],
      },
    };
    expect((await ask('PATCH', `${definitions}/things.${group}`, patch)).status).toBe(200);
    const second = await documents();
    expect(second.definitions[named]).toMatchObject({ description: 'All sorts of things.' });
    expect(second.definitions['com.example.paths.v2.Thing']).not.toHaveProperty('description');
    expect(second.bytes.includes('All sorts of things.')).toBe(true);
    expect(second.bytes.includes('com.example.paths.v2.Thing')).toBe(true);

    expect((await ask('DELETE', `${definitions}/things.${group}`)).status).toBe(200);
    await expect.poll(async () => (await documents()).bytes.includes(named)).toBe(false);
    const third = await documents();
    expect(Object.keys(third.definitions).filter((name) => name.startsWith('com.example'))).toEqual([]);
    expect(Object.keys(third.paths)).not.toContain(path);
    expect(Object.keys(third.definitions)).toContain('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta');
  });

  it('of a scale set replicas that were never set', async () => {
    const scale = { specReplicasPath: '.spec.n', statusReplicasPath: '.status.n' };
    const [version] = definition.spec.versions;
    const properties = { spec: { type: 'object', properties: { n: { type: 'integer' } } } };
    const versions = [
      { ...version, schema: { openAPIV3Schema: { type: 'object', properties } }, subresources: { scale } },
    ];
    await ask('PATCH', `${definitions}/things.${group}`, { spec: { versions } });
    await ask('POST', things, thing);
    expect((await ask('GET', `${things}/x/scale`)).status).toBe(500);
    const labelled = await ask('PATCH', `${things}/x/scale`, { metadata: { labels: { a: 'b' } } });
    expect([labelled.status, labelled.body.message]).toEqual([
      400,
      'the spec replicas field ".spec.n" cannot be empty',
    ]);
    const scaled = await ask('PATCH', `${things}/x/scale`, { spec: { replicas: 2 } });
    expect([scaled.status, scaled.body.spec]).toEqual([200, { replicas: 2 }]);
    expect((await ask('GET', `${things}/x`)).body.spec).toEqual({ n: 2 });
    const missing = await ask('GET', `${things}/y/scale`);
    expect(missing.body.message).toBe(`things.${group} "y" not found`);
  });
});
