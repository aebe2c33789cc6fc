// Definitions in groups and under names of built-in kinds: these keep what is theirs.
// Upstream: TestCRD/CRDBuiltinOverlapPrecence in test/integration/apiserver/discovery and
// test/integration/etcd/crd_overlap_storage_test.go of kubernetes/kubernetes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, send } from './api.ts';

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

interface Group {
  versions: { version: string }[];
  preferredVersion: { version: string };
}

describe('definitions that overlap with built-in kinds', () => {
  let server: TestApiServer;
  const ask = (method: string, path: string, body?: unknown): Promise<Answer> =>
    send(server.url, method, path, {
      ...(body !== undefined && { body }),
      headers: { 'content-type': 'application/json' },
    });
  const ok = async (answered: Promise<Answer>): Promise<Answer['body']> => {
    const { status, body } = await answered;
    expect(status, body?.message).toBeLessThan(300);
    return body;
  };
  const define = (group: string, plural: string, kind: string, versions: string[]): Promise<Answer['body']> =>
    ok(
      ask('POST', definitions, {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: {
          name: `${plural}.${group}`,
          annotations: { 'api-approved.kubernetes.io': 'unapproved, testing only' },
        },
        spec: {
          group,
          scope: 'Cluster',
          names: { plural, kind },
          versions: versions.map((name, i) => ({
            name,
            served: true,
            storage: i === 0,
            schema: { openAPIV3Schema: { type: 'object' } },
          })),
        },
      }),
    );
  const withdrawn = async (name: string): Promise<void> => {
    await ok(ask('DELETE', `${definitions}/${name}`));
    await expect.poll(async () => (await ask('GET', `${definitions}/${name}`)).status).toBe(404);
  };

  beforeAll(async () => {
    server = await startTestApiServer();
  });
  afterAll(() => server.close());

  it('serves only versions that are no built-in ones', async () => {
    const group = 'apiextensions.k8s.io';
    const openApi = '/openapi/v3/apis/apiextensions.k8s.io/v1';
    const before = (await ok(ask('GET', openApi))) as unknown as { paths: object };
    await define(group, 'bars', 'Bar', ['v1', 'v2', 'vfake']);
    const { status } = await ok(ask('GET', `${definitions}/bars.${group}`));
    const { conditions } = status as unknown as { conditions: { type: string; status: string }[] };
    expect(conditions.map(({ type, status: is }) => `${type}=${is}`).sort()).toEqual([
      'Established=True',
      'KubernetesAPIApprovalPolicyConformant=False',
      'NamesAccepted=True',
    ]);
    expect((await ask('GET', `/apis/${group}/v1/bars`)).status).toBe(404);
    const bar = (version: string): object => ({
      apiVersion: `${group}/${version}`,
      kind: 'Bar',
      metadata: { name: 'a' },
    });
    await ok(ask('POST', `/apis/${group}/vfake/bars`, bar('vfake')));
    expect((await ok(ask('GET', `/apis/${group}/v2/bars/a`)))['apiVersion']).toBe(`${group}/v2`);
    // 100 is the rank of every version of custom resources, 15 that of v1 here
    const found = (await ok(ask('GET', `/apis/${group}`))) as unknown as Group;
    expect(found.versions.map(({ version }) => version)).toEqual(['v2', 'vfake', 'v1']);
    expect(found.preferredVersion.version).toBe('v2');
    const { resources } = (await ok(ask('GET', `/apis/${group}/v1`))) as unknown as {
      resources: { name: string }[];
    };
    expect(resources.map(({ name }) => name)).toEqual([
      'customresourcedefinitions',
      'customresourcedefinitions/status',
    ]);
    const after = (await ok(ask('GET', openApi))) as unknown as { paths: object };
    expect(Object.keys(after.paths)).toEqual(Object.keys(before.paths));
    await withdrawn(`bars.${group}`);
    const left = (await ok(ask('GET', `/apis/${group}`))) as unknown as Group;
    expect(left.versions.map(({ version }) => version)).toEqual(['v1']);
  });

  it('is established and serves nothing where all its versions are built-in ones', async () => {
    const services = '/apis/apiregistration.k8s.io/v1/apiservices';
    const names = async (): Promise<unknown[]> =>
      (await ok(ask('GET', services))).items.map(({ metadata }) => metadata.name);
    const before = await names();
    await define('apiregistration.k8s.io', 'apiservices', 'CustomAPIService', ['v1']);
    const { kind } = (await ok(ask('GET', services))) as unknown as { kind: string };
    expect(kind).toBe('APIServiceList');
    expect(await names()).toEqual(before);
    await withdrawn('apiservices.apiregistration.k8s.io');
    expect(await names()).toEqual(before);
  });

  it('keeps objects of a custom resource that is called as a built-in one apart', async () => {
    const group = 'networking.k8s.io';
    await define(group, 'ingressclasses', 'IngressClass', ['v9']);
    const of = (version: string): string => `/apis/${group}/${version}/ingressclasses`;
    const named = (version: string, name: string): object => ({
      apiVersion: `${group}/${version}`,
      kind: 'IngressClass',
      metadata: { name },
    });
    const spec = { controller: 'example.com/c' };
    await ok(ask('POST', of('v1'), { ...named('v1', 'built-in'), spec }));
    await ok(ask('POST', of('v9'), named('v9', 'custom')));
    const names = async (version: string): Promise<unknown[]> =>
      (await ok(ask('GET', of(version)))).items.map(({ metadata }) => metadata.name);
    expect(await names('v1')).toEqual(['built-in']);
    expect(await names('v9')).toEqual(['custom']);
    await withdrawn(`ingressclasses.${group}`);
    expect((await ask('GET', of('v9'))).status).toBe(404);
    expect(await names('v1')).toEqual(['built-in']);
  });
});
