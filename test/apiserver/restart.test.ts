// A server that is stopped and started again with its data: everything goes on.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLevelStorage } from '../../src/storage/backends/leveldb.ts';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { configMap, send, Watch } from './api.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';

describe('restart', () => {
  let folder: string;
  let server: TestApiServer;
  const start = async (): Promise<void> => {
    server = await startTestApiServer({ storage: await openLevelStorage({ path: join(folder, 'store') }) });
  };
  const restart = async (): Promise<void> => {
    await server.close();
    await start();
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kubeskiff-restart-'));
    await start();
  });
  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('keeps objects as they were, and does not make the first ones twice', async () => {
    const { body: made } = await send(server.url, 'POST', configMaps, { body: configMap('a', { k: 'v' }) });
    const { body: before } = await send(server.url, 'GET', '/api/v1/namespaces');
    await restart();
    const { body: now } = await send(server.url, 'GET', `${configMaps}/a`);
    expect(now).toEqual(made);
    const { body: after } = await send(server.url, 'GET', '/api/v1/namespaces');
    expect(after.items).toEqual(before.items);
  });

  it('goes on with a watch from before', async () => {
    const { body: list } = await send(server.url, 'GET', configMaps);
    const names = ['a', 'b', 'c'];
    for (const name of names) await send(server.url, 'POST', configMaps, { body: configMap(name) });
    await send(server.url, 'DELETE', `${configMaps}/b`);
    await restart();
    const watch = await Watch.open(
      server.url,
      `${configMaps}?watch=1&resourceVersion=${list.metadata.resourceVersion}`,
    );
    const events = await watch.take(4);
    watch.close();
    expect(events.map((e) => `${e.type} ${e.object.metadata.name}`)).toEqual([
      'ADDED a',
      'ADDED b',
      'ADDED c',
      'DELETED b',
    ]);
  });

  it('reads the same snapshot with a continue token from before', async () => {
    for (let i = 0; i < 10; i++) await send(server.url, 'POST', configMaps, { body: configMap(`c${i}`) });
    const first = await send(server.url, 'GET', `${configMaps}?limit=4`);
    expect(first.body.metadata.remainingItemCount).toBe(6);
    await send(server.url, 'DELETE', `${configMaps}/c5`);
    await send(server.url, 'POST', configMaps, { body: configMap('c55') });
    await restart();
    const second = await send(
      server.url,
      'GET',
      `${configMaps}?limit=100&continue=${first.body.metadata.continue}`,
    );
    expect(second.body.items.map((i) => i.metadata.name)).toEqual(['c4', 'c5', 'c6', 'c7', 'c8', 'c9']);
    expect(second.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion);
  });

  it('remembers which addresses and ports services hold', async () => {
    const services = '/api/v1/namespaces/default/services';
    const spec = { type: 'NodePort', ports: [{ port: 80 }] };
    const { body } = await send(server.url, 'POST', services, { body: { metadata: { name: 'a' }, spec } });
    const { clusterIP, ports } = body.spec as { clusterIP: string; ports: { nodePort: number }[] };
    await restart();
    const address = await send(server.url, 'POST', services, {
      body: { metadata: { name: 'b' }, spec: { clusterIP, ports: [{ port: 80 }] } },
    });
    expect(address.body.message).toContain('provided IP is already allocated');
    const port = await send(server.url, 'POST', services, {
      body: {
        metadata: { name: 'c' },
        spec: { type: 'NodePort', ports: [{ port: 80, nodePort: ports[0]!.nodePort }] },
      },
    });
    expect(port.body.message).toContain('provided port is already allocated');
  });

  it('goes on counting revisions', async () => {
    const { body: before } = await send(server.url, 'POST', configMaps, { body: configMap('a') });
    await restart();
    const { body: after } = await send(server.url, 'POST', configMaps, { body: configMap('b') });
    expect(Number(after.metadata.resourceVersion)).toBeGreaterThan(Number(before.metadata.resourceVersion));
  });

  it('selects by labels and fields of objects from before', async () => {
    await send(server.url, 'POST', configMaps, { body: configMap('a', {}, { app: 'x' }) });
    await send(server.url, 'POST', configMaps, { body: configMap('b', {}, { app: 'y' }) });
    await restart();
    const { body } = await send(server.url, 'GET', `${configMaps}?labelSelector=app%3Dx`);
    expect(body.items.map((i) => i.metadata.name)).toEqual(['a']);
    const named = await send(server.url, 'GET', '/api/v1/configmaps?fieldSelector=metadata.name%3Db');
    expect(named.body.items.map((i) => i.metadata.name)).toEqual(['b']);
  });
});
