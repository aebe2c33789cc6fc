// How the labels of a namespace are read.
import { expect, it } from 'vitest';
import { fieldErrorText } from '../../../api/field-error.ts';
import { levelText, policyOfLabels } from './levels.ts';

function read(labels: Record<string, string>): { enforce: string; warn: string; errors: string[] } {
  const prefixed = Object.entries(labels).map(([name, value]) => [
    `pod-security.kubernetes.io/${name}`,
    value,
  ]);
  const { enforce, warn, errors } = policyOfLabels(Object.fromEntries(prefixed));
  return { enforce: levelText(enforce), warn: levelText(warn), errors: errors.map(fieldErrorText) };
}

it('is privileged where nothing is said', () => {
  const nothing = { enforce: 'privileged:latest', warn: 'privileged:latest', errors: [] };
  expect(read({})).toEqual(nothing);
  expect(policyOfLabels(undefined)).toMatchObject({ errors: [] });
  expect(read({ audit: 'restricted', 'audit-version': 'v1.20' })).toEqual(nothing);
});

it('warns of what is enforced unless it is told otherwise', () => {
  expect(read({ enforce: 'baseline', 'enforce-version': 'v1.30' }).warn).toBe('baseline:v1.30');
  expect(read({ enforce: 'baseline', 'enforce-version': 'v1.30', 'warn-version': 'latest' }).warn).toBe(
    'baseline:latest',
  );
  expect(read({ enforce: 'baseline', warn: 'privileged' }).warn).toBe('privileged:latest');
  expect(read({ enforce: 'privileged', 'enforce-version': 'v1.3' }).warn).toBe('privileged:latest');
});

it('enforces all and warns of nothing where a level is wrong', () => {
  const level = (label: string, value: string): string =>
    `metadata.labels[pod-security.kubernetes.io/${label}]: Invalid value: "${value}": must be one of privileged, baseline, restricted`;
  const version = (label: string, value: string): string =>
    `metadata.labels[pod-security.kubernetes.io/${label}]: Invalid value: "${value}": must be "latest" or "v1.x"`;
  expect(read({ warn: 'none', enforce: 'all', audit: '', 'enforce-version': '1.30' })).toEqual({
    enforce: 'restricted:latest',
    warn: 'privileged:latest',
    errors: [
      level('enforce', 'all'),
      version('enforce-version', '1.30'),
      level('audit', ''),
      level('warn', 'none'),
    ],
  });
  for (const text of ['v1.01', 'v2.0', 'v1.9223372036854775808', 'v1.', 'V1.2'])
    expect(read({ 'warn-version': text }).errors).toEqual([version('warn-version', text)]);
  expect(read({ enforce: 'baseline', 'enforce-version': 'v1.9223372036854775807' })).toMatchObject({
    enforce: 'baseline:v1.9223372036854775807',
    errors: [],
  });
});
