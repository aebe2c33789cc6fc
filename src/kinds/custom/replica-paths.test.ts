import { expect, it } from 'vitest';
import { fieldErrorText } from '../../api/field-error.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { missingScale, validateScale } from './replica-paths.ts';

const scale = {
  specReplicasPath: '.spec.replicas',
  statusReplicasPath: '.status.replicas',
  labelSelectorPath: '.status.selector',
};

it.each<[string, object, string | undefined]>([
  ['has one', { spec: { replicas: 1 } }, undefined],
  ['never had its replicas set', { spec: {} }, 'the spec replicas field ".spec.replicas" does not exist'],
  ['has no spec', {}, 'the spec replicas field ".spec.replicas" does not exist'],
  [
    'has text for a number',
    { spec: { replicas: 'x' } },
    '.spec.replicas accessor error: x is of the type string, expected int64',
  ],
  [
    'has a fraction',
    { spec: { replicas: 1.5 } },
    '.spec.replicas accessor error: 1.5 is of the type float64, expected int64',
  ],
  [
    'has a list for an object',
    { spec: [1] },
    '.spec.replicas accessor error: [1] is of the type []interface {}, expected map[string]interface{}',
  ],
  [
    'has a number for a selector',
    { spec: { replicas: 1 }, status: { selector: 5 } },
    '.status.selector accessor error: 5 is of the type int64, expected string',
  ],
])('an object that %s', (_, object, message) => {
  expect(missingScale(object, scale)).toBe(message);
});

it.each<[string, object, boolean, string[]]>([
  ['nothing set', {}, false, []],
  [
    'negative',
    { spec: { replicas: -1 } },
    false,
    ['.spec.replicas: Invalid value: -1: should be a non-negative integer'],
  ],
  [
    'beyond 32 bits',
    { status: { replicas: 2 ** 31 } },
    false,
    ['.status.replicas: Invalid value: 2147483648: should be less than or equal to 2147483647'],
  ],
  ['a write of the status does not look at the spec', { spec: { replicas: -1 } }, true, []],
  [
    'null',
    { spec: { replicas: null } },
    false,
    [
      '.spec.replicas: Invalid value: 0: .spec.replicas accessor error: <nil> is of the type <nil>, expected int64',
    ],
  ],
])('%s', (_, object, statusOnly, texts) => {
  const errors = new FieldErrors();
  validateScale(errors, object, scale, statusOnly);
  expect(errors.list.map(fieldErrorText)).toEqual(texts);
});
