// Whether kubectl printed what it printed at the recorded cluster.

import { normalise } from '../kubectl/normalise.ts';
import type { KubectlResult } from '../kubectl/run-kubectl.ts';
import { chanceNodes, chancePods } from './deviations.ts';
import type { Names } from './names.ts';
import { foldNames, type RecordedStep } from './recording.ts';
import { reworded } from './reword.ts';

/** How two outputs are compared. */
type Comparison = 'text' | 'lines' | 'shape' | 'progress';

/**
 * Steps that came out the same when they were recorded again are held to the letter, or to their lines where random names
 * decide the order. What differed then is held to its shape. Progress lines depend on timing, says the recording: the last
 * line counts, and that no line is of another form.
 */
function comparisonOf({ cmd, repeat, stdout = '' }: RecordedStep, names: Names): Comparison {
  if (cmd.includes('rollout') && cmd.includes('status')) return 'progress';
  if (repeat === 'differs') return 'shape';
  // in which second an event was made decides the order
  if (cmd.includes('events')) return 'lines';
  return repeat === 'same lines' || names.hasRandomNames(stdout) ? 'lines' : 'text';
}

const progressLines = [
  /^Waiting for deployment "web" rollout to finish: \d+ out of \d+ new replicas have been updated\.\.\.$/,
  /^Waiting for deployment "web" rollout to finish: \d+ of \d+ updated replicas are available\.\.\.$/,
  /^Waiting for deployment "web" rollout to finish: \d+ old replicas are pending termination\.\.\.$/,
  /^Waiting for deployment spec update to be observed\.\.\.$/,
];

/** Lines without what chance decides: numbers, nodes, which pod; each once. */
function shapeOf(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(/node-\d/g, 'node-N').replace(/\d+/g, 'N'));
  return [...new Set(lines)].sort().join('\n');
}

/**
 * The kubelet of the recording was a simulation: events that it wrote are not compared. `get events` shows no source, but
 * these reasons are the kubelet's alone.
 */
const kubeletEvent =
  /^ .* kubelet |^(?:LAST|<age>).* (?:Pulling|Pulled|Created|Started|Killing|BackOff|Failed) +pod\//;

function seen(text: string, comparison: Comparison): string {
  const shown = normalise(text)
    .replace(/\((?:\d+m)?\d+s ago\)/g, '(<age> ago)')
    .replace(/\(x(\d+) over (?:\d+m)?\d+s\)/g, '(x$1 over <age>)')
    .replace(/simulated:\/\/[0-9a-f]{64}/g, 'containerd://<id>')
    .replace(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g, '<pem>')
    .replace(/\b(?:192\.168\.10|172\.18\.0)\.\d+/g, '<node-ip>')
    .split('\n')
    .filter((line) => !kubeletEvent.test(line))
    .join('\n');
  if (comparison === 'text') return shown;
  if (comparison === 'lines') return shown.split('\n').sort().join('\n');
  if (comparison === 'shape') return shapeOf(shown);
  const lines = shown.split('\n');
  const odd = lines.slice(0, -1).filter((line) => !progressLines.some((form) => form.test(line)));
  return [...odd, lines.at(-1)].join('\n');
}

/** An output in the form for comparison. */
export interface SeenOutput {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What was recorded, reworded where 1.36 says it otherwise, and what is today. */
export function compareOutput(
  scenario: string,
  index: number,
  step: RecordedStep,
  today: KubectlResult,
  names: Names,
): { readonly recorded: SeenOutput; readonly today: SeenOutput } {
  const comparison = comparisonOf(step, names);
  const isChanceNode = chanceNodes[scenario]?.includes(index);
  const chance = chancePods[scenario];
  const anyPod = (text: string): string =>
    chance?.steps.includes(index) ? text.replace(chance.pods, 'pod-1') : text;
  const anyNode = (text: string): string => (isChanceNode ? text.replace(/node-\d/g, 'node-N') : text);
  const theirs = (text: string): string =>
    anyNode(seen(anyPod(reworded(foldNames(text), scenario, index)), comparison));
  const ours = (text: string): string => anyNode(seen(anyPod(foldNames(names.toRecorded(text))), comparison));
  return {
    recorded: {
      code: step.code ?? 0,
      stdout: theirs(step.stdout ?? ''),
      stderr: theirs(step.stderr ?? ''),
    },
    today: { code: today.code, stdout: ours(today.stdout), stderr: ours(today.stderr) },
  };
}
