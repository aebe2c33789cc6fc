// Leader election between candidates at one server, on a clock that the tests drive.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Lease } from '#types/coordination.k8s.io_v1';
import { runAsLeader } from '../../src/client/leader-election.ts';
import { leases } from '../../src/client/resources.ts';
import { type Transport, TransportError } from '../../src/client/transport.ts';
import { TestClock } from '../../src/testing/clock.ts';
import { type ControlPlane, startControlPlane, until } from '../harness/control-plane.ts';

const lease = { namespace: 'default', name: 'part' };
const leaseMs = 15_000;
const renewDeadlineMs = 10_000;
const retryMs = 2_000;

let clock: TestClock;
let plane: ControlPlane;
/** What happens to the requests of a candidate: they fail, or nobody ever answers. */
let trouble: Map<string, 'lost' | 'silent'>;
/** `NAME leads` and `NAME stops`, in order. */
let told: string[];
/** When each was told, by the clock. */
let times: Map<string, number>;

function troubled(inner: Transport): Transport {
  return {
    async send(request) {
      const mode = trouble.get(request.headers['user-agent'] ?? '');
      if (mode === 'lost') throw new TransportError('connection refused');
      if (mode === undefined) return inner.send(request);
      return new Promise((_, reject) => {
        request.signal?.addEventListener('abort', () => reject(new TransportError('aborted')));
      });
    },
    close: () => inner.close(),
  };
}

interface Candidate {
  stop(): void;
  ended: Promise<void>;
}

/** Lets a candidate run; it leads until it is stopped or loses, unless `work` ends before. */
function run(name: string, work: () => Promise<void> = () => new Promise(() => {})): Candidate {
  const stop = new AbortController();
  const tell = (what: string): void => {
    told.push(`${name} ${what}`);
    times.set(`${name} ${what}`, clock.now());
  };
  const lead = async (signal: AbortSignal): Promise<void> => {
    tell('leads');
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    // not after a turn: what is told is when the signal came
    signal.addEventListener('abort', () => tell('stops'));
    await Promise.race([aborted, work()]);
  };
  const { random, log } = plane;
  const client = plane.clientFor(name);
  const ended = runAsLeader({ client, clock, random, log, lease, identity: name }, lead, stop.signal);
  ended.catch(() => {});
  return { stop: () => stop.abort(), ended };
}

const read = (): Promise<Lease> => plane.client.get(leases, lease);
const driven = (): { clock: TestClock; stepMs: number } => ({ clock, stepMs: 50 });
const untilTold = (what: string): Promise<unknown> => until(what, () => told.includes(what), driven());

/** Moves time on in steps, in which requests are answered. */
async function pass(ms: number): Promise<void> {
  const end = clock.now() + ms;
  await until('time has passed', () => clock.now() >= end, driven());
}

beforeEach(async () => {
  clock = new TestClock();
  trouble = new Map();
  told = [];
  times = new Map();
  plane = await startControlPlane({ clock, wrap: troubled });
});
afterEach(() => plane[Symbol.asyncDispose]());

describe('L1. one holder at a time', () => {
  test('of many that start together one leads and goes on leading', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const candidates = names.map((name) => run(name));
    await until('one leads', () => told.length > 0, driven());
    const first = await read();
    expect(first.spec).toMatchObject({ leaseDurationSeconds: 15, leaseTransitions: 0 });
    await pass(3 * leaseMs);
    expect(told).toEqual([`${first.spec!.holderIdentity} leads`]);
    const later = await read();
    expect(later.spec).toMatchObject({
      holderIdentity: first.spec!.holderIdentity,
      acquireTime: first.spec!.acquireTime,
      leaseTransitions: 0,
    });
    expect(clock.now() - Date.parse(later.spec!.renewTime!)).toBeLessThan(2 * retryMs);
    for (const { stop } of candidates) stop();
    await Promise.all(candidates.map(({ ended }) => ended));
  });

  test('nobody trusts the times of others: a lease that was just seen is waited for', async () => {
    const long = '2020-01-01T00:00:00.000000Z';
    const spec = { holderIdentity: 'gone', leaseDurationSeconds: 15, renewTime: long, acquireTime: long };
    await plane.client.create(leases, { metadata: lease, spec });
    const start = clock.now();
    const { stop, ended } = run('a');
    await untilTold('a leads');
    expect(times.get('a leads')! - start).toBeGreaterThanOrEqual(leaseMs);
    expect((await read()).spec).toMatchObject({ holderIdentity: 'a', leaseTransitions: 1 });
    stop();
    await ended;
  });
});

describe('L2. who lost it stops before another begins', () => {
  test.each(['lost', 'silent'] as const)('when its requests are %s', async (mode) => {
    const a = run('a');
    await untilTold('a leads');
    const b = run('b');
    await pass(5000);
    trouble.set('a', mode);
    await untilTold('b leads');
    expect(told).toEqual(['a leads', 'a stops', 'b leads']);
    // the server had it that a renewed it then, or it lost the answer
    const renewed = times.get('a stops')! - renewDeadlineMs;
    expect(times.get('b leads')!).toBeGreaterThanOrEqual(renewed + leaseMs);
    expect((await read()).spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
    // and it comes to its end, though the server does not answer
    await until('a ended', () => Promise.race([a.ended.then(() => true), pass(100)]), driven());
    b.stop();
    await b.ended;
  });

  test('when somebody else wrote himself into the lease', async () => {
    const { ended } = run('a');
    await untilTold('a leads');
    const taken = await read();
    await plane.client.patch(leases, taken, { spec: { holderIdentity: 'b' } }, { type: 'merge' });
    await untilTold('a stops');
    await ended;
    expect((await read()).spec).toMatchObject({ holderIdentity: 'b' });
  });

  test('a short trouble is none', async () => {
    const a = run('a');
    await untilTold('a leads');
    trouble.set('a', 'lost');
    await pass(7000);
    trouble.delete('a');
    await pass(2 * leaseMs);
    expect(told).toEqual(['a leads']);
    a.stop();
    await a.ended;
  });
});

describe('an orderly end', () => {
  test('leaves the lease to who is next, without a wait for its end', async () => {
    const a = run('a');
    await untilTold('a leads');
    const b = run('b');
    await pass(5000);
    a.stop();
    await a.ended;
    expect((await read()).spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 });
    await untilTold('b leads');
    expect(times.get('b leads')! - times.get('a stops')!).toBeLessThan(leaseMs / 2);
    expect((await read()).spec).toMatchObject({
      holderIdentity: 'b',
      leaseDurationSeconds: 15,
      leaseTransitions: 1,
    });
    b.stop();
    await b.ended;
  });

  test('is also that of a lead that ends, or fails', async () => {
    await run('a', async () => {}).ended;
    expect((await read()).spec!.holderIdentity).toBe('');
    await expect(
      run('a', async () => {
        throw new Error('a bug');
      }).ended,
    ).rejects.toThrow('a bug');
    expect((await read()).spec!.holderIdentity).toBe('');
  });

  test.each([undefined, 'lost', 'silent'] as const)('of one that waits: requests %s', async (mode) => {
    const a = run('a');
    await untilTold('a leads');
    if (mode) trouble.set('b', mode);
    const b = run('b');
    await pass(5000);
    b.stop();
    await b.ended;
    expect(told).toEqual(['a leads']);
    expect((await read()).spec!.holderIdentity).toBe('a');
    a.stop();
    await a.ended;
  });
});
