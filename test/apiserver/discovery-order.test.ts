// In what order discovery tells custom groups and their versions: clients take the first version.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, send } from './api.ts';

interface Group {
  name: string;
  versions: { version: string }[];
  preferredVersion: { version: string };
}

function definition(group: string, plural: string, versions: readonly string[]): object {
  const openAPIV3Schema = { type: 'object' };
  return {
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, kind: plural[0]!.toUpperCase() + plural.slice(1) },
      versions: versions.map((name, index) => ({
        name,
        served: true,
        storage: index === 0,
        schema: { openAPIV3Schema },
      })),
    },
  };
}

describe('discovery of custom groups', () => {
  let server: TestApiServer;
  const get = (path: string, accept = 'application/json'): Promise<Answer> =>
    send(server.url, 'GET', path, { headers: { accept } });

  beforeAll(async () => {
    server = await startTestApiServer();
    for (const body of [
      definition('zoo.example.com', 'lions', ['v1beta1', 'v1', 'v2alpha1']),
      definition('zoo.example.com', 'bears', ['v2', 'other']),
      definition('air.example.com', 'birds', ['v1']),
    ]) {
      const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
      const answer = await send(server.url, 'POST', path, { body });
      expect(answer.status, answer.body.message).toBe(201);
    }
  });
  afterAll(() => server.close());

  it('puts them last, by name', async () => {
    const { body } = await get('/apis');
    const names = (body['groups'] as Group[]).map(({ name }) => name);
    expect(names.slice(-2)).toEqual(['air.example.com', 'zoo.example.com']);
  });

  it('puts the version of the highest rank first, whatever definition has it', async () => {
    const expected = ['v2', 'v1', 'v1beta1', 'v2alpha1', 'other'];
    const group = (await get('/apis/zoo.example.com')).body as unknown as Group;
    expect(group.versions.map(({ version }) => version)).toEqual(expected);
    expect(group.preferredVersion.version).toBe('v2');
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
    const last = (await get('/apis', accept)).body.items.at(-1)!;
    expect((last['versions'] as { version: string }[]).map(({ version }) => version)).toEqual(expected);
  });
});
