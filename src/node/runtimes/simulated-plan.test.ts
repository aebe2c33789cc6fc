import { expect, test } from 'vitest';
import type { ContainerConfig } from './runtime.ts';
import { planFor, stopCode } from './simulated-plan.ts';

function config(more: Partial<ContainerConfig>): ContainerConfig {
  const image = { name: 'docker.io/library/busybox:latest' };
  return {
    name: 'c',
    role: 'main',
    env: [],
    restarts: 'Always',
    image,
    ...more,
  } as unknown as ContainerConfig;
}

const exit3 = { afterMs: 0, exitCode: 3 };

test.each<[what: string, config: Partial<ContainerConfig>, end: unknown]>([
  ['a command', { command: ['sh', '-c', 'exit 3'] }, exit3],
  ['a command in two parts', { command: ['sh', '-c'], args: ['exit 3'] }, exit3],
  ['arguments that are a command', { args: ['/bin/sh', '-c', 'exit 3'] }, exit3],
  ['arguments of an entry point', { args: ['-g', 'daemon off;'] }, undefined],
  ['nothing at all', {}, undefined],
  ['an init container that would go on', { role: 'init' }, { afterMs: 0, exitCode: 0 }],
  ['an init container that sleeps', { role: 'init', args: ['sleep', '2'] }, { afterMs: 2000, exitCode: 0 }],
])('%s', (_what, given, end) => {
  expect(planFor(config(given), {}).end).toEqual(end);
});

test('annotations end main containers only', () => {
  const annotations = { 'sim.kubeskiff.io/exit-after': '10s', 'sim.kubeskiff.io/exit-code': '3' };
  expect(planFor(config({}), annotations).end).toEqual({ afterMs: 10_000, exitCode: 3 });
  expect(planFor(config({ role: 'init' }), annotations).end).toEqual({ afterMs: 0, exitCode: 0 });
});

test('what would be restarted ends well when it is stopped, the rest was interrupted', () => {
  expect(stopCode(config({}), {})).toBe(0);
  expect(stopCode(config({ restarts: 'Never' } as never), {})).toBe(143);
  expect(stopCode(config({}), { 'sim.kubeskiff.io/stop-exit-code': '7' })).toBe(7);
});
