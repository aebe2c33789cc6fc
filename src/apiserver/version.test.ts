import { expect, it } from 'vitest';
import { reportedVersion } from './version.ts';

it.each(['v1.36.3', '1.36.3', 'v1.36.3-custom', 'v1.36.3+kubeskiff-custom', 'v1.36.3-alpha.1+abc'])(
  'may be reported as %s',
  (text) => {
    expect(reportedVersion(text)).toBe(text);
  },
);

it.each([
  ['v1.36.4', 'version "v1.36.4" must match major/minor/patch of default version "v1.36.3+kubeskiff"'],
  ['v1.36', 'could not parse "v1.36" as version'],
])('may not be reported as %s', (text, message) => {
  expect(() => reportedVersion(text)).toThrow(new Error(message));
});
