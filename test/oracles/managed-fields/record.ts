// Fills in upstream's answers of test/fixtures/managed-fields/values.json, whose questions are written by hand.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../../src/api/object.ts';
import { packageRoot } from '../../../src/api/schema/type-table.ts';

const file = join(packageRoot(), 'test', 'fixtures', 'managed-fields', 'values.json');
const vectors = JSON.parse(readFileSync(file, 'utf8')) as JsonObject[];

function requestOf({ schema, live, next, fields }: JsonObject): string {
  if (fields !== undefined) return JSON.stringify({ op: 'round-trip', fields });
  const wrapped =
    schema === 'deduced'
      ? schema
      : {
          type: 'object',
          properties: { apiVersion: { type: 'string' }, kind: { type: 'string' }, spec: schema! },
        };
  const head = { apiVersion: 'example.com/v1', kind: 'Thing' };
  return JSON.stringify({
    op: 'values',
    ...head,
    schema: wrapped,
    live: { ...head, spec: live! },
    next: { ...head, spec: next! },
  });
}

const { stdout } = spawnSync(process.argv[2]!, {
  input: vectors.map(requestOf).join('\n'),
  encoding: 'utf8',
});
const answers = stdout
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as JsonObject);
const recorded = vectors.map((vector, i) => JSON.stringify({ ...vector, answer: answers[i]! }));
writeFileSync(file, `[\n${recorded.join(',\n')}\n]\n`);
console.log(`${answers.length} answers recorded`);
