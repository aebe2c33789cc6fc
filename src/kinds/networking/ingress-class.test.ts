import { expect, it } from 'vitest';
import { cellsOf, createFaults, updateFaults } from '../kind-faults.ts';
import { ingressClass as kind } from './ingress-class.ts';

const controller = 'example.com/c';
const parameters = (fields: object) => ({
  spec: { controller, parameters: { kind: 'K', name: 'n', ...fields } },
});

it.each([
  ['a good controller', { spec: { controller } }, []],
  ['none', { spec: {} }, ['spec.controller: Required value']],
  [
    'no domain',
    { spec: { controller: 'c' } },
    ['spec.controller: Invalid value: "c": must be a domain-prefixed path (such as "acme.io/foo")'],
  ],
  ['parameters of the cluster', parameters({}), []],
  [
    'parameters without a namespace',
    parameters({ scope: 'Namespace' }),
    ["spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'"],
  ],
  [
    'a namespace too many',
    parameters({ namespace: 'a' }),
    ["spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'"],
  ],
])('create with %s', (_, fields, faults) => {
  expect(createFaults(kind, fields)).toEqual(faults);
});

it('never changes its controller', () => {
  expect(updateFaults(kind, { spec: { controller } }, { spec: { controller: 'example.com/d' } })).toEqual([
    'spec.controller: Invalid value: "example.com/d": field is immutable',
  ]);
});

it('marks the default', () => {
  const annotations = { 'ingressclass.kubernetes.io/is-default-class': 'true' };
  const fields = { metadata: { name: 'x', annotations }, ...parameters({ apiGroup: 'g' }) };
  expect(cellsOf(kind, fields)).toEqual(['x (default)', controller, 'K.g/n', '<unknown>']);
});
