import { expect, test } from 'vitest';
import type { NodeSelectorTerm } from '#types/core_v1';
import {
  compilePreferences,
  matchesNode,
  preferenceOf,
  requiredNodeAffinity,
} from '../kinds/core/node-selector.ts';
import { nodeOf, type PodFields, podOf } from './test-objects.ts';

const node = nodeOf('node-1', { labels: { disk: 'ssd', size: '5' } });

function required(...nodeSelectorTerms: NodeSelectorTerm[]): PodFields {
  return {
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
  };
}

function expression(key: string, operator: string, ...values: string[]): NodeSelectorTerm {
  return { matchExpressions: [{ key, operator, values }] };
}

function field(operator: string, ...values: string[]): NodeSelectorTerm {
  return { matchFields: [{ key: 'metadata.name', operator, values }] };
}

const cases: [string, PodFields, boolean][] = [
  ['nothing', {}, true],
  ['a label', { nodeSelector: { disk: 'ssd' } }, true],
  ['another label', { nodeSelector: { disk: 'hdd' } }, false],
  ['In', required(expression('disk', 'In', 'hdd', 'ssd')), true],
  ['NotIn', required(expression('disk', 'NotIn', 'ssd')), false],
  ['Exists', required(expression('disk', 'Exists')), true],
  ['DoesNotExist', required(expression('gpu', 'DoesNotExist')), true],
  ['Gt', required(expression('size', 'Gt', '4')), true],
  ['Lt', required(expression('size', 'Lt', '5')), false],
  ['any term', required(expression('disk', 'In', 'hdd'), expression('disk', 'In', 'ssd')), true],
  ['no terms', required(), false],
  ['an empty term', required({}), false],
  ['a term that is not valid', required(expression('disk', 'Like', 'ssd')), false],
  ['the name', required(field('In', 'node-1')), true],
  ['another name', required(field('In', 'node-2')), false],
  ['not the name', required(field('NotIn', 'node-1')), false],
  ['two names are not valid', required(field('In', 'node-1', 'node-2')), false],
  ['both must hold', { ...required(expression('disk', 'Exists')), nodeSelector: { disk: 'hdd' } }, false],
];

test.each(cases)('required: %s', (_name, pod, expected) => {
  expect(matchesNode(requiredNodeAffinity(podOf(pod)), node)).toBe(expected);
});

test('preferences add up', () => {
  const preferences = compilePreferences([
    { weight: 3, preference: expression('disk', 'In', 'ssd') },
    { weight: 5, preference: expression('disk', 'In', 'hdd') },
    { weight: 7, preference: expression('size', 'Exists') },
    { weight: 9, preference: {} },
  ]);
  expect(preferenceOf(preferences, node)).toBe(10);
});
