// Replays what k8s.io/apiserver 0.36 makes of expressions of admission policies: faults, values, errors, what they cost.
// test/oracles/cel.mjs --record writes the answers.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type AdmissionAnswer, type AdmissionSetting, runAdmission } from './run-admission.ts';

interface Group extends AdmissionSetting {
  readonly cases: readonly { readonly expr: string; readonly answer: AdmissionAnswer }[];
}

const file = new URL('../fixtures/cel/admission.json', import.meta.url);
const groups = JSON.parse(readFileSync(file, 'utf8')) as readonly Group[];

describe('expressions of admission do what they do upstream', () => {
  for (const { cases, ...setting } of groups)
    it.each(cases.map(({ expr, answer }) => [expr, answer] as const))(
      `%s, to ${setting.wanted ?? 'anything'}`,
      (expr, answer) => {
        expect(runAdmission(expr, setting)).toEqual(answer);
      },
    );
});
