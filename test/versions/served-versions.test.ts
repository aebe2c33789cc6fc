// Every version that is not served by default, served: discovery, OpenAPI, create, read, list, table, patch, delete.
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/api/clock.ts';
import { apiVersionOf } from '../../src/api/object.ts';
import { createAuthority } from '../../src/cluster/pki.ts';
import { legacyResources } from '../../src/kinds/legacy/legacy-resources.ts';
import { everyResource, type ResourceDefinition } from '../../src/kinds/registry.ts';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { send, Watch } from '../apiserver/api.ts';
import { sampleNames, samples } from './samples.ts';

const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const definitions = [
  ...everyResource().filter(({ servedByDefault }) => !servedByDefault),
  ...legacyResources(),
];

let server: TestApiServer;

beforeAll(async () => {
  const gates = ['ClusterTrustBundle', 'GenericWorkload', 'PodCertificateRequest', 'StorageVersionMigrator'];
  const featureGates = gates.map((gate) => `${gate}=true`).join();
  server = await startTestApiServer({ runtimeConfig: 'api/all=true', legacyApis: true, featureGates });
});

afterAll(async () => {
  await server.close();
});

function pathOf({ group, version, plural, namespaced }: ResourceDefinition): string {
  return `/apis/${group}/${version}/${namespaced ? 'namespaces/default/' : ''}${plural}`;
}

async function sampleOf({ group, version, kind }: ResourceDefinition): Promise<object> {
  const key = `${group}/${version}/${kind}`;
  if (kind !== 'ClusterTrustBundle')
    return { ...samples[key]!, metadata: { name: sampleNames[kind] ?? 'sample' } };
  const { certificate } = await createAuthority('test', systemClock);
  expect(new X509Certificate(certificate).ca).toBe(true);
  return { metadata: { name: 'sample' }, spec: { trustBundle: certificate } };
}

describe.each(definitions.map((d) => [d.typeRef, d] as const))('%s', (_name, definition) => {
  it('is served', async () => {
    const { group, version, kind, plural, deprecated } = definition;
    const apiVersion = apiVersionOf(group, version);
    const path = pathOf(definition);
    const body = await sampleOf(definition);
    const created = await send(server.url, 'POST', `${path}?fieldValidation=Strict`, { body });
    expect([created.status, created.body.message]).toEqual([201, undefined]);
    expect(created.body).toMatchObject({ apiVersion, kind });
    const warnings = String(created.headers['warning'] ?? '');
    if (deprecated) expect(warnings).toContain(`${apiVersion} ${kind} is deprecated in v${deprecated}+`);
    else expect(warnings).not.toContain('deprecated');
    const own = `${path}/${created.body.metadata.name}`;
    const read = await send(server.url, 'GET', own);
    expect(read.body).toEqual(created.body);
    const list = await send(server.url, 'GET', path);
    expect(list.body).toMatchObject({ apiVersion, kind: definition.listKind });
    expect(list.body.items.map(({ metadata }) => metadata.name)).toContain(created.body.metadata.name);
    const rows = await send(server.url, 'GET', path, { headers: { accept: table } });
    expect(rows.body.kind).toBe('Table');
    const protobuf = await send(server.url, 'GET', own, {
      headers: { accept: 'application/vnd.kubernetes.protobuf' },
    });
    const put = await send(server.url, 'PUT', own, {
      body: protobuf.bytes,
      headers: { 'content-type': 'application/vnd.kubernetes.protobuf' },
    });
    expect([put.status, put.body.metadata.resourceVersion]).toEqual([
      200,
      created.body.metadata.resourceVersion,
    ]);
    const patched = await send(server.url, 'PATCH', own, {
      body: { metadata: { labels: { a: 'b' } } },
      headers: { 'content-type': 'application/merge-patch+json' },
    });
    expect(patched.body.metadata['labels']).toMatchObject({ a: 'b' });
    const others = [...everyResource(), ...legacyResources()].filter(
      (d) => d.storage && d.plural === plural && d.storage.group === definition.storage?.group,
    );
    for (const other of others) {
      const same = await send(server.url, 'GET', `${pathOf(other)}/${created.body.metadata.name}`);
      expect(same.body).toMatchObject({
        apiVersion: apiVersionOf(other.group, other.version),
        metadata: { uid: created.body.metadata.uid, labels: { a: 'b' } },
      });
    }
    const deleted = await send(server.url, 'DELETE', own);
    expect(deleted.status).toBe(200);
  });

  it('is in discovery and OpenAPI', async () => {
    const { group, version, plural } = definition;
    const { body } = await send(server.url, 'GET', `/apis/${group}/${version}`);
    const names = (body['resources'] as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([plural, ...definition.subresources.map(({ name }) => `${plural}/${name}`)]),
    );
    const { body: document } = await send(server.url, 'GET', `/openapi/v3/apis/${group}/${version}`);
    const paths = Object.keys(document['paths'] as object);
    expect(paths.some((path) => path.endsWith(`/${plural}/{name}`))).toBe(true);
  });
});

describe('a server of today', () => {
  it('has APIServices and gates for them', async () => {
    const { body } = await send(
      server.url,
      'GET',
      '/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.extensions',
    );
    expect(body.spec).toMatchObject({ group: 'extensions', version: 'v1beta1', groupPriorityMinimum: 17150 });
    const metrics = await send(server.url, 'GET', '/metrics');
    const text = metrics.bytes.toString('utf8');
    expect(text).toContain('kubernetes_feature_enabled{name="WatchList",stage="BETA"} 1\n');
    expect(text).toContain('kubernetes_feature_enabled{name="MutatingAdmissionPolicy",stage=""} 1\n');
  });
});

describe('an old version', () => {
  const today = '/apis/apps/v1/namespaces/default/deployments';
  const old = '/apis/extensions/v1beta1/namespaces/default/deployments';
  const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };

  it('is watched', async () => {
    const watch = await Watch.open(server.url, `${old}?watch=true&fieldSelector=metadata.name%3Dwatched`);
    const body = {
      metadata: { name: 'watched', annotations: { 'deprecated.deployment.rollback.to': '2' } },
      spec: { selector: { matchLabels: { app: 'a' } }, template },
    };
    expect((await send(server.url, 'POST', today, { body })).status).toBe(201);
    expect(await watch.next()).toMatchObject({
      type: 'ADDED',
      object: { apiVersion: 'extensions/v1beta1', spec: { rollbackTo: { revision: 2 } } },
    });
    watch.close();
  });

  it('has its status and its scale', async () => {
    const body = { metadata: { name: 'counted' }, spec: { template } };
    const created = await send(server.url, 'POST', old, { body });
    const status = { ...created.body, status: { replicas: 3, observedGeneration: 1 } };
    const put = await send(server.url, 'PUT', `${old}/counted/status`, { body: status });
    expect(put.body).toMatchObject({ apiVersion: 'extensions/v1beta1', status: { replicas: 3 } });
    const scale = await send(server.url, 'GET', `${old}/counted/scale`);
    expect(scale.body).toMatchObject({
      kind: 'Scale',
      apiVersion: 'extensions/v1beta1',
      spec: { replicas: 1 },
      status: { replicas: 3, selector: { app: 'a' }, targetSelector: 'app=a' },
    });
    const scaled = await send(server.url, 'PATCH', `${old}/counted/scale`, {
      body: { spec: { replicas: 5 } },
      headers: { 'content-type': 'application/merge-patch+json' },
    });
    expect(scaled.body.spec).toEqual({ replicas: 5 });
    expect((await send(server.url, 'GET', `${today}/counted/scale`)).body).toMatchObject({
      apiVersion: 'autoscaling/v1',
      spec: { replicas: 5 },
      status: { selector: 'app=a' },
    });
  });

  it('is rolled back by an annotation', async () => {
    await send(server.url, 'POST', old, { body: { metadata: { name: 'back' }, spec: { template } } });
    const ask = (body: object) => send(server.url, 'POST', `${old}/back/rollback`, { body });
    const answer = await ask({ name: 'back', rollbackTo: { revision: 3 }, updatedAnnotations: { a: 'b' } });
    expect(answer.body).toMatchObject({
      kind: 'Status',
      status: 'Success',
      message: 'rollback request for deployment "back" succeeded',
      code: 200,
    });
    const { body } = await send(server.url, 'GET', `${today}/back`);
    expect(body.metadata.annotations).toEqual({ a: 'b', 'deprecated.deployment.rollback.to': '3' });
    const refused = await ask({ name: 'other', rollbackTo: {} });
    expect(refused.body.message).toBe('name in URL does not match name in DeploymentRollback object');
    const negative = await ask({ rollbackTo: { revision: -1 } });
    expect([negative.status, negative.body.message]).toEqual([
      422,
      'DeploymentRollback.apps "" is invalid: [name: Required value: name is required, rollback.version: Invalid value: -1: must be greater than or equal to 0]',
    ]);
    const gone = await send(server.url, 'POST', `${today}/back/rollback`, { body: { name: 'back' } });
    expect(gone.status).toBe(404);
  });
});

describe('a version that is turned off', () => {
  it('is not there for clients, and works inside', async () => {
    const config = 'rbac.authorization.k8s.io/v1=false,scheduling.k8s.io/v1=false,/v1/limitranges=false';
    await using other = await startTestApiServer({ runtimeConfig: config });
    const roles = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
    expect((await send(other.url, 'GET', roles)).status).toBe(404);
    expect((await send(other.url, 'GET', '/api/v1/limitranges')).status).toBe(404);
    const { body } = await send(other.url, 'GET', '/apis');
    const groups = (body['groups'] as { name: string }[]).map(({ name }) => name);
    expect(groups).toContain('apps');
    expect(groups).not.toContain('rbac.authorization.k8s.io');
    const metadata = { name: 'default', namespace: 'default' };
    await send(other.url, 'POST', '/api/v1/namespaces/default/serviceaccounts', { body: { metadata } });
    const pod = {
      metadata: { name: 'p' },
      spec: { priorityClassName: 'system-node-critical', containers: [{ name: 'c', image: 'i' }] },
    };
    const created = await send(other.url, 'POST', '/api/v1/namespaces/default/pods', { body: pod });
    expect(created.body.spec).toMatchObject({ priority: 2000001000 });
    // a role of the bootstrap allows it
    expect((await send(other.url, 'GET', '/version', { token: 'nobody-token' })).status).toBe(200);
  });
});
