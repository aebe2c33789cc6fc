// CustomResourceDefinitions that change, come back after a restart, and go while others write.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLevelStorage } from '../../src/storage/backends/leveldb.ts';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, send, Watch } from './api.ts';

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const group = 'tests.example.com';

type Schema = Record<string, unknown>;

function version(name: string, spec: Schema, more: object = {}): object {
  const openAPIV3Schema = { type: 'object', properties: { spec: { type: 'object', properties: spec } } };
  return { name, served: true, storage: name === 'v1', schema: { openAPIV3Schema }, ...more };
}

function definition(versions: object[], plural = 'things', kind = 'Thing', more: object = {}): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: { group, scope: 'Namespaced', names: { plural, kind, ...more }, versions },
  };
}

const thing = (name: string, spec: object, of = 'v1'): object => ({
  apiVersion: `${group}/${of}`,
  kind: 'Thing',
  metadata: { name },
  spec,
});
const things = `/apis/${group}/v1/namespaces/default/things`;
const text = { type: 'string' };

function groupNames(list: Answer['body']): string[] {
  return (list['groups'] as { name: string }[]).map(({ name }) => name);
}

describe('custom resources', () => {
  let folder: string;
  let server: TestApiServer;
  const start = async (): Promise<void> => {
    server = await startTestApiServer({ storage: await openLevelStorage({ path: join(folder, 'store') }) });
  };
  const ask = (method: string, path: string, body?: unknown, type = 'application/json'): Promise<Answer> =>
    send(server.url, method, path, {
      ...(body !== undefined && { body }),
      headers: { 'content-type': type },
    });
  const ok = async (answer: Promise<Answer>): Promise<Answer['body']> => {
    const { status, body } = await answer;
    expect(status, body?.message).toBeLessThan(300);
    return body;
  };
  const define = (body: object): Promise<Answer['body']> => ok(ask('POST', definitions, body));
  const merge = (path: string, body: object): Promise<Answer> =>
    ask('PATCH', path, body, 'application/merge-patch+json');
  const gone = async (path: string): Promise<void> => {
    while ((await ask('GET', path)).status !== 404);
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kubeskiff-custom-'));
    await start();
  });
  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('answers a create when the resource is there', async () => {
    await define(definition([version('v1', { a: text })]));
    expect((await ask('POST', things, thing('x', { a: '1' }))).status).toBe(201);
  });

  it('come back after a restart with their definition', async () => {
    await define(definition([version('v1', { a: text })]));
    const made = await ok(ask('POST', things, thing('x', { a: '1' })));
    await server.close();
    await start();
    expect(await ok(ask('GET', `${things}/x`))).toEqual(made);
    expect(groupNames(await ok(ask('GET', '/apis')))).toContain(group);
  });

  it('bring an APIService for each of their group versions', async () => {
    const services = '/apis/apiregistration.k8s.io/v1/apiservices';
    const labels = async (name: string): Promise<unknown> => {
      const { status, body } = await ask('GET', `${services}/${name}`);
      return status === 404 ? undefined : body.metadata['labels'];
    };
    await define(definition([version('v1', {}), version('v2', {})]));
    while ((await labels(`v2.${group}`)) === undefined);
    expect(await labels(`v1.${group}`)).toEqual({ 'kube-aggregator.kubernetes.io/automanaged': 'true' });
    const { spec, status } = await ok(ask('GET', `${services}/v1.${group}`));
    expect(spec).toEqual({ group, version: 'v1', groupPriorityMinimum: 1000, versionPriority: 100 });
    expect(status).toMatchObject({ conditions: [{ type: 'Available', status: 'True', reason: 'Local' }] });
    await ok(ask('DELETE', `${definitions}/things.${group}`));
    await gone(`${services}/v1.${group}`);
    await gone(`${services}/v2.${group}`);
  });

  it('are read by the schema of the moment', async () => {
    await define(definition([version('v1', { a: text, old: text })]));
    await ok(ask('POST', things, thing('x', { a: '1', old: 'o' })));
    const schema = { a: text, b: { type: 'string', default: 'new' } };
    await ok(merge(`${definitions}/things.${group}`, { spec: { versions: [version('v1', schema)] } }));
    expect((await ok(ask('GET', `${things}/x`))).spec).toEqual({ a: '1', b: 'new' });
    expect((await ok(ask('GET', things))).items[0]?.spec).toEqual({ a: '1', b: 'new' });
    // and are written by it
    const patched = await ok(merge(`${things}/x`, { spec: { a: '2', old: 'again' } }));
    expect(patched.spec).toEqual({ a: '2', b: 'new' });
  });

  it('end their watches when their schema changes, not when something else does', async () => {
    await define(definition([version('v1', { a: text })]));
    const watch = await Watch.open(server.url, `${things}?watch=true`);
    await ok(merge(`${definitions}/things.${group}`, { metadata: { labels: { a: 'b' } } }));
    await ok(ask('POST', things, thing('x', { a: '1' })));
    expect((await watch.next())?.object.metadata.name).toBe('x');
    await ok(
      merge(`${definitions}/things.${group}`, { spec: { versions: [version('v1', { a: text, b: text })] } }),
    );
    expect(await watch.next()).toBeUndefined();
  });

  it('are one object in all versions', async () => {
    await define(
      definition([version('v1', { a: text, only1: text }), version('v2', { a: text, only2: text })]),
    );
    const second = things.replace('/v1/', '/v2/');
    await ok(ask('POST', things, thing('x', { a: '1', only1: 'o' })));
    const read = await ok(ask('GET', `${second}/x`));
    expect([read.apiVersion, read.spec]).toEqual([`${group}/v2`, { a: '1' }]);
    const put = { ...read, spec: { a: '2', only2: 'p' } };
    const changed = await ok(ask('PUT', `${second}/x`, put));
    // what the stored version does not have is lost, as upstream
    expect([changed.metadata.generation, changed.spec]).toEqual([2, { a: '2' }]);
    expect((await ok(ask('GET', `${things}/x`))).spec).toEqual({ a: '2' });
    const apply = { ...thing('x', { a: '3' }, 'v2') };
    const applied = await ask(
      'PATCH',
      `${second}/x?fieldManager=m&force=true`,
      apply,
      'application/apply-patch+yaml',
    );
    expect(applied.body.spec).toEqual({ a: '3' });
    const watch = await Watch.open(server.url, `${second}?watch=true&resourceVersion=0`);
    expect((await watch.next())?.object.apiVersion).toBe(`${group}/v2`);
    watch.close();
  });

  it('keep old objects when another version is stored from now on', async () => {
    await define(
      definition([
        version('v1', { a: text }),
        version('v2', { a: text, b: { type: 'integer', default: 7 } }),
      ]),
    );
    await ok(ask('POST', things, thing('x', { a: '1' })));
    const versions = [
      version('v1', { a: text }, { storage: false }),
      version('v2', { a: text, b: { type: 'integer', default: 7 } }, { storage: true }),
    ];
    const moved = await ok(merge(`${definitions}/things.${group}`, { spec: { versions } }));
    expect(moved.status).toMatchObject({ storedVersions: ['v1', 'v2'] });
    expect((await ok(ask('GET', `${things}/x`))).spec).toEqual({ a: '1' });
    await ok(merge(`${things}/x`, { spec: { a: '2' } }));
    expect((await ok(ask('GET', `${things.replace('/v1/', '/v2/')}/x`))).spec).toEqual({ a: '2', b: 7 });
  });

  it('give free names to those who wait for them', async () => {
    await define(definition([version('v1', {})]));
    await define(definition([version('v1', {})], 'others', 'Thing'));
    const other = `${definitions}/others.${group}`;
    const conditions = async (): Promise<string[]> => {
      const { status } = await ok(ask('GET', other));
      const found = (status as { conditions: Record<string, string>[] }).conditions;
      return found.map(({ type, status: is, reason }) => `${type} ${is} ${reason}`);
    };
    expect(await conditions()).toEqual([
      'NamesAccepted False ListKindConflict',
      'Established False NotAccepted',
    ]);
    await ok(ask('DELETE', `${definitions}/things.${group}`));
    await gone(`${definitions}/things.${group}`);
    while (!(await conditions())[0]!.includes('True'));
    expect(await conditions()).toEqual([
      'NamesAccepted True NoConflicts',
      'Established True InitialNamesAccepted',
    ]);
  });

  it('go with their definition while others create', async () => {
    await define(definition([version('v1', { a: text })]));
    await Promise.all(
      Array.from({ length: 300 }, (_, i) => ok(ask('POST', things, thing(`x${i}`, { a: '1' })))),
    );
    const held = { ...thing('held', {}), metadata: { name: 'held', finalizers: ['tests.example.com/hold'] } };
    await ok(ask('POST', things, held));
    let writing = true;
    const answers = new Set<number>();
    const writer = (async () => {
      for (let i = 0; writing; i++) answers.add((await ask('POST', things, thing(`late${i}`, {}))).status);
    })();
    const marked = await ok(ask('DELETE', `${definitions}/things.${group}`));
    expect(marked.metadata.finalizers).toEqual(['customresourcecleanup.apiextensions.k8s.io']);
    while ((await ok(ask('GET', things))).items.length > 1);
    const refused = await ask('POST', things, thing('more', {}));
    expect([refused.status, refused.body.message]).toEqual([
      403,
      `things.${group} "more" is forbidden: create not allowed while custom resource definition is terminating`,
    ]);
    writing = false;
    await writer;
    await ok(merge(`${things}/held`, { metadata: { finalizers: null } }));
    await gone(`${definitions}/things.${group}`);
    expect((await ask('GET', things)).status).toBe(404);
    expect([...answers].every((status) => [201, 403, 404].includes(status))).toBe(true);
    // nothing of it is left for a definition of the same name
    await define(definition([version('v1', { a: text })]));
    expect((await ok(ask('GET', things))).items).toEqual([]);
  });

  it('keeps whole numbers of 64 bits in every digit', async () => {
    const number = { type: 'integer' };
    const columns = [{ name: 'Big', type: 'integer', jsonPath: '.spec.big' }];
    const spec = {
      big: number,
      small: number,
      tens: { ...number, multipleOf: 10 },
      list: { type: 'array', items: number },
    };
    const rule = { rule: 'self.big > self.small' };
    const made = version('v1', spec, { additionalPrinterColumns: columns }) as {
      schema: { openAPIV3Schema: { properties: { spec: object } } };
    };
    Object.assign(made.schema.openAPIV3Schema.properties.spec, { 'x-kubernetes-validations': [rule] });
    await define(definition([made]));
    const most = '9223372036854775807';
    const raw = async (method: string, path: string, text?: string, type = 'application/json') => {
      const headers = { authorization: 'Bearer admin-token', 'content-type': type };
      const response = await fetch(`${server.url}${path}`, { method, headers, body: text });
      return { status: response.status, text: await response.text() };
    };
    const body = (spec: string, name = 'a') =>
      `{"apiVersion":"${group}/v1","kind":"Thing","metadata":{"name":"${name}"},"spec":${spec}}`;
    const kept = `"big":${most}`;
    const created = await raw(
      'POST',
      things,
      body(`{"big":${most},"small":1,"list":[-9223372036854775808]}`),
    );
    expect(created).toMatchObject({ status: 201, text: expect.stringContaining(kept) });
    const patched = [
      await raw('PATCH', `${things}/a`, '{"spec":{"small":2}}', 'application/merge-patch+json'),
      await raw(
        'PATCH',
        `${things}/a`,
        `[{"op":"test","path":"/spec/big","value":${most}},{"op":"replace","path":"/spec/small","value":9007199254740993}]`,
        'application/json-patch+json',
      ),
      await raw(
        'PATCH',
        `${things}/a?fieldManager=m&force=true`,
        body(`{"big":${most}}`),
        'application/apply-patch+yaml',
      ),
    ];
    for (const answer of patched)
      expect(answer).toMatchObject({ status: 200, text: expect.stringContaining(kept) });
    expect(patched[2]!.text).toContain('"small":9007199254740993');
    // a write that changes nothing is none
    const again = await raw(
      'PATCH',
      `${things}/a`,
      `{"spec":{"big":${most}}}`,
      'application/merge-patch+json',
    );
    const revision = (text: string) => /"resourceVersion":"(\d+)"/.exec(text)![1];
    expect(revision(again.text)).toBe(revision(patched[2]!.text));
    await server.close();
    await start();
    expect((await raw('GET', things)).text).toContain(`${kept},"list":[-9223372036854775808]`);
    expect((await raw('GET', `${things}/a?pretty=true`)).text).toContain(`"big": ${most}`);
    const table = {
      accept: 'application/json;as=Table;g=meta.k8s.io;v=v1',
      authorization: 'Bearer admin-token',
    };
    const shown = await (await fetch(`${server.url}${things}`, { headers: table })).text();
    expect(shown).toContain(`"cells":["a",${most}]`);
    const refused = await raw('POST', things, body(`{"big":1,"small":${most},"tens":${most}}`, 'b'));
    expect(refused.status).toBe(422);
    expect(refused.text).toContain(`Invalid value: ${most}: spec.tens in body should be a multiple of 10`);
    const ruled = await raw('POST', things, body(`{"big":9223372036854775806,"small":${most}}`, 'b'));
    expect(ruled).toMatchObject({ status: 422, text: expect.stringContaining('failed rule: self.big') });
    await ok(ask('DELETE', `${things}/a`));
  });
});
