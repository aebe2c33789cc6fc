import { expect, it } from 'vitest';
import { shown } from './journey.ts';

it('knows a random name that looks like a placeholder of a recording', () => {
  expect(shown('user-v1-6d8f7c9b5d-xbp69 1/1 Running 0 5s')).toBe('user-v1-<hash>-<pod> 1/1 Running 0 <age>');
});
