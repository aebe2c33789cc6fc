import { beforeAll, describe, expect, it } from 'vitest';
import { createFaults, updateFaults } from '../kind-faults.ts';
import { loadExpressions } from './expressions/lazy-expressions.ts';
import { mutatingAdmissionPolicy as mutating } from './mutating-admission-policy.ts';
import { validatingAdmissionPolicy as validating } from './validating-admission-policy.ts';
import { validatingWebhookConfiguration as webhooks } from './validating-webhook-configuration.ts';

const rule = { operations: ['CREATE'], apiGroups: ['a'], apiVersions: ['v1'], resources: ['rs'] };
const matchConstraints = { resourceRules: [rule] };
const paramKind = { apiVersion: 'v1', kind: 'ConfigMap' };
const policy = (fields: object) => ({
  metadata: { name: 'p.example.com' },
  spec: { matchConstraints, validations: [{ expression: 'true' }], ...fields },
});
const validation = (fields: object, more: object = {}) => policy({ validations: [fields], ...more });
const issue = (column: number, text: string, source: string, shown = source): string =>
  `Invalid value: ${JSON.stringify(shown)}: compilation failed: ERROR: <input>:1:${column}: ${text}\n | ${source}\n | ${'.'.repeat(column - 1)}^`;

beforeAll(async () => {
  await loadExpressions();
});

describe('expressions of validating policies', () => {
  it.each([
    ['object', validation({ expression: 'object.spec.replicas > 1 && !has(oldObject.spec)' }), []],
    [
      'a request',
      validation({ expression: "request.namespace == 'a' && request.userInfo.groups.size() > 0" }),
      [],
    ],
    ['a namespace', validation({ expression: "namespaceObject.metadata.labels['a'] == 'b'" }), []],
    ['parameters', validation({ expression: 'params.data.a == object.a' }, { paramKind }), []],
    [
      'the authorizer',
      validation({
        expression:
          "authorizer.group('').resource('pods').namespace('a').check('create').allowed() && authorizer.requestResource.check('x').reason() == ''",
      }),
      [],
    ],
    [
      'no parameters',
      validation({ expression: 'params.x' }),
      [
        `spec.validations[0].expression: ${issue(1, "undeclared reference to 'params' (in container '')", 'params.x')}`,
      ],
    ],
    [
      'the object of a request',
      validation({ expression: 'request.object.x' }),
      [`spec.validations[0].expression: ${issue(8, "undefined field 'object'", 'request.object.x')}`],
    ],
    [
      'no bool',
      validation({ expression: '1' }),
      ['spec.validations[0].expression: Invalid value: "1": must evaluate to bool but got int'],
    ],
    [
      'no bool, but a time',
      validation({ expression: "timestamp('2000-01-01T00:00:00Z')" }),
      [
        'spec.validations[0].expression: Invalid value: "timestamp(\'2000-01-01T00:00:00Z\')": must evaluate to bool but got google.protobuf.Timestamp',
      ],
    ],
    [
      'no text for a message',
      validation({ expression: 'true', messageExpression: 'true' }),
      ['spec.validations[0].messageExpression: Invalid value: "true": must evaluate to string but got bool'],
    ],
    [
      'the authorizer in a message',
      validation({ expression: 'true', messageExpression: 'string(authorizer == null)' }),
      [
        `spec.validations[0].messageExpression: ${issue(8, "undeclared reference to 'authorizer' (in container '')", 'string(authorizer == null)')}`,
      ],
    ],
    [
      'no text for an annotation',
      policy({ auditAnnotations: [{ key: 'k', valueExpression: ' 1' }] }),
      [
        'spec.auditAnnotations[0].valueExpression: Invalid value: " 1": must evaluate to one of [string null_type] but got int',
      ],
    ],
    [
      'variables of variables',
      validation(
        { expression: 'variables.b' },
        {
          variables: [
            { name: 'a', expression: '1' },
            { name: 'b', expression: 'variables.a == 1' },
          ],
        },
      ),
      [],
    ],
    [
      'a variable of another type',
      validation({ expression: "variables.a == 'x'" }, { variables: [{ name: 'a', expression: '1' }] }),
      [
        `spec.validations[0].expression: ${issue(13, "found no matching overload for '_==_' applied to '(int, string)'", "variables.a == 'x'")}`,
      ],
    ],
    [
      'a variable that comes later',
      validation({ expression: 'true' }, { variables: [{ name: 'a', expression: 'variables.b' }] }),
      [`spec.variables[0].expression: ${issue(10, "undefined field 'b'", 'variables.b')}`],
    ],
    [
      'variables where there are none',
      validation({ expression: 'variables.a' }),
      [
        `spec.validations[0].expression: ${issue(1, "undeclared reference to 'variables' (in container '')", 'variables.a')}`,
      ],
    ],
    [
      'variables in a match condition',
      policy({
        variables: [{ name: 'a', expression: 'true' }],
        matchConditions: [{ name: 'm', expression: 'variables.a' }],
      }),
      [
        `spec.matchConditions[0].expression: ${issue(1, "undeclared reference to 'variables' (in container '')", 'variables.a')}`,
      ],
    ],
    [
      'mutations',
      validation({ expression: 'Object{} == Object{}' }),
      [
        `spec.validations[0].expression: ${issue(7, "undeclared reference to 'Object' (in container '')", 'Object{} == Object{}')}\nERROR: <input>:1:19: undeclared reference to 'Object' (in container '')\n | Object{} == Object{}\n | ..................^`,
      ],
    ],
  ])('%s', (_, fields, faults) => {
    expect(createFaults(validating, fields)).toEqual(faults);
  });

  it('keeps match conditions that did not change', () => {
    const bad = policy({ matchConditions: [{ name: 'm', expression: 'x' }] });
    expect(updateFaults(validating, bad, bad)).toEqual([]);
    expect(updateFaults(validating, policy({}), bad)).toHaveLength(1);
  });
});

describe('expressions of mutating policies', () => {
  const mutation = (expression: string, patchType = 'ApplyConfiguration') => ({
    spec: {
      matchConstraints,
      reinvocationPolicy: 'Never',
      mutations: [
        { patchType, [patchType === 'JSONPatch' ? 'jsonPatch' : 'applyConfiguration']: { expression } },
      ],
    },
  });
  const faults = (...args: Parameters<typeof mutation>) => createFaults(mutating, mutation(...args));

  it.each([
    'Object{}',
    'Object{metadata: Object.metadata{labels: {"a": "b"}}}',
    "Object{spec: Object.spec{containers: [Object.spec.containers{name: 'a'}]}}",
    'has(object.x) ? Object{spec: Object.spec{?replicas: object.?spec.?replicas}} : Object{}',
  ])('%s is an apply configuration', (expression) => {
    expect(faults(expression)).toEqual([]);
  });

  it.each([
    '[JSONPatch{op: "add", path: "/metadata/labels/" + jsonpatch.escapeKey("a/b"), value: "c"}]',
    '[JSONPatch{op: "test", path: "/spec/replicas", value: 1}, JSONPatch{op: "remove", path: "/a"}]',
    '[JSONPatch{op: "add", path: "/spec", value: Object.spec{replicas: 1}}]',
  ])('%s is a JSON patch', (expression) => {
    expect(faults(expression, 'JSONPatch')).toEqual([]);
  });

  it('refuses what is neither', () => {
    expect(faults('Object.spec{}')).toEqual([
      'spec.mutations[0].applyConfiguration.expression: Invalid value: "Object.spec{}": must evaluate to Object but got Object.spec',
    ]);
    expect(faults('[]', 'JSONPatch')).toEqual([
      'spec.mutations[0].jsonPatch.expression: Invalid value: "[]": must evaluate to list(JSONPatch) but got list(dyn)',
    ]);
    expect(faults('[JSONPatch{op: 1}]', 'JSONPatch')).toEqual([
      `spec.mutations[0].jsonPatch.expression: ${issue(14, "expected type of field 'op' is 'string' but provided type is 'int'", '[JSONPatch{op: 1}]')}`,
    ]);
  });
});

it('compiles the match conditions of webhooks', () => {
  const hook = (expression: string) => ({
    webhooks: [
      {
        name: 'a.example.com',
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        clientConfig: { service: { namespace: 'n', name: 's' } },
        matchConditions: [{ name: 'm', expression }],
      },
    ],
  });
  expect(createFaults(webhooks, hook("authorizer.path('/x').check('get').allowed()"))).toEqual([]);
  expect(createFaults(webhooks, hook(' params.x'))).toEqual([
    `webhooks[0].matchConditions[0].expression: ${issue(1, "undeclared reference to 'params' (in container '')", 'params.x')}`,
  ]);
});
