// Watches over HTTP: order, resumption, bookmarks, expiry, slow clients, shutdown.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/api/object.ts';
import { openMemoryStorage } from '../../src/storage/backends/memory.ts';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { TestClock } from '../../src/testing/clock.ts';
import { type Answer, configMap, send, Watch } from './api.ts';

const path = '/api/v1/namespaces/default/configmaps';

describe('watch', () => {
  let server: TestApiServer;
  let clock: TestClock;
  const api = (
    method: string,
    at: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer> => send(server.url, method, at, { body, headers });
  beforeEach(async () => {
    clock = new TestClock();
    server = await startTestApiServer({
      clock,
      storage: openMemoryStorage({ window: { events: 500, bytes: 64 * 1024 * 1024 } }),
    });
  });
  afterEach(() => server.close());

  it('resumes at a resourceVersion without a gap or a repetition', async () => {
    const { body: start } = await api('GET', path);
    await Promise.all(Array.from({ length: 40 }, (_, i) => api('POST', path, configMap(`c${i}`))));
    const first = await Watch.open(
      server.url,
      `${path}?watch=1&resourceVersion=${start.metadata.resourceVersion}`,
    );
    const seen = await first.take(15);
    first.close();
    const last = seen.at(-1)!.object.metadata.resourceVersion;
    const second = await Watch.open(server.url, `${path}?watch=1&resourceVersion=${last}`);
    const rest = await second.take(25);
    second.close();
    const versions = [...seen, ...rest].map((e) => Number(e.object.metadata.resourceVersion));
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    expect(new Set([...seen, ...rest].map((e) => e.object.metadata.name)).size).toBe(40);
  });

  it('ends the initial events of any kind with a row, where tables are asked for', async () => {
    const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    const list = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const { body: root } = await api('GET', '/apis');
    const groups = root['groups'] as { versions: { groupVersion: string }[] }[];
    const versions = groups.flatMap((group) =>
      group.versions.map(({ groupVersion }) => `/apis/${groupVersion}`),
    );
    let kinds = 0;
    for (const groupVersion of ['/api/v1', ...versions]) {
      const { body } = await api('GET', groupVersion);
      const resources = body['resources'] as { name: string; verbs: string[]; namespaced: boolean }[];
      for (const { name, verbs, namespaced } of resources) {
        if (!verbs.includes('watch')) continue;
        const at = namespaced ? `${groupVersion}/namespaces/none/${name}` : `${groupVersion}/${name}`;
        const none = `${at}?${list}&includeObject=None&labelSelector=no%3Dsuch`;
        const watch = await Watch.open(server.url, none, 'admin-token', table);
        const { type, object } = (await watch.next())!;
        watch.close();
        expect({ name, type }).toEqual({ name, type: 'BOOKMARK' });
        const rows = object['rows'] as { cells: unknown[]; object: KubeObject }[];
        expect(rows).toHaveLength(1);
        expect(rows[0]!.cells.length).toBeGreaterThanOrEqual(
          (object['columnDefinitions'] as unknown[]).length,
        );
        expect(rows[0]!.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
        kinds++;
      }
    }
    expect(kinds).toBeGreaterThan(55);
  });

  it('shows an object that starts and ceases to match a selector as ADDED and DELETED', async () => {
    await api('POST', path, configMap('a', {}, { app: 'x' }));
    const { body } = await api('GET', path);
    const watch = await Watch.open(
      server.url,
      `${path}?watch=1&labelSelector=app%3Dy&resourceVersion=${body.metadata.resourceVersion}`,
    );
    const label = (app: string): Promise<Answer> =>
      api(
        'PATCH',
        `${path}/a`,
        { metadata: { labels: { app } } },
        { 'content-type': 'application/merge-patch+json' },
      );
    await label('y');
    const { body: gone } = await label('x');
    const [added, deleted] = await watch.take(2);
    expect([added!.type, deleted!.type]).toEqual(['ADDED', 'DELETED']);
    // the state that did match, at the revision of the change
    expect(deleted!.object.metadata['labels']).toEqual({ app: 'y' });
    expect(deleted!.object.metadata.resourceVersion).toBe(gone.metadata.resourceVersion);
    watch.close();
  });

  it('tells of a write before the answer does, so that caches know it first', async () => {
    const watch = await Watch.open(server.url, `${path}?watch=1`);
    const order: string[] = [];
    const noting = async (what: string, happened: Promise<unknown>): Promise<void> => {
      await happened;
      order.push(what);
    };
    const writes = 20;
    for (let i = 0; i < writes; i++)
      await Promise.all([
        noting('answer', api('POST', path, configMap(`c${i}`))),
        noting('event', watch.next()),
      ]);
    watch.close();
    // what comes first from the network is read first, nearly always
    const told = order.filter((what, i) => what === 'event' && i % 2 === 0).length;
    expect(told).toBeGreaterThan(writes / 2);
  });

  it('ends the initial events of a watch list with an annotated bookmark', async () => {
    await api('POST', path, configMap('a'));
    const watch = await Watch.open(
      server.url,
      `${path}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
    );
    const [added, bookmark] = await watch.take(2);
    expect(added!.type).toBe('ADDED');
    expect(bookmark!.type).toBe('BOOKMARK');
    expect(bookmark!.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
    watch.close();
  });

  it('sends bookmarks once a minute with the newest revision of the whole store', async () => {
    const { body } = await api('GET', path);
    const quiet = await Watch.open(
      server.url,
      `${path}?watch=1&resourceVersion=${body.metadata.resourceVersion}&allowWatchBookmarks=true`,
    );
    const { body: other } = await api('POST', '/api/v1/namespaces/default/secrets', {
      metadata: { name: 's' },
    });
    clock.advance(60_000);
    const bookmark = await quiet.next();
    expect(bookmark?.type).toBe('BOOKMARK');
    expect(Number(bookmark?.object.metadata.resourceVersion)).toBeGreaterThanOrEqual(
      Number(other.metadata.resourceVersion),
    );
    quiet.close();
  });

  it('ends at its timeout', async () => {
    const watch = await Watch.open(server.url, `${path}?watch=1&timeoutSeconds=30`);
    clock.advance(30_000);
    expect(await watch.next()).toBeUndefined();
  });

  it('ends at the least timeout of the server, or up to twice of it, where it names none', async () => {
    await using other = await startTestApiServer({ clock, minRequestTimeoutMs: 7000 });
    const watch = await Watch.open(other.url, `${path}?watch=1`);
    let isOver = false;
    const over = watch.next().then((event) => {
      isOver = true;
      return event;
    });
    clock.advance(6999);
    expect((await send(other.url, 'GET', '/version')).status).toBe(200);
    expect(isOver).toBe(false);
    clock.advance(7001);
    expect(await over).toBeUndefined();
  });

  it('answers 200 and an ERROR event 410 when the revision is no longer kept', async () => {
    const { body: old } = await api('GET', path);
    for (let i = 0; i < 12; i++)
      await Promise.all(Array.from({ length: 50 }, (_, j) => api('POST', path, configMap(`c${i}-${j}`))));
    const watch = await Watch.open(
      server.url,
      `${path}?watch=1&resourceVersion=${old.metadata.resourceVersion}`,
    );
    const event = await watch.next();
    expect(event?.type).toBe('ERROR');
    expect(event?.object).toMatchObject({ kind: 'Status', code: 410, reason: 'Expired' });
    expect(event?.object.message).toMatch(/^too old resource version: \d+ \(\d+\)$/);
    expect(await watch.next()).toBeUndefined();
    const exact = await api(
      'GET',
      `${path}?resourceVersion=${old.metadata.resourceVersion}&resourceVersionMatch=Exact`,
    );
    expect(exact.status).toBe(410);
    expect(exact.body.reason).toBe('Expired');
  });

  it('refuses a list from the future with 504 and a cause that clients know', async () => {
    const asked = api('GET', `${path}?resourceVersion=99999999&resourceVersionMatch=NotOlderThan`);
    // the wait for the revision is on the clock of the server
    const timer = setInterval(() => clock.advance(3000), 5);
    const { status, body } = await asked;
    clearInterval(timer);
    expect(status).toBe(504);
    expect(body.message).toMatch(/^Timeout: Too large resource version: 99999999, current: \d+$/);
    expect(body).toMatchObject({
      reason: 'Timeout',
      details: { causes: [{ reason: 'ResourceVersionTooLarge' }], retryAfterSeconds: 1 },
    });
  });

  it('begins now where neither state nor revision is asked for', async () => {
    await api('POST', path, configMap('before'));
    for (const from of ['', '&resourceVersion=0']) {
      const query = 'watch=1&sendInitialEvents=false&resourceVersionMatch=NotOlderThan';
      const watch = await Watch.open(server.url, `${path}?${query}${from}`);
      const name = `after${from.length}`;
      await api('POST', path, configMap(name));
      expect(await watch.next()).toMatchObject({ type: 'ADDED', object: { metadata: { name } } });
      watch.close();
    }
  });

  it('tells in the stream that a state is still to come', async () => {
    const query = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan';
    const opening = Watch.open(server.url, `${path}?${query}&resourceVersion=99999999`);
    const timer = setInterval(() => clock.advance(3000), 5);
    const watch = await opening;
    clearInterval(timer);
    const event = await watch.next();
    expect(event).toMatchObject({ type: 'ERROR', object: { code: 504, reason: 'Timeout' } });
    expect(event?.object.message).toMatch(/^Timeout: Too large resource version: 99999999, current: \d+$/);
    expect(await watch.next()).toBeUndefined();
  });

  it('leaves out the events up to a revision that is still to come', async () => {
    const { body } = await api('POST', path, configMap('now'));
    const future = Number(body.metadata.resourceVersion) + 2;
    const watch = await Watch.open(server.url, `${path}?watch=1&resourceVersion=${future}`);
    for (const name of ['one', 'two', 'three']) await api('POST', path, configMap(name));
    const event = await watch.next();
    expect(event?.object.metadata).toMatchObject({ name: 'three', resourceVersion: String(future + 1) });
    watch.close();
  });

  it('cuts off a client that does not read, and goes on for the others', async () => {
    const { body } = await api('GET', path);
    const from = `${path}?watch=1&resourceVersion=${body.metadata.resourceVersion}`;
    const slow = await Watch.open(server.url, from);
    const quick = await Watch.open(server.url, from);
    slow.pause();
    const big = 'x'.repeat(900_000);
    for (let i = 0; i < 40; i++) await api('POST', path, configMap(`big-${i}`, { big }));
    expect(await quick.take(40)).toHaveLength(40);
    slow.resume();
    let count = 0;
    while (await slow.next()) count++;
    expect(count).toBeLessThan(40);
    quick.close();
  });

  it('is ended by a shutdown', async () => {
    const other = await startTestApiServer();
    const watch = await Watch.open(other.url, `${path}?watch=1`);
    await other.close();
    expect(await watch.next()).toBeUndefined();
  });

  it('refuses a watch in YAML with the types it has', async () => {
    const { status, bytes } = await api('GET', `${path}?watch=1`, undefined, { accept: 'application/yaml' });
    expect(status).toBe(406);
    expect(bytes.toString()).toContain('application/json;stream=watch');
  });
});
