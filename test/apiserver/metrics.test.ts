// What /metrics tells under upstream's names.
import { expect, it } from 'vitest';
import { startTestApiServer } from '../../src/testing/api-server.ts';
import { send } from './api.ts';

it('counts requests, those at work, and tells of deprecated resources that were asked for', async () => {
  await using server = await startTestApiServer();
  const metrics = async (): Promise<string> =>
    (await send(server.url, 'GET', '/metrics')).bytes.toString('utf8');
  expect(await metrics()).not.toContain('apiserver_requested_deprecated_apis{');
  await send(server.url, 'GET', '/api/v1/namespaces/default/endpoints');
  await send(server.url, 'GET', '/api/v1/namespaces/default/pods');
  const text = await metrics();
  expect(text).toContain(
    'apiserver_requested_deprecated_apis{group="",removed_release="",resource="endpoints",subresource="",version="v1"} 1\n',
  );
  expect(text.match(/apiserver_requested_deprecated_apis\{/g)).toHaveLength(1);
  const listed = /^apiserver_response_sizes_(bucket|sum|count)\{.*resource="pods".*verb="LIST".*\} (.*)$/gm;
  const sizes = [...text.matchAll(listed)].map(([, part, value]) => `${part} ${value}`);
  const { bytes } = await send(server.url, 'GET', '/api/v1/namespaces/default/pods');
  expect(sizes).toEqual([...Array.from({ length: 8 }, () => 'bucket 1'), `sum ${bytes.length}`, 'count 1']);
  expect(text).toMatch(/^apiserver_response_sizes_bucket\{.*le="1e\+06".*\} 1$/m);
  // itself
  expect(text).toContain('apiserver_current_inflight_requests{request_kind="readOnly"} 1\n');
  expect(text).toContain('apiserver_current_inflight_requests{request_kind="mutating"} 0\n');
  expect(text).toMatch(/^apiserver_request_total\{code="200",.*resource="pods".*verb="LIST".*\} 1$/m);
});
