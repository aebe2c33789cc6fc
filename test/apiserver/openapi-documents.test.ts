// The OpenAPI documents of a server: of resources, of other paths, with and without what fields can be.
import { expect, it } from 'vitest';
import { startTestApiServer } from '../../src/testing/api-server.ts';
import { send } from './api.ts';

interface Document {
  paths: Record<string, { serverRelativeURL?: string; get?: { operationId: string; responses: object } }>;
  components: { schemas: Record<string, { properties?: Record<string, { enum?: string[] }> }> };
}

it('says of each of its paths what it answers', async () => {
  await using server = await startTestApiServer();
  const read = async (path: string): Promise<Document> => {
    const { status, bytes } = await send(server.url, 'GET', path);
    expect(status, path).toBe(200);
    return JSON.parse(bytes.toString()) as Document;
  };
  const { paths } = await read('/openapi/v3');
  const others = [
    '.well-known/openid-configuration',
    'api',
    'apis',
    'apis/apps',
    'openid/v1/jwks',
    'version',
  ];
  expect(Object.keys(paths)).toEqual(expect.arrayContaining([...others, 'api/v1', 'apis/apps/v1']));
  const operations: Record<string, string | undefined> = {};
  for (const name of others) {
    const document = await read(paths[name]!.serverRelativeURL!);
    const [[path, item] = []] = Object.entries(document.paths);
    operations[path!] = item?.get?.operationId;
  }
  expect(operations).toEqual({
    '/.well-known/openid-configuration/': 'getServiceAccountIssuerOpenIDConfiguration',
    '/api/': 'getCoreAPIVersions',
    '/apis/': 'getAPIVersions',
    '/apis/apps/': 'getAppsAPIGroup',
    '/openid/v1/jwks/': 'getServiceAccountIssuerOpenIDKeyset',
    '/version/': 'getCodeVersion',
  });
  const version = await read('/openapi/v3/version');
  expect(Object.keys(version.components.schemas)).toEqual(['io.k8s.apimachinery.pkg.version.Info']);
  const groups = await read('/openapi/v3/apis');
  expect(Object.keys(groups.components.schemas)).toHaveLength(4);
});

it.each([
  ['', true],
  ['OpenAPIEnums=false', false],
])('lists what fields can be, with the gates "%s": %s', async (featureGates, lists) => {
  await using server = await startTestApiServer({ featureGates });
  const { bytes } = await send(server.url, 'GET', '/openapi/v3/api/v1');
  const { schemas } = (JSON.parse(bytes.toString()) as Document).components;
  expect(schemas['io.k8s.api.core.v1.ContainerPort']!.properties!['protocol']!.enum !== undefined).toBe(
    lists,
  );
});
