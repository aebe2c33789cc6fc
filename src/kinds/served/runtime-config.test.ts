import { describe, expect, it } from 'vitest';
import { everyResource, type ResourceDefinition } from '../registry.ts';
import { parseRuntimeConfig } from './runtime-config.ts';

function find(path: string): ResourceDefinition {
  const found = everyResource().find(
    ({ group, version, plural }) => `${group}/${version}/${plural}` === path,
  );
  if (!found) throw new Error(`no resource ${path}`);
  return found;
}

const deployments = find('apps/v1/deployments');
const pods = find('/v1/pods');
const claims = find('resource.k8s.io/v1beta1/resourceclaims');
const slices = find('resource.k8s.io/v1beta1/resourceslices');
const versions = find('internal.apiserver.k8s.io/v1alpha1/storageversions');

function served(text: string): boolean[] {
  return [deployments, pods, claims, slices, versions].map(parseRuntimeConfig(text));
}

describe('runtime-config', () => {
  it.each([
    ['', [true, true, false, false, false]],
    ['api/all=true', [true, true, true, true, true]],
    ['api/beta=true', [true, true, true, true, false]],
    ['api/alpha=true', [true, true, false, false, true]],
    ['api/ga=false', [false, false, false, false, false]],
    ['api/all=false,/v1=true', [false, true, false, false, false]],
    ['api/all=true,api/beta=false', [true, true, false, false, true]],
    ['resource.k8s.io/v1beta1=true', [true, true, true, true, false]],
    ['resource.k8s.io/v1beta1', [true, true, true, true, false]],
    ['resource.k8s.io/v1beta1=T', [true, true, true, true, false]],
    ['resource.k8s.io/v1beta1/resourceclaims=true', [true, true, true, false, false]],
    [
      'resource.k8s.io/v1beta1=true,resource.k8s.io/v1beta1/resourceclaims=false',
      [true, true, false, true, false],
    ],
    ['apps/v1/deployments=false', [false, true, false, false, false]],
    ['api/beta=true, resource.k8s.io/v1beta1 = false ', [true, true, false, false, false]],
    ['api/v1', [true, true, false, false, false]],
    ['api/v1=false', [true, false, false, false, false]],
    ['v1=false', [true, false, false, false, false]],
    ['v1/pods=false', [true, false, false, false, false]],
    ['api/legacy=false', [true, true, false, false, false]],
    ['batch/v1beta1=true', [true, true, false, false, false]],
  ])('%s', (text, expected) => {
    expect(served(text)).toEqual(expected);
  });

  it.each([
    ['api/all=false', 'invalid runtime-config with only api/all=false'],
    ['api/all=yes', 'invalid value api/all=yes'],
    ['api/beta', 'invalid value api/beta='],
    ['v2=true', 'runtime-config invalid key v2'],
    ['a/b/c/d=true', 'runtime-config invalid key a/b/c/d'],
    ['example.com/v1=true,apps/v1=true,api/v2=true', 'unknown api groups api/v2,example.com/v1'],
    ['apps/v7=true', 'group version apps/v7 that has not been registered'],
    ['autoscaling/v2beta1=true', 'group version autoscaling/v2beta1 that has not been registered'],
    ['/v2=true', 'group version v2 that has not been registered'],
    [
      'apps/v1=maybe',
      'invalid value of apps/v1: maybe, err: strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
    [
      'apps/v1/Deployments=true',
      'invalid key apps/v1/Deployments: group/version/resource and resource is always lowercase plural, not "Deployments"',
    ],
  ])('refuses %s', (text, message) => {
    expect(() => parseRuntimeConfig(text)).toThrow(new Error(message));
  });

  it('takes forgotten versions where old ones are served', () => {
    expect(parseRuntimeConfig('autoscaling/v2beta1=false', true)(deployments)).toBe(true);
  });
});
