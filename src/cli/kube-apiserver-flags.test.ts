import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../api/schema/type-table.ts';
import { effectiveFlags, ignoredFlags } from './kube-apiserver-flags.ts';
import { servedOptions } from './served-options.ts';

const page = readFileSync(join(packageRoot(), 'docs', 'kube-apiserver-flags.md'), 'utf8');

/** The flags that a part of the page names, sorted. */
function named(part: string): string[] {
  return [...part.matchAll(/`--([a-z0-9-]+)`/g)].map(([, name]) => name!).sort();
}

it('are listed in the docs, with those that have no effect', () => {
  const [first, second, third] = page.split(/^## .*$/m);
  const effective = [...effectiveFlags.flatMap(({ options }) => options), ...servedOptions];
  expect(first).toContain('kube-apiserver');
  expect(named(second!)).toEqual([...effective.map(({ name }) => name), 'version'].sort());
  expect(named(third!)).toEqual([...ignoredFlags].sort());
});
