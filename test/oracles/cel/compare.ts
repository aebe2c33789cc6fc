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

let different = 0;
expressions.forEach((expr, i) => {
  const wanted: Record<string, unknown> = { ...comparable(answers[i]!) };
  const got: Record<string, unknown> = { ...runExpression(expr, { schema, self: object, old: object }) };
  const keys = new Set([...Object.keys(wanted), ...Object.keys(got)]);
  const faults = [...keys].filter((key) => !isSame(wanted[key], got[key]));
  if (faults.length === 0) return;
  different++;
  console.log(`\n${expr}`);
  for (const key of faults) console.log(`  ${key}\n    upstream ${wanted[key]}\n    ours     ${got[key]}`);
});
console.log(`${expressions.length} expressions, ${different} with differences (seed ${seed})`);
process.exitCode = different === 0 ? 0 : 1;
