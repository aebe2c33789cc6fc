// Sends random schemas and objects through upstream's packages and through ours and reports every difference.
// Started by test/oracles/custom-resources.mjs; arguments: the oracle's binary, the number of cases of each sort, a seed.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Json, JsonObject } from '../../../src/api/object.ts';
import { Dice } from '../managed-fields/random-objects.ts';
import type { Case } from './case.ts';
import { definitionAnswer, definitionCase } from './definitions.ts';
import { formatCase } from './formats.ts';
import { readCase, validateCase } from './objects.ts';
import { openApiAnswer, openApiCase } from './openapi.ts';
import { tableCase } from './tables.ts';

/** JSON with members in order. */
function comparable(answer: Json): string {
  return JSON.stringify(answer, (_, member: Json) => {
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

/** One sort of question. */
interface Sort {
  readonly title: string;
  make(dice: Dice): Case;
  /** The part of an answer that is compared. */
  view?(answer: JsonObject): Json;
}

/** Asks the oracle all questions; how many answers differ. */
async function compare(
  binary: string,
  { title, view = (answer) => answer }: Sort,
  cases: readonly Case[],
): Promise<number> {
  const oracle = spawn(binary, { stdio: ['pipe', 'pipe', 'inherit'] });
  let faults = 0;
  let at = 0;
  const answers = createInterface({ input: oracle.stdout });
  const done = new Promise<void>((resolve) => answers.on('close', resolve));
  answers.on('line', (line) => {
    const { question, ours } = cases[at++]!;
    const theirs = comparable(view(JSON.parse(line) as JsonObject));
    const own = comparable(view(ours));
    if (theirs === own) return;
    if (++faults > 3) return;
    console.log(`--- ${title}, case ${at}: ${JSON.stringify(question)}`);
    console.log(`upstream: ${onlyIn(theirs, own)}`);
    console.log(`ours:     ${onlyIn(own, theirs)}`);
  });
  for (const { question } of cases)
    if (!oracle.stdin.write(`${JSON.stringify(question)}\n`))
      await new Promise((resolve) => oracle.stdin.once('drain', resolve));
  oracle.stdin.end();
  await done;
  console.log(`${title}: ${at} cases compared, ${faults} differences`);
  return faults + (cases.length - at);
}

const sorts: readonly Sort[] = [
  { title: 'read: pruning, nulls, metadata, defaults', make: readCase },
  { title: 'validation: create, update, status update', make: validateCase },
  { title: 'formats', make: formatCase },
  { title: 'printer columns', make: tableCase },
  { title: 'openapi', make: openApiCase, view: openApiAnswer },
  { title: 'definitions', make: definitionCase, view: definitionAnswer },
];

async function run(): Promise<void> {
  const [, , binary, count = '10000', seed = '1', only = ''] = process.argv;
  let faults = 0;
  for (const sort of sorts) {
    if (!sort.title.startsWith(only)) continue;
    const dice = new Dice(Number(seed));
    const cases = Array.from({ length: Number(count) }, () => sort.make(dice));
    faults += await compare(binary!, sort, cases);
  }
  process.exitCode = faults > 0 ? 1 : 0;
}

await run();
