import { describe, expect, it } from 'vitest';
import { requestInfoOf } from './request-info.ts';

function read(method: string, url: string): string {
  const [path, query] = url.split('?');
  const i = requestInfoOf(method, path!, new URLSearchParams(query));
  if (!i.isResource) return `${i.verb} ${i.path}`;
  return [i.verb, `${i.group}/${i.version}`, i.namespace, i.resource, i.name, i.subresource]
    .join(' ')
    .trimEnd();
}

// Upstream's cases: k8s.io/apiserver/pkg/endpoints/request/requestinfo_test.go.
const cases: [method: string, url: string, expected: string][] = [
  ['GET', '/api/v1/namespaces', 'list /v1  namespaces'],
  ['GET', '/api/v1/namespaces/other', 'get /v1 other namespaces other'],
  ['GET', '/api/v1/namespaces/other/pods', 'list /v1 other pods'],
  ['GET', '/api/v1/namespaces/other/pods/foo', 'get /v1 other pods foo'],
  ['HEAD', '/api/v1/namespaces/other/pods/foo', 'get /v1 other pods foo'],
  ['GET', '/api/v1/pods', 'list /v1  pods'],
  ['GET', '/api/v1/namespaces/other/pods/foo/status', 'get /v1 other pods foo status'],
  ['PUT', '/api/v1/namespaces/other/finalize', 'update /v1 other namespaces other finalize'],
  ['PUT', '/api/v1/namespaces/other/status', 'update /v1 other namespaces other status'],
  ['GET', '/api/v1/watch/pods', 'watch /v1  pods'],
  ['GET', '/api/v1/watch/namespaces/other/pods', 'watch /v1 other pods'],
  ['GET', '/api/v1/pods?watch=true', 'watch /v1  pods'],
  ['GET', '/api/v1/pods?watch=false', 'list /v1  pods'],
  ['GET', '/api/v1/pods?watch=0', 'list /v1  pods'],
  ['GET', '/api/v1/namespaces/other/pods?fieldSelector=metadata.name%3Dfoo', 'list /v1 other pods foo'],
  ['GET', '/api/v1/namespaces/other/pods?fieldSelector=metadata.name%3Dfoo%2Fbar', 'list /v1 other pods'],
  ['DELETE', '/api/v1/namespaces/other/pods', 'deletecollection /v1 other pods'],
  ['DELETE', '/api/v1/namespaces/other/pods/foo', 'delete /v1 other pods foo'],
  ['POST', '/apis/apps/v1/namespaces/other/deployments', 'create apps/v1 other deployments'],
  ['PATCH', '/apis/apps/v1/namespaces/other/deployments/foo', 'patch apps/v1 other deployments foo'],
  ['GET', '/api/v1/namespaces/other/pods/foo/proxy/a/b', 'get /v1 other pods foo proxy'],
  ['GET', '/', 'get /'],
  ['GET', '/api', 'get /api'],
  ['GET', '/api/v1', 'get /api/v1'],
  ['GET', '/apis/apps', 'get /apis/apps'],
  ['GET', '/apis/apps/v1', 'get /apis/apps/v1'],
  ['POST', '/healthz', 'post /healthz'],
  ['GET', '/api/v1/namespaces/a%2Fb/pods/c%20d', 'get /v1 a/b pods c d'],
];

describe('requestInfoOf', () => {
  it.each(cases)('%s %s', (method, url, expected) => {
    expect(read(method, url)).toBe(expected);
  });
});
