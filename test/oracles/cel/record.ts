// Writes the oracle's answers into test/fixtures/cel.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askOracle } from './ask.ts';
import { comparable } from './compare-answers.ts';

const binary = process.argv[2]!;

interface Case {
  expr?: string;
  self?: unknown;
  old?: unknown;
  answer?: unknown;
  errors?: readonly string[];
}

interface Group {
  schema?: unknown;
  errors?: readonly string[];
  cases?: Case[];
}

function update(name: string, change: (groups: Group[]) => void): void {
  const file = join('test', 'fixtures', 'cel', `${name}.json`);
  const groups = JSON.parse(readFileSync(file, 'utf8')) as Group[];
  change(groups);
  writeFileSync(file, `${JSON.stringify(groups, undefined, 1)}\n`);
}

update('expressions', (groups) => {
  for (const { cases = [], ...setting } of groups) {
    const questions = cases.map(({ expr }) => ({ kind: 'expression', ...setting, expr }));
    askOracle<object>(binary, questions).forEach((answer, i) => {
      cases[i]!.answer = comparable(answer);
    });
  }
});
update('admission', (groups) => {
  for (const { cases = [], ...setting } of groups) {
    const questions = cases.map(({ expr }) => ({ kind: 'admission', ...setting, expr }));
    askOracle<object>(binary, questions).forEach((answer, i) => {
      cases[i]!.answer = answer;
    });
  }
});
update('schemas', (groups) => {
  const questions = groups.map(({ schema }) => ({ kind: 'crd', schema }));
  askOracle<{ errors: readonly string[] }>(binary, questions).forEach(({ errors }, i) => {
    groups[i]!.errors = errors;
  });
});
update('objects', (groups) => {
  for (const { cases = [], ...setting } of groups) {
    const questions = cases.map(({ self, old }) => ({ kind: 'object', ...setting, self, old }));
    askOracle<{ errors: readonly string[] }>(binary, questions).forEach(({ errors }, i) => {
      cases[i]!.errors = errors;
    });
  }
});
