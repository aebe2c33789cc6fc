// An API server in the test's process with clients of it, for tests of the parts that are only clients.
import { setMaxListeners } from 'node:events';
import { type Logger, pino } from 'pino';
import { type Clock, systemClock, systemRandom } from '../../src/api/clock.ts';
import type { KubeObject } from '../../src/api/object.ts';
import { Client } from '../../src/client/client.ts';
import { createCoreEventRecorder } from '../../src/client/core-events.ts';
import type { EventRecorder } from '../../src/client/event-recorder.ts';
import { InformerFactory } from '../../src/client/informer-factory.ts';
import type { Transport } from '../../src/client/transport.ts';
import { openInProcessTransport } from '../../src/cluster/in-process-transport.ts';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import type { TestClock } from '../../src/testing/clock.ts';

/** What a test may choose. */
export interface ControlPlaneOptions {
  /** Time of the server and of the parts; default: the machine's. */
  readonly clock?: Clock;
  /** Stands between the clients and the server: faults, counters. */
  readonly wrap?: (transport: Transport) => Transport;
  /** Further options of the server. */
  readonly disabledAdmission?: readonly string[];
}

/** A server and what parts need to work with it. */
export interface ControlPlane extends AsyncDisposable {
  readonly server: TestApiServer;
  /** A client with all rights, not wrapped: the test's own. */
  readonly client: Client;
  readonly clock: Clock;
  readonly random: typeof systemRandom;
  readonly log: Logger;
  /** Aborted at the end. */
  readonly signal: AbortSignal;
  /** A client for a part, through `wrap`. */
  clientFor(userAgent: string): Client;
  /** New informers for a part; frozen, so that a part that changes a cached object fails. Call `start(signal)`. */
  informersFor(client: Client): InformerFactory;
  /** A recorder of core events for a part. */
  recorderFor(client: Client, component: string, host?: string): EventRecorder;
}

/** Starts a server with the namespace `default`. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const clock = options.clock ?? systemClock;
  const random = systemRandom;
  const log: Logger = pino({ level: process.env['KUBESKIFF_TEST_LOG'] ?? 'silent' });
  const server = await startTestApiServer({ clock, disabledAdmission: options.disabledAdmission });
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const direct = openInProcessTransport(server.server.handle);
  const wrapped = options.wrap ? options.wrap(direct) : direct;
  const headers = (): Record<string, string> => ({ authorization: 'Bearer admin-token' });
  return {
    server,
    client: new Client(direct, { userAgent: 'test', headers }),
    clock,
    random,
    log,
    signal: stop.signal,
    clientFor: (userAgent) => new Client(wrapped, { userAgent, headers }),
    informersFor: (client) => new InformerFactory({ client, clock, random, log, freeze: true }),
    recorderFor: (client, component, host) =>
      createCoreEventRecorder({ client, component, host, clock, random, log, signal: stop.signal }),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await direct.close();
      await server.close();
    },
  };
}

const patienceMs = 20_000;

/**
 * Waits until `condition` gives something else than false, undefined or null, and resolves with it. What it throws counts
 * as false; the last error is told when patience ends. With a TestClock, time moves by `stepMs` for each look.
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  drive?: { clock: TestClock; stepMs?: number },
): Promise<Exclude<NonNullable<T>, false>> {
  const deadline = performance.now() + patienceMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value !== false && value !== undefined && value !== null)
        return value as Exclude<NonNullable<T>, false>;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, 2));
    drive?.clock.advance(drive.stepMs ?? 100);
  }
}

/** Sends the writes of a part into the void or cuts their answers. */
export interface WriteFaults {
  /**
   * Asked for the n-th write (from 1): `before` loses the request, `after` does it and loses the answer, undefined lets it
   * through.
   */
  fault(n: number, method: string, path: string): 'before' | 'after' | undefined;
}

/** A transport that fails as told. */
export function faultyTransport(inner: Transport, faults: WriteFaults): Transport {
  let writes = 0;
  return {
    async send(request) {
      const fault =
        request.method === 'GET' ? undefined : faults.fault(++writes, request.method, request.path);
      if (fault === 'before') throw new Error('the request was lost');
      const response = await inner.send(request);
      if (fault === 'after') {
        await response.bytes();
        throw new Error('the answer was lost');
      }
      return response;
    },
    close: () => inner.close(),
  };
}

/** Names of objects, sorted. */
export function namesOf(objects: readonly KubeObject[]): string[] {
  return objects.map((o) => o.metadata.name ?? '').sort();
}
