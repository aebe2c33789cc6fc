// Admission webhooks: who is called with what, and what an answer does.
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/api/clock.ts';
import { createAuthority, issueCertificate } from '../../src/cluster/pki.ts';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, send } from './api.ts';

const group = '/apis/admissionregistration.k8s.io/v1';
const maps = '/api/v1/namespaces/default/configmaps';

interface Shown {
  uid: string;
  operation: string;
  name?: string;
  dryRun: boolean;
  object: { metadata: { labels?: Record<string, string> }; data?: Record<string, string> } | null;
  oldObject: object | null;
  [field: string]: unknown;
}

type Respond = (request: Shown) => object;

const allow: Respond = () => ({ allowed: true });
const patch =
  (...operations: object[]): Respond =>
  () => ({
    allowed: true,
    patchType: 'JSONPatch',
    patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
  });

describe('admission webhooks', () => {
  let server: TestApiServer;
  let listener: Server;
  let caBundle: string;
  let made: string[] = [];
  const responses = new Map<string, Respond>();
  const silent = new Set<string>();
  const asked: { hook: string; url: string; request: Shown }[] = [];

  const ask = (method: string, path: string, body?: unknown, type = 'application/json'): Promise<Answer> =>
    send(server.url, method, path, {
      ...(body !== undefined && { body }),
      headers: { 'content-type': type },
    });
  const ok = async (answered: Promise<Answer>): Promise<Answer['body']> => {
    const { status, body } = await answered;
    expect(status, body?.message).toBeLessThan(300);
    return body;
  };
  const create = (name: string, data: object = {}, labels: object = {}, query = ''): Promise<Answer> =>
    ask('POST', `${maps}${query}`, { metadata: { name, labels }, data });

  async function configure(
    kind: 'Mutating' | 'Validating',
    hook: string,
    respond: Respond,
    more: object = {},
  ) {
    responses.set(hook, respond);
    const { port } = listener.address() as AddressInfo;
    const plural = `${kind.toLowerCase()}webhookconfigurations`;
    made.push(`${group}/${plural}/${hook}`);
    return ask('POST', `${group}/${plural}`, {
      metadata: { name: hook },
      webhooks: [
        {
          name: `${hook}.example.com`,
          clientConfig: { url: `https://127.0.0.1:${port}/${hook}`, caBundle },
          rules: [
            {
              operations: ['CREATE', 'UPDATE', 'DELETE'],
              apiGroups: [''],
              apiVersions: ['v1'],
              resources: ['configmaps'],
            },
          ],
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
          ...more,
        },
      ],
    });
  }

  beforeAll(async () => {
    const authority = await createAuthority('hooks', systemClock);
    const pair = await issueCertificate(
      authority,
      { commonName: 'hook' },
      { server: ['127.0.0.1'] },
      systemClock,
    );
    caBundle = Buffer.from(authority.certificate).toString('base64');
    listener = createServer({ cert: pair.certificate, key: pair.key }, (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const review = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { request: Shown };
        const { url = '' } = request;
        const hook = /^\/([^?]+)/.exec(url)![1]!;
        asked.push({ hook, url, request: review.request });
        if (silent.has(hook)) return;
        const answer = { uid: review.request.uid, ...responses.get(hook)!(review.request) };
        response.setHeader('content-type', 'application/json');
        response.end(
          JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: answer }),
        );
      });
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    server = await startTestApiServer({ disabledAdmission: ['ServiceAccount'] });
  });
  afterEach(async () => {
    for (const path of made) await ask('DELETE', path);
    made = [];
    asked.length = 0;
  });
  afterAll(async () => {
    await server.close();
    listener.closeAllConnections();
    await new Promise((resolve) => listener.close(resolve));
  });

  it('refuse by what a validating webhook says, for create, update and delete', async () => {
    await ok(create('kept', { a: '1' }));
    await ok(
      configure('Validating', 'refusing', ({ operation }) => ({
        allowed: false,
        status: { code: 403, reason: 'Forbidden', message: `no ${operation}` },
      })),
    );
    const merge = ask('PATCH', `${maps}/kept`, { data: { a: '2' } }, 'application/merge-patch+json');
    for (const [answer, operation] of [
      [create('new'), 'CREATE'],
      [merge, 'UPDATE'],
      [ask('DELETE', `${maps}/kept`), 'DELETE'],
    ] as const) {
      const { status, body } = await answer;
      expect([status, body.reason, body.message]).toEqual([
        403,
        'Forbidden',
        `admission webhook "refusing.example.com" denied the request: no ${operation}`,
      ]);
    }
    expect((await ok(ask('GET', `${maps}/kept`)))['data']).toEqual({ a: '1' });
    const update = asked.find(({ request }) => request.operation === 'UPDATE')!.request;
    expect(update).toMatchObject({
      kind: { group: '', version: 'v1', kind: 'ConfigMap' },
      resource: { group: '', version: 'v1', resource: 'configmaps' },
      name: 'kept',
      namespace: 'default',
      dryRun: false,
      userInfo: { username: 'admin' },
      object: { data: { a: '2' } },
      oldObject: { data: { a: '1' } },
      options: { kind: 'UpdateOptions', apiVersion: 'meta.k8s.io/v1' },
    });
  });

  it('change objects by patches, and the steps of the server look at the result', async () => {
    await ok(configure('Mutating', 'first', patch({ op: 'add', path: '/data', value: { first: 'yes' } })));
    await ok(configure('Mutating', 'second', patch({ op: 'add', path: '/data/second', value: 'yes' })));
    expect((await ok(create('patched')))['data']).toEqual({ first: 'yes', second: 'yes' });
    expect(asked.map(({ hook }) => hook)).toEqual(['first', 'second']);
    expect(asked[1]!.request.object?.data).toEqual({ first: 'yes' });
  });

  it('are called again when others changed the object after them, if they want it', async () => {
    await ok(configure('Mutating', 'again', allow, { reinvocationPolicy: 'IfNeeded' }));
    await ok(
      configure('Mutating', 'changing', patch({ op: 'add', path: '/data', value: { changed: 'yes' } })),
    );
    await ok(create('twice'));
    expect(asked.map(({ hook }) => hook)).toEqual(['again', 'changing', 'again']);
    expect(asked[2]!.request.object?.data).toEqual({ changed: 'yes' });
  });

  it('see only what their rules, selectors and conditions name', async () => {
    const selectors = {
      objectSelector: { matchLabels: { shown: 'yes' } },
      namespaceSelector: {
        matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['default'] }],
      },
      matchConditions: [
        {
          name: 'big',
          expression: 'has(object.data) && size(object.data) > 1 && request.userInfo.username == "admin"',
        },
      ],
    };
    await ok(configure('Validating', 'choosy', allow, selectors));
    const data = { a: '1', b: '2' };
    await ok(create('hidden', data));
    await ok(create('small', { a: '1' }, { shown: 'yes' }));
    await ok(
      ask('POST', '/api/v1/namespaces/kube-system/configmaps', {
        metadata: { name: 'x', labels: { shown: 'yes' } },
        data,
      }),
    );
    await ok(
      ask('POST', '/api/v1/namespaces/default/secrets', {
        metadata: { name: 'x', labels: { shown: 'yes' } },
      }),
    );
    expect(asked).toEqual([]);
    await ok(create('shown', data, { shown: 'yes' }, '?fieldManager=me&fieldValidation=Strict'));
    expect(asked.map(({ request }) => request.name)).toEqual(['shown']);
    expect(asked[0]!.request['options']).toEqual({
      kind: 'CreateOptions',
      apiVersion: 'meta.k8s.io/v1',
      fieldManager: 'me',
      fieldValidation: 'Strict',
    });
  });

  it('fail closed or open as their policy says', async () => {
    const nowhere = { clientConfig: { url: 'https://127.0.0.1:1/x', caBundle } };
    await ok(configure('Validating', 'closed', allow, nowhere));
    const closed = await create('closed');
    expect([closed.status, closed.body.message]).toEqual([
      500,
      'Internal error occurred: failed calling webhook "closed.example.com": failed to call webhook: Post "https://127.0.0.1:1/x?timeout=10s": dial tcp 127.0.0.1:1: connect: connection refused',
    ]);
    await ok(ask('DELETE', made.pop()!));
    await ok(configure('Validating', 'open', allow, { ...nowhere, failurePolicy: 'Ignore' }));
    await ok(create('open'));
  });

  it('are asked in dry runs only where they have no side effects, and can warn', async () => {
    await ok(configure('Validating', 'warns', () => ({ allowed: true, warnings: ['mind the gap'] })));
    const answer = await create('dry', {}, {}, '?dryRun=All');
    expect([answer.status, answer.headers['warning']]).toEqual([201, '299 - "mind the gap"']);
    expect(asked[0]!.request.dryRun).toBe(true);
    const unknown = await configure('Validating', 'effects', allow, { sideEffects: 'Some' });
    expect(unknown.status).toBe(422);
  });

  it('are asked about deletions too, where there is nothing to change', async () => {
    await ok(create('first', { a: '1' }));
    await ok(create('second', {}, { of: 'collection' }));
    await ok(configure('Mutating', 'asked', allow));
    await ok(ask('DELETE', `${maps}/first?propagationPolicy=Background&gracePeriodSeconds=0`));
    await ok(ask('DELETE', `${maps}?labelSelector=of%3Dcollection`));
    expect(asked.map(({ request }) => [request.operation, request.name, request.object])).toEqual([
      ['DELETE', 'first', null],
      ['DELETE', undefined, null],
    ]);
    expect(asked[0]!.request).toMatchObject({
      oldObject: { data: { a: '1' } },
      options: { kind: 'DeleteOptions', propagationPolicy: 'Background', gracePeriodSeconds: 0 },
    });
    responses.set('asked', patch({ op: 'add', path: '/data', value: {} }));
    await ok(create('third'));
    const { status, body } = await ask('DELETE', `${maps}/third`);
    expect([status, body.message]).toEqual([
      500,
      'Internal error occurred: admission webhook "asked.example.com" attempted to modify the object, which is not supported for this operation',
    ]);
  });

  it('see the bodies of subresources and the options of connections as what they are', async () => {
    const spec = { containers: [{ name: 'c', image: 'i' }] };
    const pods = '/api/v1/namespaces/default/pods';
    await ok(ask('POST', `${pods}`, { metadata: { name: 'p' }, spec }));
    made.push(`${pods}/p`);
    const rules = [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] }];
    await ok(configure('Mutating', 'seeing', allow, { rules }));
    await ok(
      configure(
        'Validating',
        'judging',
        ({ operation }) => ({ allowed: operation !== 'CONNECT', status: { message: 'no' } }),
        { rules },
      ),
    );
    const kinds = (): unknown[] =>
      asked
        .splice(0)
        .map(({ hook, request }) => [
          hook,
          request.operation,
          (request['kind'] as { kind: string }).kind,
          request['subResource'],
        ]);
    const attach = await ask('POST', `${pods}/p/attach?stdin=true&container=c`);
    expect([attach.status, attach.body.message]).toEqual([
      400,
      'admission webhook "judging.example.com" denied the request: no',
    ]);
    expect(asked[0]!.request).toMatchObject({
      object: { kind: 'PodAttachOptions', apiVersion: 'v1', stdin: true, container: 'c' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      options: null,
    });
    expect(kinds()).toEqual([
      ['seeing', 'CONNECT', 'PodAttachOptions', 'attach'],
      ['judging', 'CONNECT', 'PodAttachOptions', 'attach'],
    ]);
    const binding = { metadata: { name: 'p' }, target: { kind: 'Node', name: 'n' } };
    await ok(ask('POST', `${pods}/p/binding`, binding));
    expect(kinds()).toEqual([
      ['seeing', 'CREATE', 'Binding', 'binding'],
      ['judging', 'CREATE', 'Binding', 'binding'],
    ]);
    await ok(ask('POST', `${pods}/p/eviction?dryRun=All`, { metadata: { name: 'p' } }));
    expect(kinds()).toEqual([
      ['seeing', 'CREATE', 'Eviction', 'eviction'],
      ['judging', 'CREATE', 'Eviction', 'eviction'],
    ]);
    const sets = '/apis/apps/v1/namespaces/default/replicasets';
    const labels = { a: 'b' };
    const template = { metadata: { labels }, spec };
    await ok(
      ask('POST', sets, { metadata: { name: 's' }, spec: { selector: { matchLabels: labels }, template } }),
    );
    made.push(`${sets}/s`);
    asked.length = 0;
    responses.set('seeing', patch({ op: 'replace', path: '/spec/replicas', value: 3 }));
    const scaled = await ok(
      ask('PATCH', `${sets}/s/scale`, { spec: { replicas: 2 } }, 'application/merge-patch+json'),
    );
    expect(scaled.spec).toEqual({ replicas: 3 });
    expect(asked[1]!.request).toMatchObject({
      object: { kind: 'Scale', spec: { replicas: 3 } },
      oldObject: { kind: 'Scale', spec: { replicas: 1 } },
    });
    expect(kinds()).toEqual([
      ['seeing', 'UPDATE', 'Scale', 'scale'],
      ['judging', 'UPDATE', 'Scale', 'scale'],
    ]);
    responses.set('seeing', allow);
  });

  it('ask the authorizer in their conditions', async () => {
    const condition = (verb: string) => ({
      matchConditions: [
        { name: 'may', expression: `authorizer.requestResource.check('${verb}').allowed()` },
        { name: 'not', expression: "!authorizer.serviceAccount('a', 'b').path('/x').check('get').allowed()" },
      ],
    });
    await ok(configure('Validating', 'may', allow, condition('create')));
    await ok(create('asked'));
    expect(asked).toHaveLength(1);
    await ok(
      configure('Validating', 'fails', allow, {
        matchConditions: [{ name: 'm', expression: 'object.x == 1' }],
      }),
    );
    const { status, body } = await create('failed');
    expect([status, body.message]).toEqual([
      403,
      'configmaps "failed" is forbidden: expression \'object.x == 1\' resulted in error: no such key: x',
    ]);
    const refused = await configure('Validating', 'wrong', allow, {
      matchConditions: [{ name: 'm', expression: 'object.' }],
    });
    expect(refused.body.message).toContain('compilation failed: ERROR: <input>:1:8: Syntax error:');
  });

  it('see namespaces in themselves, bindings as bindings, and reviews, which they may refuse', async () => {
    const rule = (apiGroup: string, ...resources: string[]): object => ({
      operations: ['*'],
      apiGroups: [apiGroup],
      apiVersions: ['*'],
      resources,
    });
    const rules = [
      rule('', 'namespaces', 'bindings', 'pods/binding'),
      rule('authentication.k8s.io', '*'),
      rule('authorization.k8s.io', '*'),
    ];
    const spec = { containers: [{ name: 'c', image: 'i' }] };
    await ok(ask('POST', '/api/v1/namespaces/default/pods', { metadata: { name: 'bound' }, spec }));
    made.push('/api/v1/namespaces/default/pods/bound?gracePeriodSeconds=0');
    await ok(configure('Mutating', 'first', allow, { rules }));
    await ok(configure('Validating', 'then', allow, { rules }));
    const seen = (): unknown[] =>
      asked.splice(0).map(({ hook, request: { kind, resource, subResource, namespace, name } }) => {
        const { kind: shown } = kind as { kind: string };
        const { resource: plural } = resource as { resource: string };
        return [hook, shown, [plural, subResource ?? '', namespace ?? '', name ?? ''].join('/')];
      });
    const both = (kind: string, rest: string): unknown => ['first', 'then'].map((hook) => [hook, kind, rest]);
    await ok(ask('POST', '/api/v1/namespaces', { metadata: { name: 'inside' } }));
    made.push('/api/v1/namespaces/inside');
    expect(seen()).toEqual(both('Namespace', 'namespaces//inside/inside'));
    const binding = { metadata: { name: 'bound' }, target: { kind: 'Node', name: 'n' } };
    await ok(ask('POST', '/api/v1/namespaces/default/bindings', binding));
    expect(seen()).toEqual(both('Binding', 'bindings//default/bound'));
    const may = { resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'default' } };
    const reviews: readonly (readonly [string, string, object])[] = [
      ['authentication.k8s.io/v1/tokenreviews', 'TokenReview', { spec: { token: 't' } }],
      ['authentication.k8s.io/v1/selfsubjectreviews', 'SelfSubjectReview', {}],
      ['authorization.k8s.io/v1/selfsubjectaccessreviews', 'SelfSubjectAccessReview', { spec: may }],
      [
        'authorization.k8s.io/v1/subjectaccessreviews',
        'SubjectAccessReview',
        { spec: { user: 'u', ...may } },
      ],
      [
        'authorization.k8s.io/v1/selfsubjectrulesreviews',
        'SelfSubjectRulesReview',
        { spec: { namespace: 'default' } },
      ],
      [
        'authorization.k8s.io/v1/namespaces/default/localsubjectaccessreviews',
        'LocalSubjectAccessReview',
        { spec: { user: 'u', ...may } },
      ],
    ];
    for (const [path, kind, review] of reviews) {
      await ok(ask('POST', `/apis/${path}`, review));
      const namespace = path.includes('namespaces') ? 'default' : '';
      expect(seen()).toEqual(both(kind, `${path.split('/').at(-1)}//${namespace}/`));
    }
    responses.set('then', () => ({ allowed: false, status: { message: 'not now' } }));
    for (const [path, , review] of reviews)
      expect((await ask('POST', `/apis/${path}`, review)).body.message).toBe(
        'admission webhook "then.example.com" denied the request: not now',
      );
  });

  it('have no more time than the request, whose end no failure policy helps', async () => {
    const more = { timeoutSeconds: 20, failurePolicy: 'Ignore' };
    await ok(configure('Mutating', 'first', allow, more));
    await ok(configure('Validating', 'then', allow, { timeoutSeconds: 3 }));
    await ok(create('quick', {}, {}, '?timeout=5s'));
    expect(asked.map(({ url }) => url)).toEqual(['/first?timeout=5s', '/then?timeout=3s']);
    silent.add('first');
    const { status, headers, body } = await create('slow', {}, {}, '?timeout=50ms');
    silent.clear();
    expect(status).toBe(504);
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(body).toEqual({
      metadata: {},
      status: 'Failure',
      message: 'Timeout: request did not complete within the allotted timeout',
      reason: 'Timeout',
      details: {},
      code: 504,
    });
  });

  it('see the OPTIONS of a proxy', async () => {
    const rules = [{ operations: ['CONNECT'], apiGroups: [''], apiVersions: ['v1'], resources: ['*/proxy'] }];
    await ok(configure('Validating', 'proxied', allow, { rules }));
    await ok(ask('POST', '/api/v1/nodes', { metadata: { name: 'there' } }));
    made.push('/api/v1/nodes/there');
    await ask('OPTIONS', '/api/v1/nodes/there/proxy');
    expect(asked.map(({ request }) => request.operation)).toEqual(['CONNECT']);
    expect((await ask('PUT', '/api/v1/namespaces/default/pods/p/exec')).status).toBe(405);
  });

  it('that leave unreadable managed fields change nothing of them', async () => {
    const fields = ['apiVersion', 'fieldsV1', 'fieldsType'].map((field) => ({
      op: 'remove',
      path: `/metadata/managedFields/0/${field}`,
    }));
    await ok(configure('Mutating', 'spoiling', patch(...fields, { op: 'add', path: '/data/b', value: '2' })));
    const { headers, body } = await create('spoiled', { a: '1' });
    expect(headers['warning']).toBe(
      '299 - ".metadata.managedFields was in an invalid state after admission; this could be caused by an outdated mutating admission controller; please fix your requests: apiVersion must not be empty"',
    );
    expect(body['data']).toEqual({ a: '1', b: '2' });
    expect(body.metadata['managedFields']).toEqual([
      expect.objectContaining({ apiVersion: 'v1', fieldsType: 'FieldsV1', operation: 'Update' }),
    ]);
  });
});
