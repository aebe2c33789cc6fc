import { expect, it } from 'vitest';
import { cellsOf, created, createFaults, updated, updateFaults } from '../kind-faults.ts';
import { mutatingWebhookConfiguration as mutating } from './mutating-webhook-configuration.ts';
import { validatingWebhookConfiguration as validating } from './validating-webhook-configuration.ts';

const base = {
  name: 'a.example.com',
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
  clientConfig: { service: { namespace: 'n', name: 's' } },
};
const hook = (fields: object) => ({ webhooks: [{ ...base, ...fields }] });
const rule = (fields: object) =>
  hook({ rules: [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'], ...fields }] });
const form = '; desired format: https://host[/path]';

it.each([
  ['a good hook', hook({}), []],
  [
    'a short name',
    hook({ name: 'a.b' }),
    [
      'webhooks[0].name: Invalid value: "a.b": should be a domain with at least three segments separated by dots',
    ],
  ],
  [
    'no word on side effects',
    hook({ sideEffects: null }),
    ['webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun'],
  ],
  [
    'side effects',
    hook({ sideEffects: 'Some' }),
    ['webhooks[0].sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"'],
  ],
  [
    'a long timeout',
    hook({ timeoutSeconds: 31 }),
    ['webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds'],
  ],
  [
    'no known version',
    hook({ admissionReviewVersions: ['v9'] }),
    ['webhooks[0].admissionReviewVersions: Invalid value: ["v9"]: must include at least one of v1, v1beta1'],
  ],
  [
    'no client',
    hook({ clientConfig: {} }),
    ['webhooks[0].clientConfig: Required value: exactly one of url or service is required'],
  ],
  [
    'a plain URL',
    hook({ clientConfig: { url: 'http://u@h?q#f' } }),
    [
      `webhooks[0].clientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme${form}`,
      'webhooks[0].clientConfig.url: Invalid value: "u": user information is not permitted in the URL',
      'webhooks[0].clientConfig.url: Invalid value: "f": fragments are not permitted in the URL',
      'webhooks[0].clientConfig.url: Invalid value: "q": query parameters are not permitted in the URL',
    ],
  ],
  [
    'an empty step in a path',
    hook({ clientConfig: { service: { namespace: 'n', name: 's', path: '/a//b' } } }),
    ['webhooks[0].clientConfig.service.path: Invalid value: "/a//b": segment[1] may not be empty'],
  ],
  [
    'a star among groups',
    rule({ apiGroups: ['*', 'apps'] }),
    [
      `webhooks[0].rules[0].apiGroups: Invalid value: ["*","apps"]: if '*' is present, must not specify other API groups`,
    ],
  ],
  [
    'a subresource of all',
    rule({ resources: ['pods/*', 'pods/log'] }),
    [
      'webhooks[0].rules[0].resources[1]: Invalid value: "pods/log": if \'pods/*\' is present, must not specify pods/log',
    ],
  ],
  [
    'a condition twice',
    hook({
      matchConditions: [
        { name: 'a', expression: 'true' },
        { name: 'a', expression: ' ' },
      ],
    }),
    [
      'webhooks[0].matchConditions[1].expression: Required value',
      'webhooks[0].matchConditions[1].name: Duplicate value: "a"',
    ],
  ],
])('create with %s', (_, fields, faults) => {
  expect(createFaults(validating, fields)).toEqual(faults);
  expect(createFaults(mutating, fields)).toEqual(faults);
});

it('fills hooks, and only mutating ones with a reinvocation policy', () => {
  const filled = {
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    timeoutSeconds: 10,
  };
  expect(created(validating, rule({}))['webhooks']).toMatchObject([{ ...filled, rules: [{ scope: '*' }] }]);
  expect(created(mutating, hook({}))['webhooks']).toMatchObject([{ ...filled, reinvocationPolicy: 'Never' }]);
  expect(created(validating, hook({}))).not.toHaveProperty('webhooks.0.reinvocationPolicy');
});

it('refuses a name twice, unless it was there twice', () => {
  const twice = { webhooks: [base, base] };
  expect(createFaults(validating, twice)).toEqual(['webhooks[1].name: Duplicate value: "a.example.com"']);
  expect(updateFaults(validating, twice, twice)).toEqual([]);
});

it('raises the generation with the hooks', () => {
  expect(updated(validating, hook({}), hook({})).object.metadata.generation).toBe(1);
  expect(updated(validating, hook({}), {}).object.metadata.generation).toBe(2);
  expect(cellsOf(validating, hook({}))).toEqual(['x', 1, '<unknown>']);
});
