// The hash of pod templates, against hashes that k8s.io/api v0.36.6 gives: templates of recorded workloads, random ones with
// every field, and quantities of all sizes.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { PodTemplateSpec } from '#types/core_v1';
import { podTemplateHash, podTemplateMeaning } from './pod-template-hash.ts';

interface Case {
  readonly template: PodTemplateSpec;
  readonly collisionCount?: number;
  readonly hash: string;
}

const file = new URL('../../test/fixtures/pod-template-hashes.json', import.meta.url);
const cases = JSON.parse(readFileSync(file, 'utf8')) as Case[];

test('hashes are those of Kubernetes 1.36', () => {
  expect(cases.length).toBeGreaterThan(80);
  for (const { template, collisionCount, hash } of cases)
    expect(podTemplateHash(template, collisionCount), JSON.stringify(template).slice(0, 500)).toBe(hash);
});

test('a template means the same after an empty list was left out or a quantity written otherwise', () => {
  const template = (memory: string, more: object = {}): PodTemplateSpec => ({
    metadata: { labels: { a: 'b' } },
    spec: { containers: [{ name: 'c', image: 'i', resources: { limits: { memory } }, ...more }] },
  });
  const meaning = podTemplateMeaning(template('1Ki'));
  expect(podTemplateMeaning(template('1024'))).toBe(meaning);
  expect(podTemplateMeaning(template('1024000m', { env: [], args: null }))).toBe(meaning);
  expect(podTemplateMeaning(template('1025'))).not.toBe(meaning);
  expect(podTemplateMeaning(template('1Ki', { env: [{ name: 'X', value: '1' }] }))).not.toBe(
    podTemplateMeaning(template('1Ki', { env: [{ name: 'X', value: '1.0' }] })),
  );
});
