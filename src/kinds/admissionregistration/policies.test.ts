import { beforeAll, expect, it } from 'vitest';
import { cellsOf, created, createFaults, hookContext, objectOf, updateFaults } from '../kind-faults.ts';
import { loadExpressions } from './expressions/lazy-expressions.ts';
import { mutatingAdmissionPolicy as mutating } from './mutating-admission-policy.ts';
import { mutatingAdmissionPolicyBinding as mutatingBinding } from './mutating-admission-policy-binding.ts';
import { validatingAdmissionPolicy as validating } from './validating-admission-policy.ts';
import { validatingAdmissionPolicyBinding as binding } from './validating-admission-policy-binding.ts';

beforeAll(async () => {
  await loadExpressions();
});

const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };
const matchConstraints = { resourceRules: [rule] };
const policy = (fields: object) => ({
  spec: { matchConstraints, validations: [{ expression: 'true' }], ...fields },
});

it.each([
  ['an expression', policy({}), []],
  [
    'nothing',
    { spec: {} },
    [
      'spec.matchConstraints: Required value',
      'spec.validations: Required value: validations or auditAnnotations must contain at least one item',
      'spec.auditAnnotations: Required value: validations or auditAnnotations must contain at least one item',
    ],
  ],
  ['no rules', policy({ matchConstraints: {} }), ['spec.matchConstraints.resourceRules: Required value']],
  [
    'a bad parameter kind',
    policy({ paramKind: { apiVersion: 'a/b/c' } }),
    [
      'spec.paramKind.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
      'spec.paramKind.kind: Required value',
    ],
  ],
  [
    'a reserved variable',
    policy({ variables: [{ name: 'in', expression: '1' }] }),
    ['spec.variables[0].name: Invalid value: "in": must be a valid CEL identifier'],
  ],
  [
    'lines in a message',
    policy({ validations: [{ expression: 'true', message: 'a\nb' }] }),
    ['spec.validations[0].message: Invalid value: "a\\nb": must not contain line breaks'],
  ],
  [
    'an unknown reason',
    policy({ validations: [{ expression: 'true', reason: 'Foo' }] }),
    [
      'spec.validations[0].reason: Unsupported value: "Foo": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge"',
    ],
  ],
])('a validating policy with %s', (_, fields, faults) => {
  expect(createFaults(validating, fields)).toEqual(faults);
});

const mutation = (fields: object, rest: object = {}) => ({
  spec: { matchConstraints, reinvocationPolicy: 'Never', mutations: [fields], ...rest },
});
const patch = { patchType: 'JSONPatch', jsonPatch: { expression: '[JSONPatch{}]' } };

it.each([
  ['a patch', mutation(patch), []],
  [
    'no patch',
    mutation({ patchType: 'JSONPatch' }),
    ['spec.mutations[0].jsonPatch: Required value: must be specified when patchType is JSONPatch'],
  ],
  [
    'two patches',
    mutation({ ...patch, applyConfiguration: { expression: 'x' } }),
    [
      'spec.mutations[0].applyConfiguration: Invalid value: "{applyConfiguration}": must not be specified when patchType is JSONPatch',
    ],
  ],
  [
    'an unknown patch',
    mutation({ patchType: 'Foo' }),
    [
      'spec.mutations[0].patchType: Unsupported value: "Foo": supported values: "ApplyConfiguration", "JSONPatch"',
    ],
  ],
  [
    'no reinvocation policy',
    mutation(patch, { reinvocationPolicy: undefined }),
    ['spec.reinvocationPolicy: Required value'],
  ],
  [
    'deletions',
    mutation(patch, { matchConstraints: { resourceRules: [{ ...rule, operations: ['DELETE'] }] } }),
    [
      'spec.matchConstraints.resourceRules.operations: Unsupported value: "DELETE": supported values: "*", "CONNECT", "CREATE", "UPDATE"',
    ],
  ],
])('a mutating policy with %s', (_, fields, faults) => {
  expect(createFaults(mutating, fields)).toEqual(faults);
});

it.each([
  ['a policy', { policyName: 'p', validationActions: ['Deny'] }, []],
  [
    'nothing',
    {},
    [
      'spec.policyName: Required value',
      'spec.validationActions: Required value: at least one validation action is required',
    ],
  ],
  [
    'no parameters',
    { policyName: 'p', validationActions: ['Audit'], paramRef: {} },
    [
      'spec.paramRef: Required value: one of name or selector must be specified',
      'spec.paramRef.parameterNotFoundAction: Required value',
    ],
  ],
  [
    'both ways to parameters',
    {
      policyName: 'p',
      validationActions: ['Audit'],
      paramRef: { name: 'a', selector: {}, parameterNotFoundAction: 'Deny' },
    },
    [
      'spec.paramRef.name: Forbidden: name and selector are mutually exclusive',
      'spec.paramRef.selector: Forbidden: name and selector are mutually exclusive',
    ],
  ],
])('a binding with %s', (_, spec, faults) => {
  expect(createFaults(binding, { spec })).toEqual(faults);
});

it('binds mutating policies without actions', () => {
  expect(createFaults(mutatingBinding, { spec: { policyName: 'p' } })).toEqual([]);
});

it('fills what policies match', () => {
  expect(created(validating, policy({}))['spec']).toMatchObject({
    failurePolicy: 'Fail',
    matchConstraints: {
      matchPolicy: 'Equivalent',
      namespaceSelector: {},
      objectSelector: {},
      resourceRules: [{ scope: '*' }],
    },
  });
});

it('checks the status of a policy', () => {
  const status = { typeChecking: { expressionWarnings: [{ warning: '', fieldRef: ' ' }] } };
  expect(updateFaults(validating, policy({}), { ...policy({}), status }, 'status')).toEqual([
    'status.typeChecking.expressionWarnings[0].warning: Required value',
    'status.typeChecking.expressionWarnings[0].fieldRef: Required value',
  ]);
});

it('warns of names that files use', () => {
  const object = objectOf(validating, { metadata: { name: 'a.static.k8s.io' } });
  expect(validating.warningsOnCreate!(object, hookContext)).toHaveLength(1);
});

it('prints parameters', () => {
  const spec = { policyName: 'p', paramRef: { name: 'a' } };
  expect(cellsOf(binding, { spec })).toEqual(['x', 'p', '*/a', '<unknown>']);
  expect(cellsOf(validating, policy({ paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } }))).toEqual([
    'x',
    1,
    'v1/ConfigMap',
    '<unknown>',
  ]);
});
