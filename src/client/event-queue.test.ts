import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { ApiError, alreadyExists, badRequest, failure, tooManyRequests } from '../api/status.ts';
import { TestClock } from '../api/test-clock.ts';
import { EventQueue, type EventQueueOptions } from './event-queue.ts';
import { TransportError } from './transport.ts';

/** Lets everything run that waits for no clock. */
async function settle(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}

/** A queue, and writes into it that tell when they are tried. */
function queueOf(options: Partial<EventQueueOptions> = {}) {
  const clock = new TestClock();
  const start = clock.now();
  const random = { uuid: () => '', suffix: () => '', float: () => 0.5 };
  const logged: string[] = [];
  const log = pino(
    { level: 'info' },
    { write: (line) => logged.push((JSON.parse(line) as { msg: string }).msg) },
  );
  const queue = new EventQueue({ clock, random, log, ...options });
  const tried: string[] = [];
  return {
    clock,
    queue,
    logged,
    tried,
    /** Adds a write that fails with these errors, one after another, then succeeds. */
    push(name: string, ...errors: Error[]): void {
      queue.push(() => async () => {
        tried.push(`${name} ${clock.now() - start}`);
        const error = errors.shift();
        if (error) throw error;
      });
    },
  };
}

const unreachable = (): Error => new TransportError('connection refused');

describe('event queue', () => {
  test('writes in order, one at a time, after the turn of the caller', async () => {
    const { queue, tried, push } = queueOf();
    let inside = 0;
    let most = 0;
    for (let i = 0; i < 3; i++)
      queue.push(() => async () => {
        most = Math.max(most, ++inside);
        await settle();
        inside--;
      });
    push('last');
    expect(most).toBe(0);
    await queue.flush();
    expect(most).toBe(1);
    expect(tried).toEqual(['last 0']);
  });

  test('writes several at once where it may, all before a flush ends', async () => {
    const { queue, push, tried } = queueOf({ atOnce: 3 });
    let inside = 0;
    const most: number[] = [];
    for (let i = 0; i < 7; i++)
      queue.push(() => async () => {
        most.push(++inside);
        await settle();
        inside--;
      });
    push('last');
    await queue.flush();
    expect(Math.max(...most)).toBe(3);
    expect(most).toHaveLength(7);
    expect(inside).toBe(0);
    expect(tried).toEqual(['last 0']);
  });

  test('what comes while the last write ends is written, whenever that is', async () => {
    for (let turns = 0; turns < 20; turns++) {
      const { queue, tried, push } = queueOf();
      let later = Promise.resolve();
      queue.push(() => async () => {
        for (let i = 0; i < turns; i++) later = later.then(() => {});
        later = later.then(() => push('late'));
      });
      await settle();
      await later;
      await settle();
      expect(tried, `after ${turns} turns`).toEqual(['late 0']);
      await queue.flush();
    }
  });

  test('asks what to write when its turn comes; nothing is an answer', async () => {
    const { queue, tried, push } = queueOf();
    push('a');
    queue.push(() => {
      tried.push('asked');
      return undefined;
    });
    push('b');
    await queue.flush();
    expect(tried).toEqual(['a 0', 'asked', 'b 0']);
  });

  test('drops what comes when too many wait', async () => {
    const { queue, tried, logged, push } = queueOf({ maxQueued: 2 });
    for (const name of ['a', 'b', 'c', 'd']) push(name);
    await queue.flush();
    expect(tried).toEqual(['a 0', 'b 0']);
    expect(logged).toEqual(Array(2).fill('an event was dropped: too many are waiting'));
    push('e');
    await queue.flush();
    expect(tried).toEqual(['a 0', 'b 0', 'e 0']);
  });

  test('a flush of nothing is done', async () => {
    await queueOf().queue.flush();
  });
});

describe('event queue: tries again', () => {
  const passing: [string, () => Error][] = [
    ['the server cannot be reached', unreachable],
    ['the server is busy', () => tooManyRequests('later', 1)],
    ['the server fails', () => new ApiError(failure(500, 'InternalError', 'oops'))],
  ];
  test.each(passing)('when %s: after a part of ten seconds, then after ten', async (_, error) => {
    const { clock, tried, push } = queueOf();
    push('a', error(), error());
    push('b');
    for (let second = 0; second < 20; second++) {
      await settle();
      clock.advance(1000);
    }
    await settle();
    expect(tried).toEqual(['a 0', 'a 5000', 'a 15000', 'b 15000']);
  });

  test('twelve times at most', async () => {
    const { clock, queue, tried, logged, push } = queueOf();
    push('a', ...Array.from({ length: 50 }, unreachable));
    push('b');
    let done = false;
    void queue.flush().then(() => {
      done = true;
    });
    for (let i = 0; i < 40 && !done; i++) {
      await settle();
      clock.advance(5000);
    }
    expect(tried.filter((text) => text.startsWith('a'))).toHaveLength(12);
    expect(tried.at(-1)).toMatch(/^b /);
    expect(logged).toEqual(['an event could not be written']);
  });

  test('not what would be refused again; that a name is taken is not worth a word', async () => {
    const { queue, tried, logged, push } = queueOf();
    push('a', badRequest('no'));
    push('b', alreadyExists({ group: '', resource: 'events' }, 'b'));
    const causes = [{ reason: 'NamespaceTerminating', message: '' }];
    push('c', new ApiError(failure(403, 'Forbidden', 'going', { causes })));
    await queue.flush();
    expect(tried).toEqual(['a 0', 'b 0', 'c 0']);
    expect(logged).toEqual(['event refused']);
  });
});

describe('event queue: bounds', () => {
  test('so many a second after the burst', async () => {
    const { clock, tried, push } = queueOf({ perSecond: 2, burst: 3 });
    for (const name of ['a', 'b', 'c', 'd', 'e']) push(name);
    for (let i = 0; i < 12; i++) {
      await settle();
      clock.advance(100);
    }
    await settle();
    expect(tried).toEqual(['a 0', 'b 0', 'c 0', 'd 500', 'e 1000']);
  });

  test('what was not used comes back, up to the burst', async () => {
    const { clock, queue, tried, push } = queueOf({ perSecond: 2, burst: 2 });
    push('a');
    push('b');
    await queue.flush();
    clock.advance(60_000);
    for (const name of ['c', 'd', 'e']) push(name);
    await settle();
    expect(tried.slice(2)).toEqual(['c 60000', 'd 60000']);
    clock.advance(500);
    await settle();
    expect(tried.at(-1)).toBe('e 60500');
  });

  test('every try passes the gate', async () => {
    const start = new TestClock().now();
    const { clock, tried, push } = queueOf({
      gate: {
        pass: async (work: () => Promise<unknown>, since: number) => {
          tried.push(`gate ${since - start}`);
          return work();
        },
      } as never,
    });
    push('a', unreachable());
    await settle();
    clock.advance(5000);
    await settle();
    expect(tried).toEqual(['gate 0', 'a 0', 'gate 0', 'a 5000']);
  });
});

describe('event queue: the end', () => {
  test('what waits is dropped, a wait ends at once', async () => {
    const stop = new AbortController();
    const { queue, tried, logged, push } = queueOf({ signal: stop.signal });
    push('a', unreachable());
    push('b');
    await settle();
    stop.abort();
    await queue.flush();
    expect(tried).toEqual(['a 0']);
    expect(logged).toEqual([]);
  });
});
