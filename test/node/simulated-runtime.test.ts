import { expect, test } from 'vitest';
import { systemRandom } from '../../src/api/clock.ts';
import { runtimeContract } from '../../src/node/runtimes/contract.ts';
import { SimulatedRuntime } from '../../src/node/runtimes/simulated.ts';
import { TestClock } from '../../src/testing/clock.ts';

/** Lets what was woken run. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

runtimeContract('simulated', async () => {
  const clock = new TestClock();
  return {
    runtime: new SimulatedRuntime({ clock, random: systemRandom }),
    image: 'busybox:1.36',
    missingImage: 'busybox:bad',
    async pass(milliseconds) {
      await settle();
      clock.advance(milliseconds);
      await settle();
    },
  };
});

test('an endless loop writes its lines as time goes by, from the last ones on when asked', async () => {
  const clock = new TestClock();
  const runtime = new SimulatedRuntime({ clock, random: systemRandom });
  const image = await runtime.pullImage({ node: 'n', image: 'busybox', annotations: {} });
  const sandbox = await runtime.runSandbox({
    podUid: 'u',
    namespace: 'default',
    name: 'p',
    node: 'n',
    attempt: 0,
    hostNetwork: false,
    podCidr: '10.244.0.0/24',
    labels: {},
    annotations: {},
  });
  const id = await runtime.createContainer(sandbox.id, {
    name: 'c',
    attempt: 0,
    role: 'main',
    image,
    command: ['sh', '-c', 'echo begin; while true; do date; sleep 5; done'],
    args: undefined,
    workingDir: undefined,
    env: [],
    restarts: 'Always',
  });
  await runtime.startContainer(id);
  clock.advance(12_000);
  const lines: string[] = [];
  for await (const { text } of runtime.readLog(id, {})) lines.push(text);
  expect(lines).toEqual([
    'begin\n',
    'Thu Jan  1 00:00:00 UTC 2026\n',
    'Thu Jan  1 00:00:05 UTC 2026\n',
    'Thu Jan  1 00:00:10 UTC 2026\n',
  ]);
  const tail: string[] = [];
  const stop = new AbortController();
  const following = (async () => {
    for await (const { text } of runtime.readLog(id, { follow: true, tailLines: 1 }, stop.signal))
      tail.push(text);
  })();
  for (let i = 0; i < 20; i++) {
    await settle();
    clock.advance(500);
  }
  stop.abort();
  await following;
  expect(tail).toEqual([
    'Thu Jan  1 00:00:10 UTC 2026\n',
    'Thu Jan  1 00:00:15 UTC 2026\n',
    'Thu Jan  1 00:00:20 UTC 2026\n',
  ]);
});
