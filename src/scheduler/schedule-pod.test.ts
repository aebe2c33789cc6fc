import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { Plugin } from './framework.ts';
import { PluginRunner } from './plugin-runner.ts';
import { nodesToFind, PodScheduler } from './schedule-pod.ts';
import { unresolvable, unschedulable } from './status.ts';
import { infoOf, nodeOf, nodeWith, snapshotOf } from './test-objects.ts';

const names = ['a', 'b', 'c', 'd'];

function schedulerOf(plugins: Plugin[], { nodes = names, floats = [0.999], percentage = 0 } = {}) {
  let float = 0;
  const snapshot = snapshotOf(nodes.map((name) => nodeWith(nodeOf(name))));
  const runner = new PluginRunner(plugins.map((plugin) => ({ plugin, weight: 1 })));
  return new PodScheduler({
    snapshot,
    runner,
    random: { uuid: () => '', suffix: () => '', float: () => floats[float++ % floats.length]! },
    log: pino({ level: 'silent' }),
    percentageOfNodesToScore: percentage,
    filterNode: (state, pod, node) => runner.filter(state, pod, node),
  });
}

function place(scheduler: PodScheduler, pod = infoOf()) {
  const result = scheduler.schedule(pod);
  return 'failure' in result ? result.failure : result.nodeName;
}

function refusing(...refused: string[]): Plugin {
  return {
    name: 'Refuse',
    filter: (_state, _pod, node) =>
      refused.includes(node.name) ? unschedulable('Refuse', 'refused') : undefined,
  };
}

test.each([
  [0, 99, 99],
  [0, 100, 100],
  [0, 1000, 420],
  [0, 6000, 300],
  [40, 1000, 400],
  [5, 1000, 100],
])('with %i percent of %i nodes %i are enough', (percentage, nodes, expected) => {
  expect(nodesToFind(percentage, nodes)).toBe(expected);
});

test('the highest score wins', () => {
  const score: Plugin = { name: 'S', score: (_state, _pod, { name }) => (name === 'c' ? 9 : 1) };
  expect(place(schedulerOf([score]))).toBe('c');
});

test('of equal scores each has its chance', () => {
  const score: Plugin = { name: 'S', score: () => 1 };
  expect(place(schedulerOf([score]))).toBe('a');
  expect(place(schedulerOf([score], { floats: [0] }))).toBe('d');
  expect(place(schedulerOf([score], { floats: [0.4, 0.9, 0.9] }))).toBe('b');
});

test('the only node that fits is not scored', () => {
  const score: Plugin = {
    name: 'S',
    score: () => {
      throw new Error('scored');
    },
  };
  expect(place(schedulerOf([refusing('a', 'b', 'd'), score]))).toBe('c');
});

test('no node: reasons, and who refused', () => {
  expect(place(schedulerOf([refusing(...names)]))).toMatchObject({
    isRejected: true,
    message: '0/4 nodes are available: 4 refused.',
    unschedulablePlugins: new Set(['Refuse']),
    nomination: undefined,
  });
});

test('no nodes at all', () => {
  expect(place(schedulerOf([], { nodes: [] }))).toMatchObject({
    isRejected: true,
    message: 'no nodes available to schedule pods',
    unschedulablePlugins: new Set(),
  });
});

test('what PreFilter refuses is told once', () => {
  const plugin: Plugin = { name: 'P', preFilter: () => unresolvable('P', 'no claim') };
  expect(place(schedulerOf([plugin]))).toMatchObject({
    message: '0/4 nodes are available: no claim.',
    unschedulablePlugins: new Set(['P']),
  });
});

test('PreFilter narrows the nodes', () => {
  const only = (name: string, ...nodeNames: string[]): Plugin => ({
    name,
    preFilter: () => ({ nodeNames: new Set(nodeNames) }),
  });
  expect(place(schedulerOf([only('P', 'b', 'gone'), only('Q', 'a', 'b')]))).toBe('b');
  expect(place(schedulerOf([only('P', 'b'), refusing('b')]))).toMatchObject({
    message: "0/4 nodes are available: 1 refused, 3 node(s) didn't satisfy plugin(s) [P].",
    unschedulablePlugins: new Set(['P', 'Refuse']),
  });
  expect(place(schedulerOf([only('P', 'a'), only('Q', 'b')]))).toMatchObject({
    message: "0/4 nodes are available: node(s) didn't satisfy plugin(s) [P Q] simultaneously.",
  });
});

test('a plugin that skips is not asked about nodes', () => {
  const plugin: Plugin = {
    name: 'P',
    preFilter: () => ({ code: 'Skip', reasons: [], plugin: '' }),
    filter: () => unschedulable('P', 'asked'),
  };
  expect(place(schedulerOf([plugin]))).toBe('a');
});

test('a plugin that throws fails the pod with its name', () => {
  const plugin: Plugin = {
    name: 'P',
    filter: () => {
      throw new Error('broken');
    },
  };
  expect(place(schedulerOf([plugin]))).toMatchObject({
    isRejected: false,
    message: 'running Filter plugin "P": broken',
  });
});

test('scores out of range are errors', () => {
  const plugin: Plugin = { name: 'P', score: () => 101 };
  expect(place(schedulerOf([plugin]))).toMatchObject({ isRejected: false });
});

test('PostFilter adds its text and its nomination', () => {
  const helps: Plugin = { name: 'H', postFilter: () => ({ nominatedNodeName: 'b', status: undefined }) };
  const status = unschedulable('N', 'preemption: no.');
  const fails: Plugin = { name: 'N', postFilter: () => ({ nominatedNodeName: '', status }) };
  expect(place(schedulerOf([refusing(...names), helps]))).toMatchObject({
    message: '0/4 nodes are available: 4 refused.',
    nomination: 'b',
  });
  expect(place(schedulerOf([refusing(...names), fails]))).toMatchObject({
    message: '0/4 nodes are available: 4 refused. preemption: no.',
    nomination: '',
  });
});

test('a nominated node that fits is taken without a look at others', () => {
  const seen: string[] = [];
  const plugin: Plugin = {
    name: 'P',
    filter: (_state, _pod, { name }) => {
      seen.push(name);
      return undefined;
    },
  };
  const pod = infoOf({ status: { nominatedNodeName: 'c' } });
  expect(place(schedulerOf([plugin]), pod)).toBe('c');
  expect(seen).toEqual(['c']);
});

test('with many nodes the search goes on where it ended', () => {
  const many = Array.from({ length: 250 }, (_, i) => `n${i}`);
  const first: string[] = [];
  const plugin: Plugin = {
    name: 'P',
    preScore: (_state, _pod, nodes) => {
      first.push(`${nodes[0]!.name} of ${nodes.length}`);
      return undefined;
    },
  };
  const scheduler = schedulerOf([plugin, { name: 'F', filter: () => undefined }], {
    nodes: many,
    percentage: 40,
  });
  for (let i = 0; i < 3; i++) place(scheduler);
  expect(first).toEqual(['n0 of 100', 'n100 of 100', 'n200 of 100']);
});
