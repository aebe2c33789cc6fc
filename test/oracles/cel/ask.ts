// Asks the oracle: all questions in, all answers out.
import { spawnSync } from 'node:child_process';

/** The answers in the order of the questions. */
export function askOracle<Answer>(binary: string, questions: readonly object[]): readonly Answer[] {
  const input = `${questions.map((question) => JSON.stringify(question)).join('\n')}\n`;
  const { stdout, status, stderr } = spawnSync(binary, { input, maxBuffer: 2 ** 29 });
  if (status !== 0) throw new Error(String(stderr));
  return String(stdout)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
}
