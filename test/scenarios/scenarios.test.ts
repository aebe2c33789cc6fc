// The recorded scenarios, replayed.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, it } from 'vitest';
import { kubectlBinary, skipReason } from '../kubectl/binary.ts';
import type { SeenOutput } from './compare-output.ts';
import { type Deviation, deviations } from './deviations.ts';
import { loadRecording } from './recording.ts';
import { isEqual, replay } from './replay.ts';

const scenarios = readdirSync(join(import.meta.dirname, 'cases')).map((file) => file.replace('.json', ''));
const reason =
  skipReason ?? (kubectlBinary?.minor === 36 ? undefined : 'they were recorded with kubectl 1.36');

/** The lines that only one of the two has. */
function changedLines(recorded: SeenOutput, today: SeenOutput): string {
  const lines = ({ code, stdout, stderr }: SeenOutput): string[] => [
    `exit code ${code}`,
    ...stdout.split('\n'),
    ...stderr.split('\n').map((line) => `stderr: ${line}`),
  ];
  const left = [...lines(today)];
  const missing = lines(recorded).filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  const found = [...missing.map((line) => `  - ${line}`), ...left.map((line) => `  + ${line}`)];
  return found.length > 0 ? found.join('\n') : `  order of lines: ${today.stdout}`;
}

describe.skipIf(reason)(`scenarios${reason ? ` (${reason})` : ''}`, () => {
  const table: string[] = [];
  afterAll(() => console.log(table.join('\n')));

  it.concurrent.for(scenarios)('%s', { timeout: 120_000 }, async (scenario, { expect }) => {
    const mine = deviations.filter((d) => d.scenario === scenario);
    const recording = loadRecording(scenario);
    const began = performance.now();
    const excuse = (step: number, what: 'output' | 'objects') => mine.find((d) => d[what]?.includes(step));
    const { steps, lives, events } = await replay(recording, (...of) => excuse(...of) !== undefined);
    const faults: string[] = [];
    const judge = (what: string, isSame: boolean, known: Deviation | undefined, told: string): void => {
      if (!isSame && !known) faults.push(`${what}: ${told}`);
      if (isSame && known && !known.sometimes)
        faults.push(`${what} is as recorded: take it off the deviations (${known.reason})`);
    };
    for (const { step, title, recorded, today, objects } of steps) {
      const told = `${title}\n${changedLines(recorded, today)}`;
      judge(`step ${step}`, isEqual({ recorded, today }), excuse(step, 'output'), told);
      const differing = `\n  ${objects.join('\n  ')}`;
      judge(`objects after step ${step}`, objects.length === 0, excuse(step, 'objects'), differing);
    }
    const equal = steps.filter(isEqual).length;
    for (const [what, found] of [
      ['life', lives],
      ['event', events],
    ] as const) {
      const known = mine.filter((d) => d[what] !== undefined);
      for (const text of found)
        judge(
          what,
          false,
          known.find((d) => text.startsWith(d[what]!)),
          text,
        );
      for (const d of known) judge(d[what]!, !found.some((text) => text.startsWith(d[what]!)), d, '');
    }
    table.push(
      `${scenario.padEnd(34)} ${equal}/${steps.length} steps equal, ${((performance.now() - began) / 1000).toFixed(1)} s`,
    );
    expect(faults.join('\n')).toBe('');
  });
});
