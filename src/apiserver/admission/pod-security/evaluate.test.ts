// What is said of pods at each level and version, as k8s.io/pod-security-admission says it.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { CheckedPod } from './check.ts';
import { detailsText, violations } from './evaluate.ts';
import type { Level } from './levels.ts';

/** What is wrong with a pod, by the minor release from which on it is said: places in the list of all violations. */
type Runs = readonly (readonly [minor: number, violations: readonly number[]])[];

interface Recording {
  readonly violations: readonly string[];
  readonly pods: readonly {
    readonly pod: Partial<CheckedPod> & Pick<CheckedPod, 'spec'>;
    readonly baseline: Runs;
    readonly restricted: Runs;
  }[];
}

const last = 37;

function textsOf({ annotations = {}, spec }: Recording['pods'][number]['pod'], level: Level): unknown {
  const texts: [number, string][] = [];
  for (let minor = 0; minor <= last; minor++) {
    const version = minor === last ? 'latest' : `v1.${minor}`;
    const text = detailsText(violations({ level, version }, { annotations, spec }));
    if (texts.at(-1)?.[1] !== text) texts.push([minor, text]);
  }
  return texts;
}

it('is what was recorded of the library, for its own test pods and mixtures of them', () => {
  const file = new URL('../../../../test/fixtures/pod-security.json', import.meta.url);
  const recorded = JSON.parse(readFileSync(file, 'utf8')) as Recording;
  const texts = (runs: Runs): unknown =>
    runs.map(([minor, found]) => [minor, found.map((i) => recorded.violations[i]!).join(', ')]);
  expect(recorded.pods.length).toBeGreaterThan(100);
  for (const { pod, baseline, restricted } of recorded.pods) {
    expect(textsOf(pod, 'baseline'), JSON.stringify(pod)).toEqual(texts(baseline));
    expect(textsOf(pod, 'restricted'), JSON.stringify(pod)).toEqual(texts(restricted));
  }
});
