// What goes wrong in the trials.
import { resourceExpired } from '../../src/api/status.ts';
import { resourcePath } from '../../src/client/resource.ts';
import { TransportError, type TransportRequest, type TransportResponse } from '../../src/client/transport.ts';
import { openInProcessTransport } from '../../src/cluster/in-process-transport.ts';
import type { TestClock } from '../../src/testing/clock.ts';
import { type Disturbance, isWrite, type Play, touched } from './trials.ts';

/** Touches an object; one that is gone is no fault. */
async function touch({ plane, clock }: Play, path: string): Promise<void> {
  const body = {
    metadata: { annotations: { [touched]: `${clock.now()} ${Math.trunc(performance.now())}` } },
  };
  const headers = { authorization: 'Bearer admin-token', 'content-type': 'application/merge-patch+json' };
  const transport = openInProcessTransport(plane.server.server.handle);
  const request = { method: 'PATCH', path, headers, body: JSON.stringify(body) } as const;
  await (await transport.send(request)).bytes();
}

/** The path of the object that a request writes, without a subresource. */
function objectPath(path: string): string | undefined {
  const found = /^\/apis?\/(?:[^/]+\/)?v\d[^/]*(?:\/namespaces\/[^/?]+)?\/[^/?]+\/[^/?]+/.exec(path);
  return found?.[0];
}

/** Somebody else writes each object just before the controllers do, twice. */
export const otherWriters = (): Disturbance => {
  const times = new Map<string, number>();
  return {
    wrap: (inner, state) => ({
      async send(request) {
        const path = objectPath(request.path);
        if (isWrite(request) && request.method !== 'POST' && path !== undefined) {
          const count = times.get(path) ?? 0;
          times.set(path, count + 1);
          if (count < 2) await touch(state, path);
        }
        return inner.send(request);
      },
      close: () => inner.close(),
    }),
  };
};

const lateMs = 3000;
const pokeEveryMs = 500;

/**
 * What the watches tell comes late, of all resources or of all but the subject's, and meanwhile the controllers are made to
 * look again and again.
 */
export const lateCaches = (which: 'all' | 'all but its subject'): Disturbance => {
  let lastPoke = 0;
  let pokes = 0;
  async function* late(stream: AsyncIterable<Buffer>, clock: TestClock): AsyncIterable<Buffer> {
    const onTheWay: { readonly chunk: Promise<Buffer> }[] = [];
    let wake = (): void => {};
    let hasEnded = false;
    // each chunk is as late as the others: what comes while one waits does not wait for it
    const reading = (async () => {
      for await (const chunk of stream) {
        const arrival = new Promise<Buffer>((resolve) => clock.after(lateMs, () => resolve(chunk)));
        onTheWay.push({ chunk: arrival });
        wake();
      }
    })().finally(() => {
      hasEnded = true;
      wake();
    });
    for (;;) {
      const next = onTheWay.shift();
      if (next) yield await next.chunk;
      else if (hasEnded) return await reading;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  }
  return {
    wrap: (inner, { clock, scenario }) => ({
      async send(request) {
        const response = await inner.send(request);
        const isSubject = request.path.split('?')[0] === resourcePath(scenario.subject.of, '');
        const isLate = isWatch(request) && !(isSubject && which === 'all but its subject');
        return isLate ? withStream(response, late(response.stream(), clock)) : response;
      },
      close: () => inner.close(),
    }),
    async during(act) {
      await act();
      pokes = 0;
    },
    async meanwhile(state) {
      if (pokes >= 10 || state.clock.now() - lastPoke < pokeEveryMs) return;
      pokes++;
      lastPoke = state.clock.now();
      const { of, namespace, name } = state.scenario.subject;
      await touch(state, resourcePath(of, namespace, name));
    },
  };
};

const isWatch = ({ method, path }: TransportRequest): boolean =>
  method === 'GET' && /[?&]watch=true/.test(path);

function withStream(response: TransportResponse, stream: AsyncIterable<Buffer>): TransportResponse {
  const { status } = response;
  return {
    status,
    header: (name) => response.header(name),
    bytes: () => response.bytes(),
    stream: () => stream,
  };
}

/** Every watch breaks before an act, and when it can be opened again its revision is too old. */
export const expiredWatches = (how: 'refused' | 'told in an event'): Disturbance => {
  let isCut = false;
  const cuts = new Set<AbortController>();
  /** Paths, without the query, that were watched; and those whose known revision is too old. */
  const watched = new Set<string>();
  let expired = new Set<string>();
  const { status } = resourceExpired('too old resource version');
  return {
    wrap: (inner) => ({
      async send(request) {
        if (request.method !== 'GET') return inner.send(request);
        const [path, query] = request.path.split('?') as [string, string | undefined];
        if (!isWatch(request)) {
          expired.delete(path);
          return inner.send(request);
        }
        if (isCut) throw new TransportError('connection refused');
        const since = new URLSearchParams(query).get('resourceVersion');
        if (!since) expired.delete(path);
        else if (since !== '0' && expired.has(path)) {
          const event = Buffer.from(`${JSON.stringify({ type: 'ERROR', object: status })}\n`);
          if (how === 'told in an event') return answer(200, event);
          return answer(410, Buffer.from(JSON.stringify(status)));
        }
        watched.add(path);
        const cut = new AbortController();
        cuts.add(cut);
        const signal = request.signal ? AbortSignal.any([request.signal, cut.signal]) : cut.signal;
        return inner.send({ ...request, signal });
      },
      close: () => inner.close(),
    }),
    async during(act) {
      isCut = true;
      expired = new Set(watched);
      for (const cut of cuts) cut.abort();
      cuts.clear();
      await act();
      isCut = false;
    },
  };
};

function answer(status: number, body: Buffer): TransportResponse {
  return {
    status,
    header: () => undefined,
    bytes: async () => body,
    async *stream() {
      yield body;
    },
  };
}

/** The process dies at its n-th write, before or after the server did it; another one takes over. */
export const deathAtWrite = (n: number, when: 'before' | 'after'): Disturbance & { died(): boolean } => {
  let writes = 0;
  let died = false;
  let isBuried = false;
  return {
    died: () => died,
    wrap: (inner) => ({
      async send(request) {
        const lost = new TransportError('the process is dead');
        if (died && !isBuried) throw lost;
        if (!isWrite(request) || isBuried || ++writes !== n) return inner.send(request);
        died = true;
        if (when === 'before') throw lost;
        await (await inner.send(request)).bytes();
        throw lost;
      },
      close: () => inner.close(),
    }),
    async meanwhile({ restart }) {
      if (!died || isBuried) return;
      await restart(() => {
        isBuried = true;
      });
    },
  };
};
