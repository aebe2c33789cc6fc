// Requests of custom resources that upstream answers otherwise than those of built-in kinds.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, send } from './api.ts';

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const group = 'requests.example.com';
const text = { type: 'string' };

describe('a custom resource', () => {
  let server: TestApiServer;
  const ask = (method: string, path: string, body?: unknown, type = 'application/json'): Promise<Answer> =>
    send(server.url, method, path, {
      ...(body !== undefined && { body }),
      headers: { 'content-type': type },
    });
  const version = (name: string, spec: object, more: object = {}): object => ({
    name,
    served: true,
    storage: name === 'v1',
    schema: {
      openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: spec } } },
    },
    ...more,
  });
  async function define(scope: string, versions: object[], more: object = {}): Promise<Answer['body']> {
    const { status, body } = await ask('POST', definitions, {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `things.${group}` },
      spec: { group, scope, names: { plural: 'things', kind: 'Thing' }, versions, ...more },
    });
    expect(status, body.message).toBe(201);
    return body;
  }
  const thing = (spec: object, more: object = {}, of = 'v1'): object => ({
    apiVersion: `${group}/${of}`,
    kind: 'Thing',
    metadata: { name: 'x', ...more },
    spec,
  });

  beforeEach(async () => {
    server = await startTestApiServer();
  });
  afterEach(() => server.close());

  it('of a namespace is at no path without one, but for lists and watches', async () => {
    await define('Namespaced', [version('v1', {})]);
    const all = `/apis/${group}/v1/things`;
    expect((await ask('GET', all)).status).toBe(200);
    for (const [method, path] of [
      ['POST', all],
      ['DELETE', all],
      ['GET', `${all}/x`],
    ] as const)
      expect((await ask(method, path, method === 'POST' ? thing({}) : undefined)).status).toBe(404);
  });

  it('of the cluster loses the namespace that its body has', async () => {
    await define('Cluster', [version('v1', {})]);
    const { status, body } = await ask('POST', `/apis/${group}/v1/things`, thing({}, { namespace: 'here' }));
    expect(status).toBe(201);
    expect(body.metadata).not.toHaveProperty('namespace');
  });

  it('keeps a null that is applied, for validation to refuse', async () => {
    const inner = { type: 'object', properties: { a: text } };
    await define('Cluster', [version('v1', { strict: inner, loose: { ...inner, nullable: true } })]);
    const apply = (spec: object): Promise<Answer> =>
      ask('PATCH', `/apis/${group}/v1/things/x?fieldManager=m`, thing(spec), 'application/apply-patch+yaml');
    expect((await apply({ strict: { a: '1' }, loose: { a: '1' } })).status).toBe(201);
    expect((await apply({ strict: { a: '1' }, loose: null })).body.spec).toEqual({
      strict: { a: '1' },
      loose: null,
    });
    const refused = await apply({ strict: null });
    expect(refused.status).toBe(422);
    expect(refused.body.message).toContain('spec.strict in body must be of type object: "null"');
  });

  it('has no strategic merge patch, nor has its scale, which other patches change', async () => {
    const scale = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' };
    const subresources = { status: {}, scale };
    await define('Cluster', [version('v1', { replicas: { type: 'integer' } }, { subresources })]);
    const path = `/apis/${group}/v1/things`;
    expect((await ask('POST', path, thing({ replicas: 1 }))).status).toBe(201);
    for (const subresource of ['', '/status', '/scale']) {
      const patch = 'application/strategic-merge-patch+json';
      const { status } = await ask('PATCH', `${path}/x${subresource}`, { spec: { replicas: 2 } }, patch);
      expect(status).toBe(415);
    }
    const merge = 'application/merge-patch+json';
    const scaled = await ask('PATCH', `${path}/x/scale`, { spec: { replicas: 2 } }, merge);
    expect(scaled.body.spec).toEqual({ replicas: 2 });
  });

  it('is stored with the defaults of the version that was written alone', async () => {
    const withDefault = (value: string): object => ({ a: text, from: { ...text, default: value } });
    await define('Cluster', [
      version('v1', { ...withDefault('v1'), first: { ...text, default: 'v1' } }),
      version('v2', { ...withDefault('v2'), first: text }),
    ]);
    const { body } = await ask('POST', `/apis/${group}/v2/things`, thing({ a: '1' }, {}, 'v2'));
    expect(body.spec).toEqual({ a: '1', from: 'v2', first: 'v1' });
    const stored = await server.storage.get(`things.${group}/x`);
    expect(JSON.parse(stored!.value.toString()).spec).toEqual({ a: '1', from: 'v2' });
    for (const name of ['v1', 'v2']) {
      const read = await ask('GET', `/apis/${group}/${name}/things/x`);
      expect(read.body.spec).toEqual({ a: '1', from: 'v2', first: 'v1' });
    }
  });

  it('has the default of its status from birth on, which its rules do not see', async () => {
    const status = { type: 'object', default: { seen: -1 }, properties: { seen: { type: 'integer' } } };
    const more = { subresources: { status: {} } };
    const v1 = version('v1', { a: text }, more) as { schema: { openAPIV3Schema: { properties: object } } };
    Object.assign(v1.schema.openAPIV3Schema.properties, { status });
    Object.assign(v1.schema.openAPIV3Schema, {
      'x-kubernetes-validations': [
        { rule: 'oldSelf.hasValue() || !has(self.status)', optionalOldSelf: true },
      ],
    });
    await define('Cluster', [v1]);
    const path = `/apis/${group}/v1/things`;
    for (const query of ['?dryRun=All', '']) {
      const { status: code, body } = await ask('POST', path + query, { ...thing({}), status: { seen: 1 } });
      expect([code, body.status], body.message).toEqual([201, { seen: -1 }]);
    }
    expect((await ask('GET', `${path}/x`)).body.status).toEqual({ seen: -1 });
    expect((await ask('GET', path)).body.items[0]?.status).toEqual({ seen: -1 });
  });

  it('is not served while the authorities of its webhook are no good', async () => {
    const conversion = (caBundle?: string): object => ({
      strategy: 'Webhook',
      webhook: {
        conversionReviewVersions: ['v1'],
        clientConfig: { url: 'https://127.0.0.1:1/', ...(caBundle && { caBundle }) },
      },
    });
    await define('Cluster', [version('v1', {})], { conversion: conversion('Cg==') });
    const path = `${definitions}/things.${group}`;
    const established = async (): Promise<unknown> => {
      const { status } = (await ask('GET', path)).body as { status: { conditions: { type: string }[] } };
      return status.conditions.find(({ type }) => type === 'Established');
    };
    expect(await established()).toMatchObject({
      status: 'False',
      reason: 'InvalidCABundle',
      message: 'The conversion webhook CABundle is invalid',
    });
    const change = (caBundle: string | null): Promise<Answer> => {
      const clientConfig = { caBundle };
      const patch = { spec: { conversion: { webhook: { clientConfig } } } };
      return ask('PATCH', path, patch, 'application/merge-patch+json');
    };
    expect((await change(null)).status).toBe(200);
    await expect.poll(established).toMatchObject({ status: 'True' });
    const refused = await change('Cg==');
    expect(refused.status).toBe(422);
    expect(refused.body.message).toContain(
      'spec.conversion.webhookClientConfig.caBundle: Invalid value: "Cg==": unable to load root certificates: unable to parse bytes as PEM block',
    );
  });

  it('that breaks a newer rule where it has not changed is warned of', async () => {
    const named = (rule: string): object => ({ ...text, 'x-kubernetes-validations': [{ rule }] });
    await define('Cluster', [version('v1', { a: named('true'), n: { type: 'integer' } })]);
    const things = `/apis/${group}/v1/things`;
    expect((await ask('POST', things, thing({ a: 'x' }))).status).toBe(201);
    await ask(
      'PATCH',
      `${definitions}/things.${group}`,
      { spec: { versions: [version('v1', { a: named('self == "y"'), n: { type: 'integer' } })] } },
      'application/merge-patch+json',
    );
    const answer = await ask('PATCH', `${things}/x`, { spec: { n: 1 } }, 'application/merge-patch+json');
    expect([answer.status, answer.headers['warning']]).toEqual([
      200,
      '299 - "spec.a: Invalid value: \\"x\\": failed rule: self == \\"y\\""',
    ]);
  });
});
