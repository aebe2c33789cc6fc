import { describe, expect, it } from 'vitest';
import type { ResourceAttributes } from '#types/authorization.k8s.io_v1';
import { FieldErrors } from '../../kinds/validation/field-errors.ts';
import { checkSelectors, selectorProblems } from './review-selectors.ts';

function faults(asked: ResourceAttributes): string[] {
  const errors = new FieldErrors();
  checkSelectors(errors, asked);
  return errors.list.map(({ field, body }) => `${field}: ${body}`);
}

const at = 'spec.resourceAttributes';
const named = { key: 'a', operator: 'In', values: ['b'] };

describe('selectors of an access review', () => {
  it.each<[string, ResourceAttributes, string[]]>([
    ['none', {}, []],
    ['lists', { fieldSelector: { requirements: [named] }, labelSelector: { requirements: [named] } }, []],
    ['texts', { fieldSelector: { rawSelector: 'a=b' }, labelSelector: { rawSelector: 'a=b' } }, []],
    [
      'nothing in them',
      { fieldSelector: {} },
      [
        `${at}.fieldSelector.requirements: Required value: when ${at}.fieldSelector is specified, requirements or rawSelector is required`,
      ],
    ],
    [
      'both forms',
      { labelSelector: { rawSelector: 'a=b', requirements: [named] } },
      [
        `${at}.labelSelector.rawSelector: Invalid value: "a=b": may not specified at the same time as requirements`,
      ],
    ],
    [
      'a field without a name, a list without values',
      { fieldSelector: { requirements: [{ key: '', operator: 'In' }] } },
      [
        `${at}.fieldSelector.requirements[0].key: Required value: must be specified`,
        `${at}.fieldSelector.requirements[0].values: Required value: must be specified when \`operator\` is 'In' or 'NotIn'`,
      ],
    ],
    [
      'an operator that is not known yet',
      { labelSelector: { requirements: [{ key: 'a', operator: 'X' }] } },
      [],
    ],
  ])('with %s', (_title, asked, want) => {
    expect(faults(asked)).toEqual(want);
  });

  it.each<[ResourceAttributes, string]>([
    [{ fieldSelector: { requirements: [named] }, labelSelector: { rawSelector: 'a in (b)' } }, ''],
    [{ labelSelector: { rawSelector: '*' } }, `${at}.labelSelector ignored due to parse error`],
    [
      { fieldSelector: { requirements: [named, { key: 'a', operator: 'Exists' }] } },
      `${at}.fieldSelector partially ignored due to parse error`,
    ],
    [
      {
        fieldSelector: { requirements: [{ key: 'a', operator: 'In', values: ['b', 'c'] }] },
        labelSelector: { requirements: [{ key: 'a', operator: 'X' }] },
      },
      `${at}.fieldSelector ignored due to parse error; ${at}.labelSelector ignored due to parse error`,
    ],
  ])('that no authorizer sees: %j', (asked, want) => {
    expect(selectorProblems(asked)).toBe(want);
  });
});
