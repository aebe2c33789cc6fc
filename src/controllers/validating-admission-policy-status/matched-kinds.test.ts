import { expect, it } from 'vitest';
import type { DiscoveredResource } from '../../client/discovery.ts';
import { matchedKinds } from './matched-kinds.ts';

const of = (group: string, version: string, plural: string, kind: string): DiscoveredResource => ({
  group,
  version,
  plural,
  kind,
  namespaced: true,
  verbs: [],
});
const many = Array.from({ length: 12 }, (_, i) => of('many', 'v1', `things${i}`, `Thing${i}`));
const served = [
  of('', 'v1', 'pods', 'Pod'),
  of('apps', 'v1', 'deployments', 'Deployment'),
  of('apps', 'v1beta1', 'deployments', 'Deployment'),
  ...many,
];
const kinds = (...rules: object[]): string[] =>
  matchedKinds({ spec: { matchConstraints: { resourceRules: rules as never } } }, served).map(
    ({ group, version, kind }) => `${group}/${version}/${kind}`,
  );
const rule = (apiGroups: string[], apiVersions: string[], resources: string[]) => ({
  apiGroups,
  apiVersions,
  resources,
});

it.each([
  ['what they name', [rule(['apps'], ['v1'], ['deployments'])], ['apps/v1/Deployment']],
  [
    'each version',
    [rule(['apps'], ['v1beta1', 'v1'], ['deployments'])],
    ['apps/v1/Deployment', 'apps/v1beta1/Deployment'],
  ],
  [
    'each once',
    [rule(['apps'], ['v1'], ['deployments']), rule(['apps'], ['v1'], ['deployments', 'none'])],
    ['apps/v1/Deployment'],
  ],
  [
    'any group, where none is named',
    [rule([''], ['v1'], ['pods', 'deployments'])],
    ['/v1/Pod', 'apps/v1/Deployment'],
  ],
  ['no subresources', [rule([''], ['v1'], ['pods/exec', '*', 'pods'])], ['/v1/Pod']],
  ['nothing by wildcards', [rule(['*'], ['v1'], ['pods']), rule([''], ['*'], ['pods'])], []],
])('finds %s', (_, rules, found) => {
  expect(kinds(...rules)).toEqual(found);
});

it('finds no more than ten', () => {
  expect(
    kinds(
      rule(
        ['many'],
        ['v1'],
        many.map(({ plural }) => plural),
      ),
    ),
  ).toHaveLength(10);
});
