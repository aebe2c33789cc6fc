// Who owns fields of a custom resource in another version of it than the one that is written.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, send } from './api.ts';

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const group = 'owners.example.com';
const text = { type: 'string' };

describe('an owner in another version', () => {
  let server: TestApiServer;
  const ask = (method: string, path: string, body?: unknown, type = 'application/json'): Promise<Answer> =>
    send(server.url, method, path, {
      ...(body !== undefined && { body }),
      headers: { 'content-type': type },
    });
  const ok = async (answer: Promise<Answer>): Promise<Answer['body']> => {
    const { status, body } = await answer;
    expect(status, body.message).toBeLessThan(300);
    return body;
  };
  const version = (name: string, served: boolean, spec: object): object => ({
    name,
    served,
    storage: name === 'v1',
    schema: {
      openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: spec } } },
    },
    subresources: { scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } },
  });
  const define = (...versions: object[]): Promise<Answer['body']> =>
    ok(
      ask(
        'PATCH',
        `${definitions}/things.${group}?fieldManager=m&force=true`,
        {
          apiVersion: 'apiextensions.k8s.io/v1',
          kind: 'CustomResourceDefinition',
          metadata: { name: `things.${group}` },
          spec: { group, scope: 'Cluster', names: { plural: 'things', kind: 'Thing' }, versions },
        },
        'application/apply-patch+yaml',
      ),
    );
  const apply = (name: string, manager: string, spec: object): Promise<Answer> =>
    ask(
      'PATCH',
      `/apis/${group}/${name}/things/x?fieldManager=${manager}`,
      { apiVersion: `${group}/${name}`, kind: 'Thing', metadata: { name: 'x' }, spec },
      'application/apply-patch+yaml',
    );
  const thing = `/apis/${group}/v1/things/x`;
  const owners = ({ metadata }: Answer['body']): string[] =>
    (metadata['managedFields'] as { manager: string; apiVersion: string }[]).map(
      ({ manager, apiVersion }) => `${manager} ${apiVersion.split('/')[1]}`,
    );
  const inFirst = { a: text, replicas: { type: 'integer' } };
  const inSecond = { ...inFirst, b: { ...text, default: 'new' } };

  beforeEach(async () => {
    server = await startTestApiServer();
    await define(version('v1', true, inFirst), version('v1beta1', true, inFirst));
    await ok(apply('v1beta1', 'old', { a: '1', replicas: 1 }));
  });
  afterEach(() => server.close());

  it('a scale that does not fit is refused in the words of the scheme of custom resources', async () => {
    const { body: scale } = await ask('GET', `${thing}/scale`);
    const other = await ask('PUT', `${thing}/scale`, { ...scale, kind: 'Other' });
    expect([other.status, other.body.message]).toEqual([
      400,
      'no kind is registered for the type v1.Scale in scheme "pkg/runtime/scheme.go:111"',
    ]);
    const metadata = { ...scale.metadata, uid: 'x' };
    const conflict = await ask('PUT', `${thing}/scale`, { ...scale, metadata });
    expect(conflict.body.message).toContain(
      `Code: 4, Key: /registry/${group}/things/${scale.metadata.name}, ResourceVersion: 0,`,
    );
  });

  it.each([true, false])(
    'stays one while the object fits in that version; served there: %s',
    async (served) => {
      await define(version('v1', true, inFirst), version('v1beta1', served, inFirst));
      expect(owners(await ok(apply('v1', 'new', { a: '1' })))).toEqual(['new v1', 'old v1beta1']);
      const scaled = { spec: { replicas: 2 } };
      await ok(ask('PATCH', `${thing}/scale?fieldManager=s`, scaled, 'application/merge-patch+json'));
      expect(owners(await ok(ask('GET', thing)))).toEqual(['new v1', 'old v1beta1', 's v1']);
      const refused = await apply('v1', 'new', { a: '2' });
      expect([refused.status, refused.body.message]).toEqual([
        409,
        'Apply failed with 1 conflict: conflict with "old": .spec.a',
      ]);
    },
  );

  it.each([true, false])(
    'refuses applies once the object has more than that version knows; served there: %s',
    async (served) => {
      await define(version('v1', true, inSecond), version('v1beta1', served, inFirst));
      const refused = await apply('v1', 'new', { a: '1' });
      expect([refused.status, refused.body.message]).toEqual([500, '.spec.b: field not declared in schema']);
    },
  );

  it('refuses applies once its version is gone, until another write forgets all owners', async () => {
    await ok(
      ask(
        'PATCH',
        `${thing}?fieldManager=u`,
        { metadata: { labels: { a: 'b' } } },
        'application/merge-patch+json',
      ),
    );
    await define(version('v1', true, inFirst));
    const refused = await apply('v1', 'new', { a: '1' });
    expect([refused.status, refused.body.message]).toEqual([
      500,
      `request to convert CR to an invalid group/version: ${group}/v1beta1`,
    ]);
    const written = { metadata: { labels: { a: 'c' } } };
    const { metadata } = await ok(ask('PATCH', thing, written, 'application/merge-patch+json'));
    expect(metadata).not.toHaveProperty('managedFields');
  });
});
