import { expect, it } from 'vitest';
import { managerName } from './manager-name.ts';

it.each([
  ['m', 'kubectl/v1', 'm'],
  ['', 'kubectl/v1.36 (linux/amd64)', 'kubectl'],
  [undefined, 'Go-http-client/1.1', 'Go-http-client'],
  ['', 'a\u0000b\tc/1', 'abc'],
  ['', '/x', ''],
  ['', undefined, ''],
  ['', 'ü'.repeat(100), 'ü'.repeat(64)],
])('%j and %j make %j', (option, agent, name) => {
  expect(managerName(option, agent)).toBe(name);
});
