// Sends cases to an oracle and reports every difference between its answers and ours.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Json, JsonObject } from '../../src/api/object.ts';
import { Dice } from './managed-fields/random-objects.ts';

/** One question, and our answer. */
export interface Case {
  readonly question: JsonObject;
  readonly ours: JsonObject;
}

/** One sort of question. */
export interface Sort {
  readonly title: string;
  make(dice: Dice): Case;
  /** The part of an answer that is compared. */
  view?(answer: JsonObject): Json;
  /** Whether two answers agree whose views differ: where upstream's is one of several, by chance. */
  agrees?(theirs: JsonObject, ours: JsonObject): boolean;
  /** The part of the cases that is compared, where each takes long; absent: all. */
  readonly share?: number;
}

/** JSON with members in order. */
export function comparable(answer: Json): string {
  return JSON.stringify(answer, (_, member: Json) => {
    // upstream's answer was read without them
    if (typeof member === 'bigint') return Number(member);
    if (Array.isArray(member) || typeof member !== 'object' || member === null) return member;
    return Object.fromEntries(
      Object.keys(member)
        .sort()
        .map((key) => [key, member[key]]),
    );
  });
}

/** What one list of faults has and another has not, where both answers are such lists. */
function onlyIn(text: string, other: string): string {
  const [mine, theirs] = [text, other].map((answer) => (JSON.parse(answer) as JsonObject)['faults']);
  if (!Array.isArray(mine) || !Array.isArray(theirs)) return text;
  return mine.filter((fault) => !theirs.includes(fault)).join('\n          ');
}

const shownDifferences = 3;

/** Asks the oracle all questions; how many answers differ. */
async function compare(
  binary: string,
  { title, view = (answer) => answer, agrees = () => false }: Sort,
  cases: readonly Case[],
): Promise<number> {
  const oracle = spawn(binary, { stdio: ['pipe', 'pipe', 'inherit'] });
  let faults = 0;
  let refused = 0;
  let at = 0;
  const answers = createInterface({ input: oracle.stdout });
  const done = new Promise<void>((resolve) => answers.on('close', resolve));
  answers.on('line', (line) => {
    const { question, ours } = cases[at++]!;
    const answer = JSON.parse(line) as JsonObject;
    if (answer['error'] !== undefined || answer['faults'] !== undefined) refused++;
    const theirs = comparable(view(answer));
    const own = comparable(view(ours));
    if (theirs === own || agrees(answer, ours)) return;
    if (++faults > shownDifferences) return;
    console.log(`--- ${title}, case ${at}: ${JSON.stringify(question)}`);
    console.log(`upstream: ${onlyIn(theirs, own)}`);
    console.log(`ours:     ${onlyIn(own, theirs)}`);
  });
  for (const { question } of cases)
    if (!oracle.stdin.write(`${JSON.stringify(question)}\n`))
      await new Promise((resolve) => oracle.stdin.once('drain', resolve));
  oracle.stdin.end();
  await done;
  console.log(`${title}: ${at} cases compared (${refused} refused), ${faults} differences`);
  return faults + (cases.length - at);
}

/** Compares cases of all sorts; arguments: the oracle's binary, the number of cases of each, a seed, a title's beginning. */
export async function compareSorts(sorts: readonly Sort[]): Promise<void> {
  const [, , binary, count = '10000', seed = '1', only = ''] = process.argv;
  let faults = 0;
  for (const sort of sorts) {
    if (!sort.title.startsWith(only)) continue;
    const dice = new Dice(Number(seed));
    const cases = Array.from({ length: Math.ceil(Number(count) * (sort.share ?? 1)) }, () => sort.make(dice));
    faults += await compare(binary!, sort, cases);
  }
  process.exitCode = faults > 0 ? 1 : 0;
}
