// Whole numbers beyond 2^53: kept exactly, whatever they come in and go out as.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readJson } from '../../src/api/long-integers.ts';
import type { KubeObject } from '../../src/api/object.ts';
import { decodeEnvelope, encodeEnvelope } from '../../src/api/protobuf/envelope.ts';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, send } from './api.ts';

const long = 9007199254740993n;
const revisions = '/apis/apps/v1/namespaces/default/controllerrevisions';
const protobuf = 'application/vnd.kubernetes.protobuf';

describe('long integers', () => {
  let server: TestApiServer;
  beforeAll(async () => {
    server = await startTestApiServer({ disabledAdmission: ['ServiceAccount'] });
  });
  afterAll(() => server.close());

  const ask = (
    method: string,
    path: string,
    body?: string | Buffer,
    type = 'application/json',
    accept = 'application/json',
  ) =>
    send(server.url, method, path, {
      ...(body !== undefined && { body }),
      headers: { 'content-type': type, accept },
    });
  const revisionOf = ({ bytes }: Answer): unknown =>
    (readJson(bytes.toString()) as { revision?: unknown })?.revision;
  const revision = (name: string, number: bigint | string): string =>
    `{"apiVersion":"apps/v1","kind":"ControllerRevision","metadata":{"name":"${name}"},"data":{"count":${number}},"revision":${number}}`;

  it('of JSON', async () => {
    expect(revisionOf(await ask('POST', revisions, revision('json', long)))).toBe(long);
    const read = await ask('GET', `${revisions}/json`);
    expect(read.bytes.toString()).toContain(`"data":{"count":${long}},"revision":${long}`);
    const merge = 'application/merge-patch+json';
    expect(revisionOf(await ask('PATCH', `${revisions}/json`, `{"revision":${long + 2n}}`, merge))).toBe(
      long + 2n,
    );
    const plan = `[{"op":"test","path":"/revision","value":${long + 2n}},{"op":"replace","path":"/revision","value":${long}}]`;
    expect(revisionOf(await ask('PATCH', `${revisions}/json`, plan, 'application/json-patch+json'))).toBe(
      long,
    );
    const strategic = 'application/strategic-merge-patch+json';
    expect(revisionOf(await ask('PATCH', `${revisions}/json`, `{"revision":${long + 4n}}`, strategic))).toBe(
      long + 4n,
    );
  });

  it('of YAML', async () => {
    const text = `apiVersion: apps/v1\nkind: ControllerRevision\nmetadata: {name: yaml}\ndata: {count: ${long}}\nrevision: 0x20000000000001\n`;
    const written = await ask('POST', revisions, text, 'application/yaml', 'application/yaml');
    expect(written.bytes.toString()).toContain(`revision: ${long}`);
    expect(written.bytes.toString()).toContain(`count: ${long}`);
    const applied = `apiVersion: apps/v1\nkind: ControllerRevision\nmetadata: {name: yaml}\nrevision: ${long + 2n}\n`;
    const path = `${revisions}/yaml?fieldManager=m&force=true`;
    const apply = await ask('PATCH', path, applied, 'application/apply-patch+yaml');
    expect(revisionOf(apply)).toBe(long + 2n);
  });

  it('of protobuf', async () => {
    const object = readJson(revision('protobuf', long)) as unknown as KubeObject;
    const written = await ask('POST', revisions, encodeEnvelope(object), protobuf, protobuf);
    expect(decodeEnvelope(written.bytes)).toMatchObject({ revision: long, data: { count: long } });
    expect(revisionOf(await ask('GET', `${revisions}/protobuf`))).toBe(long);
  });

  it('have 64 bits', async () => {
    const refused = async (number: string): Promise<string | undefined> =>
      (await ask('POST', revisions, revision('large', number))).body.message;
    expect(await refused('9223372036854775808')).toBe(
      'ControllerRevision in version "v1" cannot be handled as a ControllerRevision: json: cannot unmarshal number 9223372036854775808 into Go struct field ControllerRevision.revision of type int64',
    );
    expect(await refused('-9223372036854775809')).toContain(
      'number -9223372036854775809 into Go struct field',
    );
    expect(revisionOf(await ask('POST', revisions, revision('largest', 2n ** 63n - 1n)))).toBe(
      2n ** 63n - 1n,
    );
  });

  it('are what errors show', async () => {
    const pod = `{"metadata":{"name":"p"},"spec":{"securityContext":{"runAsUser":${long}},"containers":[{"name":"c","image":"i"}]}}`;
    const { status, body } = await ask('POST', '/api/v1/namespaces/default/pods', pod);
    expect([status, body.message]).toEqual([
      422,
      `Pod "p" is invalid: spec.securityContext.runAsUser: Invalid value: ${long}: must be between 0 and 2147483647, inclusive`,
    ]);
  });

  it('are defaults and bounds of custom resources', async () => {
    const schema = `{"type":"object","properties":{"count":{"type":"integer","format":"int64","default":${long}},"m":{"type":"object","default":{"deep":${long}},"properties":{"deep":{"type":"integer"}}}}}`;
    const definition = `{"metadata":{"name":"longs.example.com"},"spec":{"group":"example.com","scope":"Cluster","names":{"plural":"longs","kind":"Long"},"versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":${schema}}}]}}`;
    const defined = await ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
    expect(defined.bytes.toString()).toContain(`"default":${long}`);
    const path = '/apis/example.com/v1/longs';
    const made = await ask(
      'POST',
      path,
      '{"apiVersion":"example.com/v1","kind":"Long","metadata":{"name":"a"}}',
    );
    expect(made.bytes.toString()).toContain(`"m":{"deep":${long}}`);
    expect(made.bytes.toString()).toContain(`"count":${long}`);
    const yaml = `apiVersion: example.com/v1\nkind: Long\nmetadata: {name: b}\ncount: ${long + 2n}\n`;
    const written = await ask('POST', path, yaml, 'application/yaml', 'application/json');
    expect(written.bytes.toString()).toContain(`"count":${long + 2n}`);
    const document = await ask('GET', '/openapi/v3/apis/example.com/v1');
    expect(document.bytes.toString()).toContain(`"default":${long}`);
    expect((await ask('GET', '/openapi/v2', undefined, 'application/json')).status).toBe(200);
  });
});
