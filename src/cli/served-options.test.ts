import { expect, it } from 'vitest';
import { ignoredFlags } from './kube-apiserver-flags.ts';
import { parseOptions } from './options.ts';
import { servedOptions, servedSettings } from './served-options.ts';

function settings(...args: readonly string[]) {
  return servedSettings(parseOptions('kubeskiff', args, [{ title: 'API', options: servedOptions }]));
}

it('are off by default', () => {
  expect(settings()).toEqual({ runtimeConfig: '', featureGates: '', legacyApis: false });
});

it('may be given several times', () => {
  expect(
    settings(
      '--runtime-config=api/beta=true',
      '--runtime-config',
      'apps/v1=false,batch/v1=false',
      '--legacy-apis',
    ),
  ).toEqual({
    runtimeConfig: 'api/beta=true,apps/v1=false,batch/v1=false',
    featureGates: '',
    legacyApis: true,
  });
  expect(settings('--feature-gates=A=true', '--feature-gates=B=false').featureGates).toBe('A=true,B=false');
});

it('are no more without effect in kube-apiserver', () => {
  const names: readonly string[] = servedOptions.map(({ name }) => name);
  expect(ignoredFlags.filter((flag) => names.includes(flag))).toEqual([]);
});
