// docs/conformance.md tells of the same deviations as the lists do.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { listedDeviations, namedCases, readGroups } from './conformance.ts';
import { deviations } from './deviations.ts';

const page = readFileSync(new URL('../../docs/conformance.md', import.meta.url), 'utf8');
const groups = readGroups(new URL('.', import.meta.url).pathname);
const listed = listedDeviations(groups);

it('docs/conformance.md names every listed deviation and no other (npm run conformance:report)', () => {
  const wanted = [...listed].flatMap(([name, reasons]) => reasons.map(() => name));
  expect(namedCases(page).sort()).toEqual(wanted.sort());
});

it('docs/conformance.md gives their reasons', () => {
  for (const reason of new Set([...listed.values()].flat())) expect(page).toContain(`- ${reason}: `);
});

it('docs/conformance.md counts all cases', () => {
  for (const [group, cases] of groups)
    expect(page).toMatch(new RegExp(`^\\| ${group} \\| \\d+ \\| \\d+ \\| ${cases.length} \\|`, 'm'));
});

it('lists no deviation of a case that there is not', () => {
  expect(Object.keys(deviations).filter((name) => !listed.has(name))).toEqual([]);
});
