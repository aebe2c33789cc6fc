// How pod statuses reach the API: few writes, none in vain, and none lost.
import { expect, test } from 'vitest';
import { pods } from '../../src/client/resources.ts';
import type { Transport } from '../../src/client/transport.ts';
import { faultyTransport, until } from '../harness/control-plane.ts';
import { container, startNodeSession } from './node-session.ts';

/** Counts the writes of statuses by pod. */
function counting(counts: Map<string, number>): (inner: Transport) => Transport {
  return (inner) => ({
    send(request) {
      const name = /\/pods\/([^/]+)\/status$/.exec(request.path)?.[1];
      if (name) counts.set(name, (counts.get(name) ?? 0) + 1);
      return inner.send(request);
    },
    close: () => inner.close(),
  });
}

test('a burst of pods costs one or two writes each, and nothing when all is said', async () => {
  const counts = new Map<string, number>();
  await using session = await startNodeSession({}, { wrap: counting(counts) });
  const names = Array.from({ length: 100 }, (_, i) => `p${i}`);
  await Promise.all(names.map((name) => session.run(name, { containers: [container('c')] })));
  await until('all run', async () => {
    const { items } = await session.plane.client.list(pods);
    return items.every((p) => p.status.phase === 'Running');
  });
  await session.agent.flush();
  expect(Math.max(...counts.values())).toBeLessThanOrEqual(2);
  const written = [...counts.values()].reduce((a, b) => a + b);
  for (let i = 0; i < 10; i++) session.clock.advance(60_000);
  await session.agent.flush();
  expect([...counts.values()].reduce((a, b) => a + b)).toBe(written);
});

test('writes that are lost, or whose answers are lost, are made good', async () => {
  await using session = await startNodeSession(
    {},
    {
      wrap: (inner) =>
        faultyTransport(inner, {
          fault: (n, _method, path) => {
            if (!/\/pods\//.test(path)) return undefined;
            return n % 3 === 0 ? undefined : n % 3 === 1 ? 'before' : 'after';
          },
        }),
    },
  );
  for (let i = 0; i < 5; i++) {
    const made = await session.run(`p${i}`, { containers: [container('c')] });
    await session.podUntil(`p${i}`, 'runs', (p) => p.status.phase === 'Running', 100);
    await session.plane.client.delete(pods, made);
  }
  await until('all are gone', async () => (await session.plane.client.list(pods)).items.length === 0, {
    clock: session.clock,
    stepMs: 100,
  });
});

test('a pod that was made anew under its name is another pod', async () => {
  await using session = await startNodeSession();
  const { client } = session.plane;
  const first = await session.run('web', { containers: [container('c')] });
  await session.podUntil('web', 'runs', (p) => p.status.phase === 'Running');
  await client.delete(pods, first, { gracePeriodSeconds: 0 });
  const second = await session.run('web', { containers: [container('c')] });
  expect(second.metadata.uid).not.toBe(first.metadata.uid);
  const pod = await session.podUntil('web', 'runs', (p) => p.status.phase === 'Running');
  expect(pod.metadata.uid).toBe(second.metadata.uid);
  await until(
    'only the second is known to the runtime',
    async () => (await session.runtime.listPods()).join() === second.metadata.uid,
  );
});
