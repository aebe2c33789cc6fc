// The scheduling queue on a clock that the test moves.
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { actions, assignedPodDelete } from '../../src/scheduler/cluster-events.ts';
import type { Plugin } from '../../src/scheduler/framework.ts';
import { createPrioritySort } from '../../src/scheduler/plugins/priority-sort.ts';
import { createSchedulingGates } from '../../src/scheduler/plugins/scheduling-gates.ts';
import { Nominator } from '../../src/scheduler/queue/nominator.ts';
import type { QueuedPod } from '../../src/scheduler/queue/queued-pod.ts';
import { SchedulingQueue } from '../../src/scheduler/queue/scheduling-queue.ts';
import { nodeOf, podOf } from '../../src/scheduler/test-objects.ts';
import { TestClock } from '../../src/testing/clock.ts';

const nodeAdded = {
  event: { resource: 'Node', action: actions.add },
  old: undefined,
  object: nodeOf('a'),
} as const;
const podGone = { event: assignedPodDelete, old: podOf({ nodeName: 'a' }), object: undefined };

/** Turns pods away; every node that comes helps, pods that go only when `helps`. */
function wantsNode(helps = false): Plugin {
  return {
    name: 'WantsNode',
    events: [
      { resource: 'Node', action: actions.add },
      { resource: 'Pod', action: actions.delete, hint: () => helps },
    ],
  };
}

function world(...plugins: Plugin[]) {
  const clock = new TestClock();
  const all = [createPrioritySort(), createSchedulingGates(), ...plugins];
  const queue = new SchedulingQueue({
    clock,
    log: pino({ level: 'silent' }),
    plugins: all,
    nominator: new Nominator(({ pod }) => pod),
    backoff: { initialMs: 1000, maxMs: 10_000 },
  });
  const reject = (queued: QueuedPod, ...by: string[]): void => {
    queued.unschedulablePlugins = new Set(by);
    queue.addUnschedulable(queued);
  };
  return { clock, queue, reject };
}

test('S2: the most important pod first, then the first that came', () => {
  const { queue } = world();
  for (const [name, priority] of [
    ['a', 0],
    ['b', 5],
    ['c', 0],
  ] as const)
    queue.add(podOf({ name, priority }));
  expect([queue.pop(), queue.pop(), queue.pop()].map((queued) => queued?.info.name)).toEqual(['b', 'a', 'c']);
  expect(queue.pop()).toBeUndefined();
});

test('S3: a pod that was turned away waits for a change that concerns its plugin', () => {
  const { queue, reject, clock } = world(wantsNode());
  queue.add(podOf());
  reject(queue.pop()!, 'WantsNode');
  expect(queue.sizes).toEqual({ active: 0, backoff: 0, unschedulable: 1, inFlight: 0 });
  queue.moveFor(podGone);
  expect(queue.pop()).toBeUndefined();
  clock.advance(2500);
  queue.moveFor(nodeAdded);
  expect(queue.pop()).toBeDefined();
});

test('S3: changes of no concern to the plugin that turned it away do not count', () => {
  const { queue, reject } = world(wantsNode(true), { name: 'Other' });
  queue.add(podOf());
  reject(queue.pop()!, 'Other');
  queue.moveFor(nodeAdded);
  queue.moveFor(podGone);
  expect(queue.sizes.unschedulable).toBe(1);
});

test('S3: a change while the pod was in flight counts', () => {
  const { queue, reject } = world(wantsNode());
  queue.add(podOf());
  const queued = queue.pop()!;
  queue.moveFor(nodeAdded);
  reject(queued, 'WantsNode');
  expect(queue.sizes).toEqual({ active: 0, backoff: 1, unschedulable: 0, inFlight: 0 });
});

test('S3: after five minutes it is tried in any case', () => {
  const { queue, reject, clock } = world(wantsNode());
  queue.add(podOf());
  reject(queue.pop()!, 'WantsNode');
  clock.advance(5 * 60_000);
  expect(queue.pop()).toBeUndefined();
  clock.advance(30_000);
  expect(queue.pop()).toBeDefined();
});

test('S2: an idle scheduler takes pods that back off before their time, never those that failed', () => {
  const { queue, reject } = world(wantsNode());
  queue.add(podOf({ name: 'failed' }));
  reject(queue.pop()!);
  queue.add(podOf({ name: 'rejected' }));
  reject(queue.pop()!, 'WantsNode');
  queue.moveFor(nodeAdded);
  expect(queue.sizes.backoff).toBe(2);
  expect(queue.pop()?.info.name).toBe('rejected');
  expect(queue.pop()).toBeUndefined();
});

test('S4: errors wait 1, 2, 4, 8 and then 10 seconds', () => {
  const { queue, reject, clock } = world();
  queue.add(podOf());
  const waits: number[] = [];
  for (let i = 0; i < 6; i++) {
    reject(queue.pop()!);
    const from = clock.now();
    while (queue.sizes.active === 0) clock.advance(1000);
    waits.push((clock.now() - from) / 1000);
  }
  // a wait ends with the window after the one that it ends in
  expect(waits).toEqual([2, 3, 5, 9, 11, 11]);
});

test('S4: being turned away ends a row of errors', () => {
  const { queue, reject, clock } = world(wantsNode());
  queue.add(podOf());
  for (let i = 0; i < 3; i++) {
    reject(queue.pop()!);
    clock.advance(20_000);
  }
  const queued = queue.pop()!;
  reject(queued, 'WantsNode');
  expect([queued.consecutiveErrors, queued.unschedulableCount, queued.attempts]).toEqual([0, 1, 4]);
});

test('S5: a gated pod waits until its gates go', () => {
  const { queue } = world(wantsNode());
  const gated = podOf({ schedulingGates: [{ name: 'g' }] });
  queue.add(gated);
  queue.moveFor(nodeAdded);
  expect(queue.pop()).toBeUndefined();
  const open = { ...gated, spec: { ...gated.spec, schedulingGates: [] } };
  queue.update(gated, open);
  expect(queue.pop()?.info.pod).toBe(open);
});

test('an update of a waiting pod is what is scheduled', () => {
  const { queue } = world();
  const pod = podOf({ priority: 1 });
  queue.add(pod);
  queue.add(podOf({ priority: 2, name: 'other' }));
  const changed = { ...pod, spec: { ...pod.spec, priority: 3 } };
  queue.update(pod, changed);
  expect(queue.pop()?.info.pod).toBe(changed);
});

test('a pod that is gone is nowhere', () => {
  const { queue, reject } = world(wantsNode());
  const pods = [podOf(), podOf(), podOf()];
  for (const pod of pods) queue.add(pod);
  reject(queue.pop()!, 'WantsNode');
  reject(queue.pop()!);
  for (const pod of pods) queue.delete(pod.metadata.uid!);
  expect(queue.sizes).toEqual({ active: 0, backoff: 0, unschedulable: 0, inFlight: 0 });
});

test('a pending plugin lets the pod skip its backoff', () => {
  const { queue } = world(wantsNode());
  queue.add(podOf());
  const queued = queue.pop()!;
  queued.pendingPlugins = new Set(['WantsNode']);
  queue.addUnschedulable(queued);
  queue.moveFor(nodeAdded);
  expect(queue.sizes).toMatchObject({ active: 1, backoff: 0 });
});

test('activate tries a pod again whatever turned it away, also one in flight', () => {
  const { queue, reject } = world(wantsNode());
  const [first, second] = [podOf(), podOf()];
  for (const pod of [first, second]) queue.add(pod!);
  reject(queue.pop()!, 'WantsNode');
  const inFlight = queue.pop()!;
  queue.activate([first!, second!]);
  reject(inFlight, 'WantsNode');
  expect(queue.sizes).toMatchObject({ active: 1, backoff: 1, unschedulable: 0 });
});

test('ready resolves when a pod comes, and at the end', async () => {
  const { queue } = world();
  const ready = queue.ready();
  queue.add(podOf());
  await ready;
  queue.pop();
  const closed = queue.ready();
  queue.close();
  await closed;
});

test('a nomination keeps its node until the pod is bound or loses it', () => {
  const bound = new Set<string>();
  const nominator = new Nominator(({ pod, uid }) =>
    bound.has(uid) ? { ...pod, spec: { ...pod.spec, nodeName: 'x' } } : pod,
  );
  const { queue } = world();
  queue.add(podOf({ name: 'p' }));
  const { info } = queue.pop()!;
  nominator.set(info, 'a');
  expect(nominator.podsOnNode('a')).toEqual([info]);
  nominator.update(info.pod, info);
  expect(nominator.podsOnNode('a')).toEqual([info]);
  nominator.set(info, '');
  expect(nominator.isEmpty).toBe(true);
  bound.add(info.uid);
  nominator.set(info, 'a');
  expect(nominator.isEmpty).toBe(true);
});
