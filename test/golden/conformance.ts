// docs/conformance.md: how many of the recorded exchanges go as recorded, and why the others do not. Written by
// `npm run conformance:report` from a run of the tests; the lists of deviations are those that the tests go by.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { absences } from './absent-entries.ts';
import { deviations } from './deviations.ts';
import { fieldDeviations, rewordings } from './deviations-controllers.ts';
import type { GoldenCase } from './replay.ts';

/** What the tests said of one recorded exchange. */
export interface CaseResult {
  readonly group: string;
  readonly name: string;
  readonly passed: boolean;
}

/** `group/case` to the reasons for which it deviates. */
type Deviations = ReadonlyMap<string, readonly string[]>;

/** The recorded groups; `folder` is test/golden. */
export function readGroups(folder: string): ReadonlyMap<string, readonly GoldenCase[]> {
  const files = readdirSync(join(folder, 'cases')).sort();
  return new Map(
    files.map((file) => [
      file.replace(/\.json$/, ''),
      JSON.parse(readFileSync(join(folder, 'cases', file), 'utf8')) as GoldenCase[],
    ]),
  );
}

function controllerReasons(golden: GoldenCase): string[] {
  const text = JSON.stringify(golden.response);
  return [
    ...absences(golden).reasons,
    ...fieldDeviations.filter(({ cases }) => cases.includes(golden.name)).map(({ reason }) => reason),
    ...rewordings.filter(({ recorded }) => recorded.test(text)).map(({ reason }) => reason),
  ];
}

/** Every listed deviation of recorded exchanges. */
export function listedDeviations(groups: ReadonlyMap<string, readonly GoldenCase[]>): Deviations {
  const found = new Map<string, readonly string[]>();
  for (const [group, cases] of groups)
    for (const golden of cases) {
      const key = `${group}/${golden.name}`;
      const reason = deviations[key];
      const reasons = group === 'controllers' ? controllerReasons(golden) : reason ? [reason] : [];
      if (reasons.length > 0) found.set(key, reasons);
    }
  return found;
}

function percent(part: number, whole: number): string {
  return `${((part / whole) * 100).toFixed(1)}%`;
}

function groupRow(group: string, results: readonly CaseResult[], listed: Deviations): string {
  const deviating = results.filter(({ name }) => listed.has(`${group}/${name}`)).length;
  const same = results.length - deviating;
  return `| ${group} | ${same} | ${deviating} | ${results.length} | ${percent(same, results.length)} |`;
}

function groupSection(group: string, results: readonly CaseResult[], listed: Deviations): string[] {
  const byReason = new Map<string, string[]>();
  for (const { name } of results)
    for (const reason of listed.get(`${group}/${name}`) ?? [])
      byReason.set(reason, [...(byReason.get(reason) ?? []), name]);
  if (byReason.size === 0) return [];
  const lines = [...byReason].map(
    ([reason, names]) => `- ${reason}: ${names.map((name) => `\`${group}/${name}\``).join(', ')}`,
  );
  return [`## ${group}`, '', ...lines, ''];
}

/** The page. Throws when a case has failed: neither as recorded nor a listed deviation, or missing from the run. */
export function conformancePage(
  groups: ReadonlyMap<string, readonly GoldenCase[]>,
  results: readonly CaseResult[],
): string {
  const listed = listedDeviations(groups);
  const byGroup = [...groups].map(([group, cases]) => {
    const names = new Set(cases.map(({ name }) => name));
    const ran = results.filter((result) => result.group === group && names.has(result.name));
    const wrong = cases.filter(({ name }) => !ran.some((r) => r.name === name && r.passed));
    if (wrong.length > 0) throw new Error(`${group}: ${wrong.map(({ name }) => name).join(', ')}`);
    return [group, ran] as const;
  });
  const all = byGroup.flatMap(([, ran]) => ran);
  const deviating = all.filter(({ group, name }) => listed.has(`${group}/${name}`)).length;
  return [
    '# Conformance',
    '',
    'Exchanges recorded from kube-apiserver 1.28.5, replayed; what every answer of 1.36 has beside one of 1.28 (the rules in',
    '`test/golden/compare.ts`) counts as recorded. Every other difference is listed below with its reason, and a listed case',
    'that goes as recorded fails the tests. managedFields are compared wherever the recordings have them. Written by',
    '`npm run conformance:report`.',
    '',
    '| group | as recorded | listed deviations | total | as recorded |',
    '|---|---:|---:|---:|---:|',
    ...byGroup.map(([group, ran]) => groupRow(group, ran, listed)),
    `| all | ${all.length - deviating} | ${deviating} | ${all.length} | ${percent(all.length - deviating, all.length)} |`,
    '',
    ...byGroup.flatMap(([group, ran]) => groupSection(group, ran, listed)),
  ].join('\n');
}

/** The cases that a page names as deviations, each as often as it does. */
export function namedCases(page: string): string[] {
  return [...page.matchAll(/`([a-z]+\/[^`]+)`/g)]
    .map(([, name]) => name!)
    .filter((name) => !name.startsWith('test/'));
}
