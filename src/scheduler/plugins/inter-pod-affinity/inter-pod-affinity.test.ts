import { expect, test } from 'vitest';
import type { Affinity, PodAffinityTerm } from '#types/core_v1';
import { actions } from '../../cluster-events.ts';
import { CycleState } from '../../cycle-state.ts';
import {
  contextOf,
  filterAll,
  hintOf,
  infoOf,
  nodeOf,
  nodeWith,
  podOf,
  scoreAll,
} from '../../test-objects.ts';
import { createInterPodAffinity } from './inter-pod-affinity.ts';

const zone = 'zone';
const noAffinity = "node(s) didn't match pod affinity rules";
const noAntiAffinity = "node(s) didn't match pod anti-affinity rules";
const existing = "node(s) didn't satisfy existing pods anti-affinity rules";

function term(app: string, fields: Partial<PodAffinityTerm> = {}): PodAffinityTerm {
  return { labelSelector: { matchLabels: { app } }, topologyKey: zone, ...fields };
}

function near(...terms: PodAffinityTerm[]): Affinity {
  return { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } };
}

function apart(...terms: PodAffinityTerm[]): Affinity {
  return { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } };
}

function world(...pods: ReturnType<typeof infoOf>[]) {
  const inZone = (name: string, value: string) => nodeOf(name, { labels: { [zone]: value } });
  return [
    nodeWith(inZone('a1', 'a'), ...pods),
    nodeWith(inZone('a2', 'a')),
    nodeWith(inZone('b1', 'b')),
    nodeWith(nodeOf('x')),
  ];
}

const db = infoOf({ labels: { app: 'db' } });
const namespaces = [
  { metadata: { name: 'default', labels: { team: 'one' } } },
  { metadata: { name: 'other', labels: { team: 'two' } } },
];
const otherDb = infoOf({ labels: { app: 'db' }, namespace: 'other' });

test.each<[string, ReturnType<typeof infoOf>, Affinity, Record<string, string>]>([
  ['near', db, near(term('db')), { a1: 'fits', a2: 'fits', b1: noAffinity, x: noAffinity }],
  ['near nobody', db, near(term('none')), { a1: noAffinity, a2: noAffinity, b1: noAffinity, x: noAffinity }],
  ['the first of its kind', db, near(term('web')), { a1: 'fits', a2: 'fits', b1: 'fits', x: noAffinity }],
  ['apart', db, apart(term('db')), { a1: noAntiAffinity, a2: noAntiAffinity, b1: 'fits', x: 'fits' }],
  [
    'other namespaces do not count',
    otherDb,
    apart(term('db')),
    { a1: 'fits', a2: 'fits', b1: 'fits', x: 'fits' },
  ],
  [
    'a namespace by name',
    otherDb,
    apart(term('db', { namespaces: ['other'] })),
    { a1: noAntiAffinity, a2: noAntiAffinity, b1: 'fits', x: 'fits' },
  ],
  [
    'namespaces by label',
    otherDb,
    apart(term('db', { namespaceSelector: { matchLabels: { team: 'two' } } })),
    { a1: noAntiAffinity, a2: noAntiAffinity, b1: 'fits', x: 'fits' },
  ],
  [
    'all namespaces',
    otherDb,
    apart(term('db', { namespaceSelector: {} })),
    { a1: noAntiAffinity, a2: noAntiAffinity, b1: 'fits', x: 'fits' },
  ],
  [
    'the anti-affinity of a pod that is there',
    infoOf({ affinity: apart(term('web')) }),
    {},
    { a1: existing, a2: existing, b1: 'fits', x: 'fits' },
  ],
  [
    'the same from another namespace, by label',
    infoOf({
      namespace: 'other',
      affinity: apart(term('web', { namespaceSelector: { matchLabels: { team: 'one' } } })),
    }),
    {},
    { a1: existing, a2: existing, b1: 'fits', x: 'fits' },
  ],
])('filter: %s', (_name, there, affinity, expected) => {
  const nodes = world(there);
  const plugin = createInterPodAffinity(contextOf(nodes, { namespaces }));
  expect(filterAll(plugin, infoOf({ labels: { app: 'web' }, affinity }), nodes)).toEqual(expected);
});

test('a simulation counts pods that come and go', () => {
  const nodes = world(db);
  const plugin = createInterPodAffinity(contextOf(nodes));
  const pod = infoOf({ affinity: apart(term('db')) });
  const state = new CycleState();
  plugin.preFilter!(state, pod, nodes);
  const simulated = state.copy();
  plugin.removePod!(simulated, pod, db, nodes[0]!);
  expect(plugin.filter!(simulated, pod, nodes[1]!)).toBeUndefined();
  expect(plugin.filter!(state, pod, nodes[1]!)).toBeDefined();
});

function preferring(
  kind: 'podAffinity' | 'podAntiAffinity',
  weight: number,
  podAffinityTerm = term('db'),
): Affinity {
  return { [kind]: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight, podAffinityTerm }] } };
}

test.each<[string, ReturnType<typeof infoOf>, Affinity, Record<string, number> | undefined]>([
  ['near', db, preferring('podAffinity', 5), { a1: 100, a2: 100, b1: 0, x: 0 }],
  ['apart', db, preferring('podAntiAffinity', 5), { a1: 0, a2: 0, b1: 100, x: 100 }],
  ['nobody there', infoOf(), preferring('podAffinity', 5), undefined],
  [
    'the wish of a pod that is there',
    infoOf({ affinity: preferring('podAntiAffinity', 1, term('web')) }),
    {},
    { a1: 0, a2: 0, b1: 100, x: 100 },
  ],
  [
    'a pod that needs one of us',
    infoOf({ affinity: near(term('web')) }),
    {},
    { a1: 100, a2: 100, b1: 0, x: 0 },
  ],
])('score: %s', (_name, there, affinity, expected) => {
  const nodes = world(there);
  const plugin = createInterPodAffinity(contextOf(nodes));
  expect(scoreAll(plugin, infoOf({ labels: { app: 'web' }, affinity }), nodes)).toEqual(expected);
});

test('hints: pods that matter came or went', () => {
  const plugin = createInterPodAffinity(contextOf([]));
  const placed = podOf({ labels: { app: 'db' }, nodeName: 'a' });
  const nowhere = podOf({ labels: { app: 'db' } });
  const wantsDb = infoOf({ affinity: near(term('db')) });
  const avoidsDb = infoOf({ affinity: apart(term('db')) });
  const came = (pod: typeof wantsDb, object: typeof placed) =>
    hintOf(plugin, 'Pod', actions.add, pod, undefined, object);
  const went = (pod: typeof wantsDb, object: typeof placed) =>
    hintOf(plugin, 'Pod', actions.delete, pod, object, undefined);
  expect([came(wantsDb, placed), came(avoidsDb, placed), came(wantsDb, nowhere)]).toEqual([
    true,
    false,
    false,
  ]);
  expect([went(avoidsDb, placed), went(wantsDb, placed)]).toEqual([true, false]);
  const avoidsWeb = podOf({ nodeName: 'a', affinity: apart(term('web')) });
  expect(went(infoOf({ labels: { app: 'web' } }), avoidsWeb)).toBe(true);
});

test('hints: nodes that came or moved', () => {
  const plugin = createInterPodAffinity(contextOf([]));
  const wants = infoOf({ affinity: near(term('db')) });
  const a = nodeOf('n', { labels: { [zone]: 'a' } });
  const b = nodeOf('n', { labels: { [zone]: 'b' } });
  const hint = (old: typeof a | undefined, now: typeof a) =>
    hintOf(plugin, 'Node', actions.updateNodeLabel, wants, old, now);
  expect([hint(undefined, a), hint(undefined, nodeOf('n')), hint(a, b), hint(a, a)]).toEqual([
    true,
    false,
    true,
    false,
  ]);
});

test('terms that can not be read turn the pod away', () => {
  const bad = term('db', { labelSelector: { matchExpressions: [{ key: 'app', operator: 'Like' }] } });
  const plugin = createInterPodAffinity(contextOf([]));
  const result = plugin.preFilter!(new CycleState(), infoOf({ affinity: near(bad) }), []);
  expect(result).toMatchObject({ code: 'UnschedulableAndUnresolvable' });
});
