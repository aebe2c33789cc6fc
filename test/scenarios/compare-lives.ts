// Whether objects passed through the recorded states. Updates that follow one another may have been merged or split, so what
// is compared is that which survives it: which conditions there were, between which numbers a count went to and fro, how the
// metadata changed.
import type { Life } from './history.ts';
import type { Names } from './names.ts';
import { foldPlaceholders, type RecordedObject } from './recording.ts';

type Members = Record<string, unknown>;
interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
}

function at(object: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (value as Members | undefined)?.[name], object);
}

/** Consecutive equal ones once. */
function distinct(values: readonly string[]): string[] {
  return values.filter((value, i) => value !== values[i - 1]);
}

/** The first, the last, and where a count turned: 0 1 2 3 2 becomes 0 3 2. */
function turningPoints(values: readonly number[]): number[] {
  const steps = values.filter((value, i) => value !== values[i - 1]);
  return steps.filter((value, i) => {
    const before = steps[i - 1];
    const after = steps[i + 1];
    return (
      before === undefined || after === undefined || Math.sign(value - before) !== Math.sign(after - value)
    );
  });
}

function metadataState(object: RecordedObject): string {
  const {
    finalizers = [],
    ownerReferences = [],
    deletionTimestamp,
    deletionGracePeriodSeconds,
  } = object.metadata as {
    finalizers?: string[];
    ownerReferences?: { kind: string; name: string }[];
    deletionTimestamp?: string;
    deletionGracePeriodSeconds?: number;
  };
  const owners = ownerReferences.map(({ kind, name }) => `${kind}/${name}`).join(' ');
  const deleted = deletionTimestamp ? `deleted ${deletionGracePeriodSeconds ?? ''}` : 'alive';
  return [deleted, owners && `of ${owners}`, finalizers.join(' ')].filter(Boolean).join(', ');
}

const conditionsOf = ({ kind, status }: RecordedObject): readonly Condition[] => {
  const { conditions = [] } = (status ?? {}) as { conditions?: Condition[] };
  if (kind === 'Node') return [];
  return kind === 'Pod' ? conditions.filter(({ type }) => type === 'PodScheduled') : conditions;
};

/** Counts that are set by one controller from one source, so that they go the same way whatever the timing. */
const counts: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['spec.replicas', 'metadata.generation', 'status.observedGeneration'],
  ReplicaSet: ['spec.replicas', 'metadata.generation'],
};

/** What is compared of a life: a line each. */
function facetsOf({ kind, states, gone }: Life): string[] {
  const facets = [`metadata: ${distinct(states.map(metadataState)).join(' -> ')}${gone ? ' -> gone' : ''}`];
  const conditions = states
    .flatMap(conditionsOf)
    .map((c) => `condition: ${c.type} ${c.status} ${c.reason ?? ''}`);
  facets.push(...new Set(conditions));
  for (const path of counts[kind] ?? []) {
    const numbers = states
      .map((state) => at(state, path))
      .map((value) => (typeof value === 'number' ? value : 0));
    facets.push(`${path}: ${turningPoints(numbers).join(' ')}`);
  }
  if (kind === 'Pod' || kind === 'Namespace')
    for (const phase of new Set(states.map((state) => at(state, 'status.phase'))))
      facets.push(`phase: ${phase}`);
  return facets;
}

/** By object, or by all pods of a set: the facets, with what is told between brackets for each of the sides. */
function facetsByName(lives: readonly Life[], shown: (text: string) => string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const life of lives) {
    const name = shown(`${life.kind}/${life.name}`);
    const facets = found.get(name) ?? new Set();
    for (const facet of facetsOf(life)) facets.add(shown(facet));
    found.set(name, facets);
  }
  return found;
}

/** What differs: `name: + facet` was not recorded, `name: - facet` was but is not seen. */
export function compareLives(recorded: readonly Life[], today: readonly Life[], names: Names): string[] {
  const wanted = facetsByName(recorded, foldPlaceholders);
  const found = facetsByName(today, (text) => names.toRecorded(text));
  const faults: string[] = [];
  for (const name of new Set([...wanted.keys(), ...found.keys()])) {
    const before = wanted.get(name) ?? new Set();
    const now = found.get(name) ?? new Set();
    for (const facet of before) if (!now.has(facet)) faults.push(`${name}: - ${facet}`);
    for (const facet of now) if (!before.has(facet)) faults.push(`${name}: + ${facet}`);
  }
  return faults;
}

/** Conditions stand in the order in which they came, which is what describe shows; changes do not tell it, the end does. */
export function compareOrder(final: readonly RecordedObject[], today: readonly RecordedObject[]): string[] {
  return final
    .filter(({ kind }) => kind === 'Deployment')
    .flatMap((object) => {
      const found = today.find((o) => o.kind === object.kind && o.metadata.name === object.metadata.name);
      const [wanted, seen] = [object, found ?? object].map((o) =>
        conditionsOf(o)
          .map((c) => c.type)
          .join(' '),
      );
      return wanted === seen
        ? []
        : [`${object.kind}/${object.metadata.name}: conditions in order ${seen}, not ${wanted}`];
    });
}
