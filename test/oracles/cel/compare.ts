// Runs random expressions through upstream's CEL and through ours and reports every difference.
// Started by test/oracles/cel.mjs; arguments: the oracle's binary, the number of expressions, a seed.
import { type ExpressionAnswer, runExpression } from '../../cel/run-case.ts';
import { Dice } from '../managed-fields/random-objects.ts';
import { askOracle } from './ask.ts';
import { comparable } from './compare-answers.ts';
import { object, randomExpression, schema } from './random-expressions.ts';

const [binary, count = '3000', seed = '1'] = process.argv.slice(2);
const dice = new Dice(Number(seed));
const expressions = Array.from({ length: Number(count) }, () => randomExpression(dice));
const questions = expressions.map((expr) => ({
  kind: 'expression',
  expr,
  schema,
  self: object,
  old: object,
}));
const answers = askOracle<ExpressionAnswer>(binary!, questions);

/** Estimates past 2^53 are floats here. */
function isSame(wanted: unknown, got: unknown): boolean {
  if (typeof wanted !== 'number' || typeof got !== 'number') return wanted === got;
  return wanted === got || (wanted > 2 ** 53 && Math.abs(wanted - got) < wanted * 1e-9);
}

/**
 * Of syntax errors the place of the first: behind it upstream's parser goes on by guesses, and ours ends. The texts are
 * compared in test/cel.
 */
function firstIssue(text: unknown): unknown {
  if (typeof text !== 'string') return text;
  return /ERROR: <input>:\d+:\d+: Syntax error(?=: )/.exec(text)?.[0] ?? text;
}

/** The keys whose values differ. */
function faultsOf(wanted: Record<string, unknown>, got: Record<string, unknown>): string[] {
  const keys = new Set([...Object.keys(wanted), ...Object.keys(got)]);
  return [...keys].filter((key) => {
    // What a call that there is not costs upstream by the signature that it would have had.
    if (key === 'cost' && String(wanted['error']).startsWith('no such overload')) return false;
    if (key === 'issues') return firstIssue(wanted[key]) !== firstIssue(got[key]);
    return !isSame(wanted[key], got[key]);
  });
}

/** Where upstream is not followed. */
function isUnfollowed({ error, value }: Record<string, unknown>): boolean {
  // Its code died.
  if (String(error).startsWith('internal error: interface conversion')) return true;
  // A list of the object takes what is added to it for items of its own schema, also what came in by dyn and is none.
  return /[[ ]error[,\]]/.test(String(value));
}

// Upstream goes over maps in a random order: what differs is asked again, for what it may answer as well.
const tries = 60;

let different = 0;
expressions.forEach((expr, i) => {
  const got: Record<string, unknown> = { ...runExpression(expr, { schema, self: object, old: object }) };
  const wanted: Record<string, unknown> = { ...comparable(answers[i]!) };
  const faults = faultsOf(wanted, got);
  if (faults.length === 0 || isUnfollowed(wanted)) return;
  const others = askOracle<ExpressionAnswer>(
    binary!,
    Array.from({ length: tries }, () => questions[i]!),
  );
  if (others.some((other) => faultsOf({ ...comparable(other) }, got).length === 0)) return;
  different++;
  console.log(`\n${expr}`);
  for (const key of faults) console.log(`  ${key}\n    upstream ${wanted[key]}\n    ours     ${got[key]}`);
});
console.log(`${expressions.length} expressions, ${different} with differences (seed ${seed})`);
process.exitCode = different === 0 ? 0 : 1;
