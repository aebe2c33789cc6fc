// Custom resources whose versions a webhook converts.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, send, Watch } from './api.ts';
import {
  type ConversionHook,
  converted,
  type Review,
  startConversionHook,
  type Versioned,
} from './conversion-hook.ts';

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const group = 'hooks.example.com';

/** v1 has host and port, v2 has them in one. */
function convert(object: Versioned, apiVersion: string): Versioned {
  const { host, port, hostPort } = object.spec;
  const [first, second] = (hostPort ?? '').split(':');
  const spec: Record<string, string> = apiVersion.endsWith('v2')
    ? { hostPort: `${host}:${port}` }
    : { host: first!, port: second! };
  return { ...object, apiVersion, spec };
}

describe('conversion by a webhook', () => {
  let server: TestApiServer;
  let hook: ConversionHook;
  const honest = (review: Review): { response: object } => converted(review, convert);
  const ask = (method: string, path: string, body?: unknown, type = 'application/json'): Promise<Answer> =>
    send(server.url, method, path, {
      ...(body !== undefined && { body }),
      headers: { 'content-type': type },
    });
  const ok = async (answered: Promise<Answer>): Promise<Answer['body']> => {
    const { status, body } = await answered;
    expect(status, body?.message).toBeLessThan(300);
    return body;
  };
  const paths = (plural: string, version: string): string =>
    `/apis/${group}/${version}/namespaces/default/${plural}`;

  async function define(plural: string): Promise<void> {
    const text = { type: 'string' };
    const version = (name: string, spec: object, storage: boolean): object => ({
      name,
      served: true,
      storage,
      schema: {
        openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: spec } } },
      },
    });
    await ok(
      ask('POST', definitions, {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: `${plural}.${group}` },
        spec: {
          group,
          scope: 'Namespaced',
          names: { plural, kind: plural.toUpperCase() },
          versions: [
            version('v1', { host: text, port: text }, true),
            {
              ...version('v2', { hostPort: text }, false),
              selectableFields: [{ jsonPath: '.spec.hostPort' }],
            },
          ],
          conversion: hook.conversion,
        },
      }),
    );
  }
  const object = (plural: string, version: string, name: string, spec: object): object => ({
    apiVersion: `${group}/${version}`,
    kind: plural.toUpperCase(),
    metadata: { name },
    spec,
  });

  beforeAll(async () => {
    hook = await startConversionHook();
    server = await startTestApiServer();
  });
  afterAll(async () => {
    await server.close();
    await hook.close();
  });

  it('reads, lists and watches in the version that is asked for', async () => {
    hook.answer = honest;
    await define('reads');
    hook.asked = [];
    await ok(ask('POST', paths('reads', 'v1'), object('reads', 'v1', 'a', { host: 'h', port: '1' })));
    expect(hook.asked).toEqual([]);
    const read = await ok(ask('GET', `${paths('reads', 'v2')}/a`));
    expect([read['apiVersion'], read.spec]).toEqual([`${group}/v2`, { hostPort: 'h:1' }]);
    expect(hook.asked.map(({ request }) => request.desiredAPIVersion)).toEqual([`${group}/v2`]);
    await ok(ask('POST', paths('reads', 'v1'), object('reads', 'v1', 'b', { host: 'i', port: '2' })));
    const watch = await Watch.open(server.url, `${paths('reads', 'v2')}?watch=true&resourceVersion=0`);
    expect((await watch.next())?.object.spec).toEqual({ hostPort: 'h:1' });
    expect((await watch.next())?.object.spec).toEqual({ hostPort: 'i:2' });
    await ok(ask('DELETE', `${paths('reads', 'v1')}/a`));
    const deleted = await watch.next();
    expect([deleted?.type, deleted?.object.spec]).toEqual(['DELETED', { hostPort: 'h:1' }]);
    watch.close();
    const { items } = await ok(ask('GET', paths('reads', 'v2')));
    expect(items.map(({ spec }) => spec)).toEqual([{ hostPort: 'i:2' }]);
  });

  it('writes in any version', async () => {
    hook.answer = honest;
    await define('writes');
    const made = await ok(
      ask('POST', paths('writes', 'v2'), object('writes', 'v2', 'a', { hostPort: 'h:1' })),
    );
    expect(made.spec).toEqual({ hostPort: 'h:1' });
    expect((await ok(ask('GET', `${paths('writes', 'v1')}/a`))).spec).toEqual({ host: 'h', port: '1' });
    const merge = { spec: { hostPort: 'h:2' } };
    const patched = await ok(
      ask('PATCH', `${paths('writes', 'v2')}/a`, merge, 'application/merge-patch+json'),
    );
    expect([patched.metadata['generation'], patched.spec]).toEqual([2, { hostPort: 'h:2' }]);
    expect((await ok(ask('GET', `${paths('writes', 'v1')}/a`))).spec).toEqual({ host: 'h', port: '2' });
    const applied = object('writes', 'v2', 'a', { hostPort: 'h:3' });
    await ok(
      ask(
        'PATCH',
        `${paths('writes', 'v2')}/a?fieldManager=m&force=true`,
        applied,
        'application/apply-patch+yaml',
      ),
    );
    expect((await ok(ask('GET', `${paths('writes', 'v1')}/a`))).spec).toEqual({ host: 'h', port: '3' });
    await ok(ask('DELETE', `${paths('writes', 'v2')}/a`));
    expect((await ask('GET', `${paths('writes', 'v1')}/a`)).status).toBe(404);
  });

  it('selects by fields that only the converted objects have', async () => {
    hook.answer = honest;
    await define('selects');
    const all = paths('selects', 'v2');
    const put = (name: string, port: string): Promise<Answer['body']> =>
      ok(ask('POST', paths('selects', 'v1'), object('selects', 'v1', name, { host: 'h', port })));
    const move = (name: string, port: string): Promise<Answer> =>
      ask('PATCH', `${paths('selects', 'v1')}/${name}`, { spec: { port } }, 'application/merge-patch+json');
    for (const [name, port] of ['1', '2', '1', '1'].entries()) await put(`x${name}`, port);
    const selector = `fieldSelector=${encodeURIComponent('spec.hostPort=h:1')}`;
    const names = ({ items }: Answer['body']): unknown[] => items.map(({ metadata }) => metadata.name);
    expect(names(await ok(ask('GET', `${all}?${selector}`)))).toEqual(['x0', 'x2', 'x3']);
    const page = await ok(ask('GET', `${all}?${selector}&limit=2`));
    expect(names(page)).toEqual(['x0', 'x2']);
    const rest = `${all}?${selector}&limit=2&continue=${page.metadata['continue']}`;
    expect(names(await ok(ask('GET', rest)))).toEqual(['x3']);
    const watch = await Watch.open(server.url, `${all}?watch=true&${selector}`);
    const next = async (): Promise<unknown[]> => {
      const event = await watch.next();
      return [event?.type, event?.object.metadata.name, event?.object.spec];
    };
    for (const name of ['x0', 'x2', 'x3']) expect(await next()).toEqual(['ADDED', name, { hostPort: 'h:1' }]);
    await ok(move('x1', '3'));
    await ok(move('x1', '1'));
    expect(await next()).toEqual(['ADDED', 'x1', { hostPort: 'h:1' }]);
    await ok(move('x0', '3'));
    expect(await next()).toEqual(['DELETED', 'x0', { hostPort: 'h:1' }]);
    await ok(ask('DELETE', `${all}?${selector}`));
    for (const name of ['x1', 'x2', 'x3'])
      expect(await next()).toEqual(['DELETED', name, { hostPort: 'h:1' }]);
    watch.close();
    expect(names(await ok(ask('GET', all)))).toEqual(['x0']);
  });

  it('keeps metadata as it was, but for labels and annotations', async () => {
    hook.answer = honest;
    await define('metas');
    await ok(ask('POST', paths('metas', 'v1'), object('metas', 'v1', 'a', { host: 'h', port: '1' })));
    hook.answer = (review) => {
      for (const { metadata } of review.request.objects) {
        metadata['labels'] = { from: 'webhook' };
        metadata['generation'] = 77;
      }
      return honest(review);
    };
    const { metadata } = await ok(ask('GET', `${paths('metas', 'v2')}/a`));
    expect([metadata['labels'], metadata['generation']]).toEqual([{ from: 'webhook' }, 1]);
  });

  it('says what a webhook did wrong', async () => {
    hook.answer = honest;
    await define('faults');
    await ok(ask('POST', paths('faults', 'v1'), object('faults', 'v1', 'a', { host: 'h', port: '1' })));
    const wrong = async (response: (review: Review) => object): Promise<string | undefined> => {
      hook.answer = response;
      const { status, body } = await ask('GET', `${paths('faults', 'v2')}/a`);
      expect(status).toBe(500);
      return body.message;
    };
    const prefix = `conversion webhook for ${group}/v1, Kind=FAULTS`;
    const with_ = (changes: object) => (review: Review) => {
      const good = honest(review);
      return { ...good, response: { ...good.response, ...changes } };
    };
    expect(await wrong(with_({ uid: 'other' }))).toMatch(/failed: expected response\.uid=".*", got "other"$/);
    expect(await wrong(with_({ result: { status: 'Failure', message: 'no' } }))).toBe(`${prefix} failed: no`);
    expect(await wrong(with_({ convertedObjects: [] }))).toBe(`${prefix} returned 0 objects, expected 1`);
    expect(await wrong((review) => with_({ convertedObjects: review.request.objects })(review))).toBe(
      `${prefix} returned invalid object at index 0: invalid groupVersion (expected ${group}/v2, received ${group}/v1)`,
    );
    const changed = (metadata: object) => (review: Review) => {
      const convertedObjects = review.request.objects.map((object) => {
        const good = convert(object, review.request.desiredAPIVersion);
        return { ...good, metadata: { ...good.metadata, ...metadata } };
      });
      return with_({ convertedObjects })(review);
    };
    expect(await wrong(changed({ name: 'b' }))).toBe(
      `${prefix} returned invalid object: must have the same name: a != b`,
    );
    expect(await wrong(changed({ labels: { n: 1 } }))).toBe(
      `${prefix} returned invalid metadata: metadata.labels[n] must be a string, but is int64 in converted object`,
    );
    expect(await wrong(changed({ annotations: ['x'] }))).toBe(
      `${prefix} returned invalid metadata: invalid metadata.annotations of type []interface {} in converted object`,
    );
    expect(await wrong(changed({ labels: { n: 'no spaces' } }))).toMatch(
      /returned invalid metadata: metadata\.labels: Invalid value: "no spaces": a valid label must/,
    );
    hook.answer = honest;
    expect((await ask('GET', `${paths('faults', 'v2')}/a`)).status).toBe(200);
  });

  it('shows an admission policy the version that it matches', async () => {
    hook.answer = honest;
    await define('admits');
    const policies = '/apis/admissionregistration.k8s.io/v1';
    await ok(
      ask('POST', `${policies}/validatingadmissionpolicies`, {
        metadata: { name: 'hosts' },
        spec: {
          matchConstraints: {
            resourceRules: [
              { apiGroups: [group], apiVersions: ['v1'], operations: ['*'], resources: ['admits'] },
            ],
          },
          validations: [{ expression: "object.spec.host != 'bad'", message: 'no bad hosts' }],
        },
      }),
    );
    await ok(
      ask('POST', `${policies}/validatingadmissionpolicybindings`, {
        metadata: { name: 'hosts' },
        spec: { policyName: 'hosts', validationActions: ['Deny'] },
      }),
    );
    const post = (name: string, hostPort: string): Promise<Answer> =>
      ask('POST', paths('admits', 'v2'), object('admits', 'v2', name, { hostPort }));
    const bad = await post('a', 'bad:1');
    expect([bad.status, bad.body.message]).toEqual([
      422,
      expect.stringMatching(/denied request: no bad hosts$/),
    ]);
    await ok(post('b', 'good:1'));
    hook.answer = ({ apiVersion, kind, request }) => ({
      apiVersion,
      kind,
      response: { uid: request.uid, result: { status: 'Failure', message: 'out of order' } },
    });
    const failed = await post('c', 'good:1');
    expect([failed.status, failed.body.message]).toEqual([
      422,
      expect.stringContaining(
        `failed to configure binding: failed to convert object version: conversion webhook for ${group}/v2, Kind=ADMITS failed: out of order`,
      ),
    ]);
  });
});
