// What a write of a status may change of metadata, and own.
import { expect, it } from 'vitest';
import { startTestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, send } from './api.ts';

const policies = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

const policy = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name: 'p' },
  spec: {
    matchConstraints: {
      resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }],
    },
    validations: [{ expression: 'true' }],
  },
};

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.status.example.com' },
  spec: {
    group: 'status.example.com',
    scope: 'Cluster',
    names: { plural: 'things', kind: 'Thing' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
};

it('a status write labels a definition, and no policy', async () => {
  await using server = await startTestApiServer();
  const ask = (method: string, path: string, body: object): Promise<Answer> => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    return send(server.url, method, path, { body, headers: { 'content-type': type } });
  };
  const labels = { a: 'b' };
  expect((await ask('POST', policies, policy)).status).toBe(201);
  const kept = await ask('PATCH', `${policies}/p/status`, { metadata: { labels } });
  expect([kept.status, kept.body.metadata['labels']]).toEqual([200, undefined]);
  expect((await ask('POST', definitions, definition)).status).toBe(201);
  const path = `${definitions}/things.status.example.com/status?fieldManager=m`;
  const { metadata } = (await ask('PATCH', path, { metadata: { labels } })).body;
  expect(metadata['labels']).toEqual(labels);
  const entries = metadata['managedFields'] as { manager: string; fieldsV1: object }[];
  expect(entries.find(({ manager }) => manager === 'm')?.fieldsV1).toEqual({
    'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } },
  });
});
