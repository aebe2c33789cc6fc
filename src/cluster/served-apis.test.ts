import { expect, it } from 'vitest';
import { OptionError, servedApis } from './served-apis.ts';

it('serves the stable versions without options', async () => {
  const { resources, featureGates } = await servedApis({});
  expect(resources?.every(({ servedByDefault }) => servedByDefault)).toBe(true);
  expect(featureGates?.isEnabled('WatchList')).toBe(true);
});

it('serves what the options say', async () => {
  const options = { runtimeConfig: 'api/beta=true', featureGates: 'AllAlpha=true', legacyApis: true };
  const { resources = [], featureGates } = await servedApis(options);
  const versions = new Set(resources.map(({ group, version }) => `${group}/${version}`));
  expect(versions).toContain('resource.k8s.io/v1beta1');
  expect(versions).toContain('extensions/v1beta1');
  expect(versions).not.toContain('scheduling.k8s.io/v1alpha2');
  expect(featureGates?.isEnabled('HPAScaleToZero')).toBe(true);
});

it.each([
  [{ runtimeConfig: 'nowhere/v1=true' }, 'unknown api groups nowhere/v1'],
  [{ featureGates: 'Nothing=true' }, 'unrecognized feature gate: Nothing'],
])('refuses %j in words for the user', async (options, message) => {
  const error = await servedApis(options).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(OptionError);
  expect(error).toMatchObject({ message, code: 'ERR_OPTION' });
});
