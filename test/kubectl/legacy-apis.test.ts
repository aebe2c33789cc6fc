// The YAML of old tutorials, with --legacy-apis and without.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/api/schema/type-table.ts';
import { kubectlSuite } from './session.ts';

const tutorial = join(packageRoot(), 'test', 'fixtures', 'tutorial', 'ingress-legacy.yaml');
const warning =
  'Warning: extensions/v1beta1 Ingress is deprecated in v1.14+, unavailable in v1.22+; use networking.k8s.io/v1 Ingress';

const deployment = `apiVersion: extensions/v1beta1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: nginx}]
`;

kubectlSuite(
  'legacy APIs',
  (kubectl) => {
    it('applies an old ingress, again and changed', async () => {
      const namespace = await kubectl.namespace();
      const apply = (stdin: string) => kubectl.run(['apply', '-n', namespace, '-f', '-'], { stdin });
      const text = readFileSync(tutorial, 'utf8');
      const first = await apply(text);
      expect(first.stdout).toBe('ingress.extensions/nginx-ingress created\n');
      expect(first.stderr).toContain(warning);
      const version = [
        'get',
        'ingress',
        'nginx-ingress',
        '-n',
        namespace,
        '-o',
        'jsonpath={.metadata.resourceVersion}',
      ];
      const before = await kubectl.ok(version);
      // the server has filled in path types, so that kubectl sends the list of rules again; nothing changes by it
      expect((await apply(text)).stdout).toBe('ingress.extensions/nginx-ingress configured\n');
      expect(await kubectl.ok(version)).toBe(before);
      const changed = await apply(text.replaceAll('servicePort: 80', 'servicePort: http'));
      expect(changed.stdout).toBe('ingress.extensions/nginx-ingress configured\n');
      const today = await kubectl.json<{ spec: { defaultBackend: unknown } }>([
        'get',
        'ingress.v1.networking.k8s.io',
        'nginx-ingress',
        '-n',
        namespace,
      ]);
      expect(today.spec.defaultBackend).toEqual({
        service: { name: 'user-service-v1', port: { name: 'http' } },
      });
    });

    it('gets and describes it in both versions', async () => {
      const namespace = await kubectl.namespace();
      await kubectl.ok(['apply', '-n', namespace, '-f', tutorial]);
      const old = await kubectl.json<{ apiVersion: string; spec: { backend: unknown } }>([
        'get',
        'ingresses.v1beta1.extensions',
        'nginx-ingress',
        '-n',
        namespace,
      ]);
      expect(old.apiVersion).toBe('extensions/v1beta1');
      expect(old.spec.backend).toEqual({ serviceName: 'user-service-v1', servicePort: 80 });
      expect(await kubectl.ok(['get', 'ingress', '-n', namespace, '-o', 'name'])).toBe(
        'ingress.networking.k8s.io/nginx-ingress\n',
      );
      for (const resource of [
        'ingress',
        'ingresses.v1beta1.extensions',
        'ingresses.v1beta1.networking.k8s.io',
      ]) {
        const table = await kubectl.ok(['get', resource, '-n', namespace]);
        expect(table).toMatch(/^NAME +CLASS +HOSTS +ADDRESS +PORTS +AGE\nnginx-ingress +<none> +\* +80 /);
        const described = await kubectl.ok(['describe', resource, 'nginx-ingress', '-n', namespace]);
        // kubectl has no description of its own for the group extensions
        expect(described).toMatch(/\/user +user-service-v1:80|Service Name: +user-service-v1/);
      }
    });

    it('runs an old deployment', async () => {
      const namespace = await kubectl.namespace();
      const inNamespace = ['-n', namespace];
      const created = await kubectl.run(['create', ...inNamespace, '-f', '-'], { stdin: deployment });
      expect(created.stdout).toBe('deployment.extensions/web created\n');
      expect(created.stderr).toContain('use apps/v1 Deployment');
      const field = (path: string, version = 'deployments.v1.apps') =>
        kubectl.ok(['get', version, 'web', ...inNamespace, '-o', `jsonpath={${path}}`]);
      expect(await field('.spec.selector.matchLabels')).toBe('{"app":"web"}');
      expect(await field('.spec.strategy.rollingUpdate')).toBe('{"maxSurge":1,"maxUnavailable":1}');
      expect(await field('.spec.revisionHistoryLimit')).toBe('2147483647');
      await kubectl.ok(['scale', 'deployments.v1beta1.extensions/web', ...inNamespace, '--replicas=5']);
      expect(await field('.spec.replicas', 'deployments.v1beta1.apps')).toBe('5');
      const patch = '{"spec":{"paused":true}}';
      await kubectl.ok(['patch', 'deployments.v1beta2.apps', 'web', ...inNamespace, '-p', patch]);
      expect(await field('.spec.paused', 'deployments.v1beta1.extensions')).toBe('true');
      const applied = await kubectl.run(
        ['apply', '--server-side', ...inNamespace, '-f', '-', '--force-conflicts'],
        {
          stdin: deployment,
        },
      );
      expect(applied.stdout).toBe('deployment.extensions/web serverside-applied\n');
      expect(await field('.spec.replicas')).toBe('2');
    });

    it('explains old kinds and deletes by them', async () => {
      const namespace = await kubectl.namespace();
      const explained = await kubectl.ok([
        'explain',
        'ingress.spec.backend',
        '--api-version=extensions/v1beta1',
      ]);
      expect(explained).toMatch(/serviceName\s+<string>/);
      await kubectl.ok(['apply', '-n', namespace, '-f', tutorial]);
      expect(await kubectl.ok(['delete', '-n', namespace, '-f', tutorial])).toContain(
        'ingress.extensions "nginx-ingress" deleted',
      );
      expect(await kubectl.ok(['get', 'ingress', '-n', namespace, '-o', 'name'])).toBe('');
    });

    it('lists the old versions', async () => {
      const versions = (await kubectl.ok(['api-versions'])).trim().split('\n');
      expect(versions).toEqual(
        expect.arrayContaining([
          'apps/v1beta1',
          'apps/v1beta2',
          'autoscaling/v2beta1',
          'autoscaling/v2beta2',
          'batch/v1beta1',
          'extensions/v1beta1',
          'networking.k8s.io/v1beta1',
          'policy/v1beta1',
          'rbac.authorization.k8s.io/v1beta1',
        ]),
      );
    });
  },
  { legacyApis: true },
);

kubectlSuite('legacy APIs that are not served', (kubectl) => {
  it('are refused as a cluster of today refuses them', async () => {
    const namespace = await kubectl.namespace();
    const error = await kubectl.fails(['apply', '-n', namespace, '-f', tutorial]);
    expect(error).toContain('no matches for kind "Ingress" in version "extensions/v1beta1"');
    expect(error).toContain('ensure CRDs are installed first');
  });
});

kubectlSuite(
  'versions of --runtime-config',
  (kubectl) => {
    it('are listed, served with a warning, and stored once', async () => {
      expect(await kubectl.ok(['api-versions'])).toContain('resource.k8s.io/v1beta1\n');
      const stdin = `apiVersion: resource.k8s.io/v1beta1
kind: ResourceClaim
metadata: {name: gpu, namespace: default}
spec: {devices: {requests: [{name: a, deviceClassName: gpu.example.com}]}}
`;
      const { stdout, stderr } = await kubectl.run(['create', '-f', '-'], { stdin });
      expect(stdout).toBe('resourceclaim.resource.k8s.io/gpu created\n');
      expect(stderr).toContain('resource.k8s.io/v1beta1 ResourceClaim is deprecated in v1.35+');
      const request = '{.spec.devices.requests[0]}';
      const get = (version: string) =>
        kubectl.ok(['get', `resourceclaims.${version}.resource.k8s.io`, 'gpu', '-o', `jsonpath=${request}`]);
      expect(JSON.parse(await get('v1'))).toEqual({
        name: 'a',
        exactly: { deviceClassName: 'gpu.example.com', allocationMode: 'ExactCount', count: 1 },
      });
      expect(JSON.parse(await get('v1beta1'))).toEqual({
        name: 'a',
        deviceClassName: 'gpu.example.com',
        allocationMode: 'ExactCount',
        count: 1,
      });
    });
  },
  { runtimeConfig: 'api/all=true' },
);
