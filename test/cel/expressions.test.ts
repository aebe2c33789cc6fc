// Replays what cel-go, set up by k8s.io/apiserver 0.36, makes of expressions: error texts, types, values, costs.
// test/oracles/cel.mjs --record writes the answers.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ExpressionAnswer, type ExpressionSetting, runExpression } from './run-case.ts';

interface Group extends ExpressionSetting {
  readonly cases: readonly { readonly expr: string; readonly answer: ExpressionAnswer }[];
}

const file = new URL('../fixtures/cel/expressions.json', import.meta.url);
const groups = JSON.parse(readFileSync(file, 'utf8')) as readonly Group[];

describe('expressions do what they do upstream', () => {
  for (const { cases, ...setting } of groups)
    it.each(cases.map(({ expr, answer }) => [expr, answer] as const))('%s', (expr, answer) => {
      expect(runExpression(expr, setting)).toEqual(answer);
    });
});
