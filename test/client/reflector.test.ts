// How a reflector goes on after trouble: expired revisions, a server that was restarted or replaced.

import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ConfigMap } from '#types/core_v1';
import { systemRandom } from '../../src/api/clock.ts';
import { Client } from '../../src/client/client.ts';
import { reflect } from '../../src/client/reflector.ts';
import { configMaps } from '../../src/client/resources.ts';
import { type Transport, TransportError, type TransportResponse } from '../../src/client/transport.ts';
import { openInProcessTransport } from '../../src/cluster/in-process-transport.ts';
import { openMemoryStorage } from '../../src/storage/backends/memory.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { TestClock } from '../../src/testing/clock.ts';
import { until } from '../harness/control-plane.ts';

let clock: TestClock;
let server: TestApiServer;
/** While false, no request of the reflector gets through. */
let reachable: boolean;
/** Called for each request of the reflector, also those that do not get through. */
let tried: () => void;
/** Every watch ends at once. */
let endsWatches: boolean;
/** The queries of the reflector's lists and watches that got through. */
let asked: URLSearchParams[];
let stop: AbortController;
let cuts: AbortController[];

const direct = (): Transport => openInProcessTransport(server.server.handle);
const headers = (): Record<string, string> => ({ authorization: 'Bearer admin-token' });
const admin = (): Client => new Client(direct(), { userAgent: 'admin', headers });

/** Goes to the server that there is at the moment. */
const changing: Transport = {
  async send(request) {
    tried();
    if (!reachable) throw new TransportError('connection refused');
    asked.push(new URLSearchParams(request.path.split('?')[1]));
    if (endsWatches) return ended;
    const cut = new AbortController();
    cuts.push(cut);
    const signal = request.signal ? AbortSignal.any([request.signal, cut.signal]) : cut.signal;
    return direct().send({ ...request, signal });
  },
  async close() {},
};

async function start(storage: Storage = openMemoryStorage()): Promise<void> {
  // no lease: what it writes as time goes by would make a shorter history a longer one
  server = await startTestApiServer({ storage, clock, featureGates: 'APIServerIdentity=false' });
}

/** A watch that ends as soon as it has begun. */
const ended: TransportResponse = {
  status: 200,
  header: () => undefined,
  bytes: async () => Buffer.alloc(0),
  async *stream() {},
};

/** Cuts the reflector off. */
function disconnect(): void {
  reachable = false;
  for (const cut of cuts.splice(0)) cut.abort(new TransportError('cut'));
}

interface Follower {
  /** What it was told: `replace a=1 b=2`, `MODIFIED a=2`. */
  told: string[];
  /** `a=1 b=2`: what it knows. */
  known(): string;
}

function follow(): Follower {
  const told: string[] = [];
  const objects = new Map<string, ConfigMap>();
  const text = (object: ConfigMap): string => `${object.metadata.name}=${object.data?.['v']}`;
  const texts = (): string => [...objects.values()].map(text).sort().join(' ');
  const sink = {
    replace(all: readonly ConfigMap[]) {
      objects.clear();
      for (const object of all) objects.set(object.metadata.name!, object);
      told.push(`replace ${texts()}`);
    },
    apply({ type, object }: { type: string; object: ConfigMap }) {
      if (type === 'DELETED') objects.delete(object.metadata.name!);
      else objects.set(object.metadata.name!, object);
      told.push(`${type} ${text(object)}`);
    },
  };
  const client = new Client(changing, { userAgent: 'reflector', headers });
  const options = { client, clock, random: systemRandom, log: pino({ level: 'silent' }) };
  void reflect(configMaps, { namespace: 'default' }, sink, options, stop.signal);
  return { told, known: texts };
}

const configMap = (name: string, v: string): ConfigMap => ({
  metadata: { name, namespace: 'default' },
  data: { v },
});
const make = (name: string, v = '1'): Promise<ConfigMap> => admin().create(configMaps, configMap(name, v));
const change = (name: string, v: string): Promise<ConfigMap> =>
  admin().update(configMaps, configMap(name, v));
const remove = (name: string): Promise<unknown> => admin().delete(configMaps, configMap(name, ''));
const untilKnown = (follower: Follower, wanted: string): Promise<unknown> =>
  until(`it knows ${wanted}`, () => follower.known() === wanted, { clock });

beforeEach(async () => {
  clock = new TestClock();
  reachable = true;
  endsWatches = false;
  tried = () => {};
  asked = [];
  cuts = [];
  stop = new AbortController();
  await start();
});
afterEach(async () => {
  stop.abort();
  await server.close();
});

describe('a revision that the server has forgotten', () => {
  test('everything is read anew, and no older than what was seen', async () => {
    await make('a');
    await make('b');
    const follower = follow();
    await untilKnown(follower, 'a=1 b=1');
    disconnect();
    await change('a', '2');
    await remove('b');
    await make('c');
    await server.storage.compact(server.storage.revision());
    follower.told.length = 0;
    asked.length = 0;
    reachable = true;
    await untilKnown(follower, 'a=2 c=1');
    expect(follower.told).toEqual(['replace a=2 c=1']);
    const [tried, anew, ...more] = asked;
    // from where it had been, which is refused
    expect(Number(tried!.get('resourceVersion'))).toBeGreaterThan(0);
    expect(tried!.has('sendInitialEvents')).toBe(false);
    // then from the newest state: a cached one might be older
    expect(anew!.get('sendInitialEvents')).toBe('true');
    expect(anew!.has('resourceVersion')).toBe(false);
    expect(more).toEqual([]);
    await change('c', '2');
    await untilKnown(follower, 'a=2 c=2');
    expect(follower.told).toEqual(['replace a=2 c=1', 'MODIFIED c=2']);
  });
});

describe('a server that is restarted', () => {
  test('is followed on from where it was, when it kept its state', async () => {
    await make('a');
    const follower = follow();
    await untilKnown(follower, 'a=1');
    const { storage } = server;
    reachable = false;
    await server.server.close();
    await start(storage);
    await change('a', '2');
    await make('b');
    reachable = true;
    await untilKnown(follower, 'a=2 b=1');
    expect(follower.told).toEqual(['replace a=1', 'MODIFIED a=2', 'ADDED b=1']);
  });

  test('is read anew, when it lost its memory', async () => {
    for (const name of ['a', 'b', 'c']) await make(name);
    const follower = follow();
    await untilKnown(follower, 'a=1 b=1 c=1');
    reachable = false;
    await server.close();
    await start();
    reachable = true;
    // its history is shorter: the first event shows it
    await make('d');
    await untilKnown(follower, 'd=1');
  });

  test('refuses watches while it closes', async () => {
    const follower = follow();
    await until('it has followed', () => follower.told.length > 0, { clock });
    const watches = asked.length;
    const { storage } = server;
    // the reflector asks the closed server at once, as it would on a connection that is still open
    await server.server.close();
    await until('it has asked again', () => asked.length > watches);
    await start(storage);
    await make('a');
    const begun = clock.now();
    await untilKnown(follower, 'a=1');
    // and not only when a watch of the closed server has had its time
    expect(clock.now() - begun).toBeLessThan(60_000);
    expect(follower.told).toEqual(['replace ', 'ADDED a=1']);
  });
});

describe('waits between tries', () => {
  test('grow from 0.8 s to 30 s, and end when the server is back', async () => {
    const follower = follow();
    await until('it has followed', () => follower.told.length > 0, { clock });
    disconnect();
    const tries: number[] = [];
    tried = () => tries.push(clock.now());
    const cutOff = clock.now();
    await until('time has passed', () => clock.now() - cutOff > 200_000, { clock });
    const waits = tries.slice(1).map((at, i) => at - tries[i]!);
    expect(waits[0]).toBeLessThan(3300);
    // each wait is w to 2w, and w doubles up to 30 s
    expect(Math.max(...waits)).toBeGreaterThanOrEqual(30_000);
    expect(Math.max(...waits)).toBeLessThan(61_000);
    reachable = true;
    await make('a');
    const back = clock.now();
    await untilKnown(follower, 'a=1');
    expect(clock.now() - back).toBeLessThan(61_000);
  });

  test('are made too where every watch ends at once', async () => {
    const follower = follow();
    await until('it has followed', () => follower.told.length > 0, { clock });
    asked.length = 0;
    endsWatches = true;
    for (const cut of cuts.splice(0)) cut.abort(new TransportError('cut'));
    const begun = clock.now();
    await until('time has passed', () => clock.now() - begun > 60_000, { clock });
    expect(asked.length).toBeGreaterThan(2);
    expect(asked.length).toBeLessThan(12);
    endsWatches = false;
    await make('a');
    await untilKnown(follower, 'a=1');
  });

  test('end with the signal', async () => {
    reachable = false;
    const follower = follow();
    stop.abort();
    reachable = true;
    await make('a');
    clock.advance(60_000);
    expect(follower.told).toEqual([]);
    expect(asked).toEqual([]);
  });
});
