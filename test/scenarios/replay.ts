// Replays a scenario against a cluster of today: the same commands by a real kubectl, with the same pauses.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodes } from '../../src/client/resources.ts';
import { startCluster } from '../../src/testing/test-cluster.ts';
import { spawnKubectl } from '../kubectl/run-kubectl.ts';
import { compareEvents } from './compare-events.ts';
import { compareLives, compareOrder } from './compare-lives.ts';
import { compareObjects, essenceOfToday, recordedEssence } from './compare-objects.ts';
import { compareOutput, type SeenOutput } from './compare-output.ts';
import { recordedHistory } from './history.ts';
import { Names } from './names.ts';
import type { Recording } from './recording.ts';
import { watchScenario } from './watcher.ts';

/** What came of one step. */
export interface StepOutcome {
  readonly step: number;
  readonly title: string;
  readonly recorded: SeenOutput;
  readonly today: SeenOutput;
  /** How the objects differ from the recorded ones after it; looked at where the recorder waited. */
  readonly objects: readonly string[];
}

/** What came of a scenario. */
export interface Outcome {
  readonly steps: readonly StepOutcome[];
  readonly lives: readonly string[];
  readonly events: readonly string[];
}

const patienceMs = 8000;
const readPatienceMs = 2000;
const lookMs = 15;
const zones = ['zone-a', 'zone-b', 'zone-c'];

/** Whether kubectl printed what was recorded. */
export function isEqual({ recorded, today }: Pick<StepOutcome, 'recorded' | 'today'>): boolean {
  return JSON.stringify(recorded) === JSON.stringify(today);
}

/** Looks until nothing differs; what still differs when patience ends. */
async function untilEqual(look: () => string[] | Promise<string[]>, limitMs = patienceMs): Promise<string[]> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found.length === 0 || performance.now() > deadline) return found;
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
}

function deletesNamespace(cmd: readonly string[]): boolean {
  return cmd.includes('delete') && cmd.some((arg) => /^(?:ns|namespaces?)(?:\/|$)/.test(arg));
}

/** Replays a recording against a cluster of its own. `isExcused`: the output of a step, or the objects after it, are
 * known to differ: not waited for. */
export async function replay(
  recording: Recording,
  isExcused: (step: number, what: 'output' | 'objects') => boolean,
): Promise<Outcome> {
  const { scenario } = recording;
  // 1.28 did not label pods with the zones of their nodes
  const featureGates = 'PodTopologyLabelsAdmission=false';
  await using cluster = await startCluster({ nodes: 3, port: true, featureGates });
  const { client } = cluster;
  for (const [i, zone] of zones.entries()) {
    const labels = { 'topology.kubernetes.io/region': 'region-1', 'topology.kubernetes.io/zone': zone };
    await client.patch(
      nodes,
      { metadata: { name: `node-${i + 1}` } },
      { metadata: { labels } },
      { type: 'merge' },
    );
  }
  const names = new Names(recording);
  const stop = new AbortController();
  const withNodes = recording.final.some(({ kind }) => kind === 'Node');
  const { history, events } = await watchScenario(
    client,
    { namespace: scenario, names, withNodes },
    stop.signal,
  );
  const folder = mkdtempSync(join(tmpdir(), 'kubeskiff-scenario-'));
  try {
    const place = { folder, kubeconfig: cluster.kubeconfig };
    const steps: StepOutcome[] = [];
    let stuck: string | undefined;
    for (const [step, recorded] of recording.steps.entries()) {
      const cmd = recorded.cmd.map((arg) => names.fromRecorded(arg));
      const stdin = recorded.stdin && names.fromRecorded(recorded.stdin);
      const run = async (): Promise<ReturnType<typeof compareOutput>> => {
        const result = await spawnKubectl(cmd, place, { stdin }).ended();
        return compareOutput(scenario, step, recorded, result, names);
      };
      // events are written a little later than what they tell of, and not in a namespace that goes
      if (deletesNamespace(cmd))
        await untilEqual(() => compareEvents(recording, events(), names), readPatienceMs);
      let outputs = await run();
      // events are written a little later than what they tell of
      const isReading = /^(?:get|describe)$/.test(
        cmd.find((arg) => !arg.startsWith('-') && arg !== scenario) ?? '',
      );
      const deadline = performance.now() + (isExcused(step, 'output') ? 0 : readPatienceMs);
      while (isReading && !isEqual(outputs) && performance.now() < deadline) outputs = await run();
      if (recorded.pauseMs) await new Promise((resolve) => setTimeout(resolve, recorded.pauseMs));
      let objects: string[] = [];
      if (recorded.settled) {
        const wanted = recordedHistory(recording, step).objects().map(recordedEssence);
        const look = (): string[] =>
          compareObjects(
            wanted,
            history.objects().map((o) => essenceOfToday(o, names)),
          );
        // what did not come before will not come now
        const isKnown = isExcused(step, 'objects') || look().join() === stuck;
        objects = await untilEqual(look, isKnown ? 0 : patienceMs);
        stuck = objects.join();
      }
      steps.push({ step, title: recorded.cmd.join(' '), ...outputs, objects });
    }
    const lives = await untilEqual(
      () => [
        ...compareLives(recordedHistory(recording).lives, history.lives, names),
        ...compareOrder(recording.final, history.objects()),
      ],
      1000,
    );
    const seenEvents = await untilEqual(() => compareEvents(recording, events(), names), 1000);
    return { steps, lives, events: seenEvents };
  } finally {
    stop.abort();
    rmSync(folder, { recursive: true, force: true });
  }
}
