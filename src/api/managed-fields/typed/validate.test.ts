import { expect, it } from 'vitest';
import type { Json } from '../../object.ts';
import { builtInType } from '../schema/built-in-schema.ts';
import { validate } from './validate.ts';

const type = builtInType('core/v1.Pod');
const allowDuplicates = true;
const spec = { containers: [{ name: 'a' }, { name: 'a' }] };
const fitting = { metadata: { name: 'x' }, spec, status: { phase: 'Running' } } as Json;

it('finds what a value has that the fitting one has not', () => {
  expect(() => validate(type, { spec, status: {} }, { allowDuplicates, fitting })).not.toThrow();
  expect(() => validate(type, { spec: { containers: 'x' } }, { allowDuplicates, fitting })).toThrow(
    '.spec.containers: expected list, got &{x}',
  );
  expect(() => validate(type, { spec, status: { phase: 1 } }, { allowDuplicates, fitting })).toThrow(
    '.status.phase: expected string',
  );
  expect(() => validate(type, { spec, other: 1 }, { allowDuplicates, fitting })).toThrow(
    '.other: field not declared in schema',
  );
});

it('looks at what both have only where duplicates are allowed', () => {
  expect(() => validate(type, { spec }, { allowDuplicates: false, fitting })).toThrow('duplicate entries');
});

it.each(['x', [], null])('takes a value of another form for what it is: %j', (value) => {
  const messages = [undefined, fitting].map((other) => {
    try {
      validate(type, value, { allowDuplicates, fitting: other });
      return 'fits';
    } catch (error) {
      return String(error);
    }
  });
  expect(messages[1]).toBe(messages[0]);
});
