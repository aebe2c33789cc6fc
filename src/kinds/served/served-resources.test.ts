import { describe, expect, it } from 'vitest';
import { everyResource } from '../registry.ts';
import { parseFeatureGates } from './feature-gates.ts';
import { servedResources } from './served-resources.ts';

async function served(runtimeConfig: string, legacyApis = false, featureGates = ''): Promise<string[]> {
  const options = { runtimeConfig, legacyApis, featureGates: parseFeatureGates(featureGates) };
  return (await servedResources(options)).map((d) => `${d.group}/${d.version}/${d.plural}`);
}

function versionsIn(paths: readonly string[], group: string): string[] {
  return [...new Set(paths.filter((p) => p.startsWith(`${group}/`)).map((p) => p.split('/')[1]!))];
}

describe('served resources', () => {
  it('are the stable ones by default', async () => {
    const paths = await served('');
    expect(versionsIn(paths, 'networking.k8s.io')).toEqual(['v1']);
    expect(paths.some((path) => /alpha|beta/.test(path))).toBe(false);
  });

  it('are all with api/all', async () => {
    const gates = [
      'ClusterTrustBundle',
      'GenericWorkload',
      'PodCertificateRequest',
      'StorageVersionMigrator',
    ];
    const all = await served('api/all=true', false, gates.map((gate) => `${gate}=true`).join());
    expect(all).toHaveLength(everyResource().length);
  });

  it('leave out what its gate turns off', async () => {
    const paths = await served('api/beta=true', false, 'PodCertificateRequest=true');
    expect(paths).not.toContain('certificates.k8s.io/v1beta1/clustertrustbundles');
    expect(paths).toContain('certificates.k8s.io/v1beta1/podcertificaterequests');
    expect(paths).toContain('coordination.k8s.io/v1beta1/leasecandidates');
  });

  it('have old versions behind the new ones', async () => {
    const paths = await served('api/beta=true', true);
    expect(versionsIn(paths, 'apps')).toEqual(['v1', 'v1beta2', 'v1beta1']);
    expect(versionsIn(paths, 'autoscaling')).toEqual(['v2', 'v1', 'v2beta1', 'v2beta2']);
    expect(versionsIn(paths, 'networking.k8s.io')).toEqual(['v1', 'v1beta1']);
    expect(versionsIn(paths, 'resource.k8s.io')).toEqual(['v1', 'v1beta2', 'v1beta1']);
    const groups = [...new Set(paths.map((path) => path.split('/')[0]))];
    expect(groups.indexOf('extensions')).toBe(groups.indexOf('networking.k8s.io') + 1);
  });

  it('can be told to leave out old versions', async () => {
    const paths = await served('extensions/v1beta1=false,apps/v1beta1/deployments=false', true);
    expect(versionsIn(paths, 'extensions')).toEqual([]);
    expect(paths).toContain('apps/v1beta1/statefulsets');
    expect(paths).not.toContain('apps/v1beta1/deployments');
  });
});
