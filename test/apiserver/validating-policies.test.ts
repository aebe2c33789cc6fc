// ValidatingAdmissionPolicies: which requests they judge, with which parameters, and what becomes of a denial.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, send } from './api.ts';

const group = '/apis/admissionregistration.k8s.io/v1';
const maps = '/api/v1/namespaces/default/configmaps';
const rule = {
  operations: ['CREATE', 'UPDATE', 'DELETE'],
  apiGroups: [''],
  apiVersions: ['v1'],
  resources: ['configmaps'],
};

describe('validating admission policies', () => {
  let server: TestApiServer;
  let made: string[] = [];

  const ask = (method: string, path: string, body?: unknown, headers: object = {}): Promise<Answer> =>
    send(server.url, method, path, {
      ...(body !== undefined && { body }),
      headers: { 'content-type': 'application/json', ...headers },
    });
  const ok = async (answered: Promise<Answer>): Promise<Answer['body']> => {
    const { status, body } = await answered;
    expect(status, body?.message).toBeLessThan(300);
    return body;
  };
  async function make(path: string, name: string, body: object): Promise<void> {
    await ok(ask('POST', path, { metadata: { name }, ...body }));
    made.unshift(`${path}/${name}`);
  }
  const policy = (name: string, spec: object): Promise<void> =>
    make(`${group}/validatingadmissionpolicies`, name, {
      spec: { matchConstraints: { resourceRules: [rule] }, validations: [{ expression: 'true' }], ...spec },
    });
  const bind = (name: string, spec: object = {}): Promise<void> =>
    make(`${group}/validatingadmissionpolicybindings`, `${name}-binding`, {
      spec: { policyName: name, validationActions: ['Deny'], ...spec },
    });
  const create = (name: string, more: object = {}, path = maps): Promise<Answer> =>
    ask('POST', `${path}?dryRun=All`, { metadata: { name }, ...more });
  /** The text behind `is forbidden: `, undefined where the request went through. */
  const denial = async (answered: Promise<Answer>): Promise<string | undefined> => {
    const { status, body } = await answered;
    return status < 300 ? undefined : body.message?.replace(/^.*? is forbidden: /, '');
  };
  const refused = (why: string, name = 'p'): string =>
    `ValidatingAdmissionPolicy '${name}' with binding '${name}-binding' denied request: ${why}`;

  beforeAll(async () => {
    server = await startTestApiServer();
  });
  afterEach(async () => {
    for (const path of made) await ask('DELETE', path);
    made = [];
  });
  afterAll(async () => {
    await server.close();
  });

  it('judge nothing unbound, and at once when bound', async () => {
    await policy('p', { validations: [{ expression: "object.data.a == 'b'", message: ' no b ' }] });
    expect(await denial(create('x'))).toBeUndefined();
    await bind('p');
    const { status, body } = await create('x', { data: { a: 'c' } });
    expect(status).toBe(422);
    expect(body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: `configmaps "x" is forbidden: ${refused('no b')}`,
      reason: 'Invalid',
      details: { name: 'x', kind: 'configmaps', causes: [{ message: refused('no b') }] },
      code: 422,
    });
    expect(await denial(create('x', { data: { a: 'b' } }))).toBeUndefined();
  });

  it.each([
    [{ expression: 'false' }, 422, 'Invalid', 'failed expression: false'],
    [{ expression: 'false', reason: 'Forbidden', message: 'm' }, 403, 'Forbidden', 'm'],
    [
      { expression: 'false', reason: 'RequestEntityTooLarge' },
      413,
      'RequestEntityTooLarge',
      'failed expression: false',
    ],
    [
      { expression: 'false', messageExpression: "'it is ' + object.metadata.name", message: 'm' },
      422,
      'Invalid',
      'it is x',
    ],
    [{ expression: 'false', messageExpression: "object.none + ''", message: 'm' }, 422, 'Invalid', 'm'],
    [{ expression: 'false', messageExpression: "'a\\nb'", message: 'm' }, 422, 'Invalid', 'm'],
    [
      { expression: 'object.none == 1' },
      422,
      'Invalid',
      "expression 'object.none == 1' resulted in error: no such key: none",
    ],
  ])('deny with %j', async (validation, code, reason, message) => {
    await policy('p', { validations: [validation] });
    await bind('p');
    const { status, body } = await create('x');
    expect([status, body.reason, body.message]).toEqual([
      code,
      reason,
      `configmaps "x" is forbidden: ${refused(message)}`,
    ]);
  });

  it.each([
    ["request.operation == 'CREATE' && request.dryRun && request.name == 'x'"],
    [
      "request.kind.kind == 'ConfigMap' && request.resource.resource == 'configmaps' && request.namespace == 'default'",
    ],
    ["object.kind == 'ConfigMap' && object.apiVersion == 'v1' && oldObject == null"],
    ["namespaceObject.metadata.name == 'default' && namespaceObject.status.phase == 'Active'"],
    ["namespaceObject.metadata.labels['kubernetes.io/metadata.name'] == 'default'"],
    ["request.userInfo.groups.exists(g, g == 'system:masters')"],
    ["request.options.kind == 'CreateOptions' && request.options.dryRun == ['All']"],
    ["authorizer.group('').resource('configmaps').namespace('default').check('create').allowed()"],
    [
      "authorizer.requestResource.check('delete').allowed() && authorizer.path('/healthz').check('get').allowed()",
    ],
    [
      "!authorizer.serviceAccount('default', 'default').group('').resource('pods').subresource('log').name('x').check('get').allowed()",
    ],
    ["authorizer.group('').resource('pods').fieldSelector('a=b').labelSelector('c').check('list').allowed()"],
    ["authorizer.group('').resource('pods').check('list').error() == ''"],
  ])('%s', async (expression) => {
    await policy('p', { validations: [{ expression }] });
    await bind('p');
    expect(await denial(create('x'))).toBeUndefined();
  });

  it('evaluate variables once, when they are needed, with their types', async () => {
    await policy('p', {
      variables: [
        { name: 'size', expression: 'has(object.data) ? size(object.data) : 0' },
        { name: 'odd', expression: 'variables.size % 2 == 1' },
        { name: 'broken', expression: 'object.none' },
      ],
      validations: [
        { expression: 'variables.odd', messageExpression: "'got ' + string(variables.size)" },
        { expression: 'variables.size < 3 || variables.broken' },
      ],
    });
    await bind('p');
    expect(await denial(create('x', { data: { a: '' } }))).toBeUndefined();
    expect(await denial(create('x'))).toBe(refused('got 0'));
    expect(await denial(create('x', { data: { a: '', b: '', c: '' } }))).toBe(
      refused(
        'expression \'variables.size < 3 || variables.broken\' resulted in error: composited variable "broken" fails to evaluate: no such key: none',
      ),
    );
  });

  it('judge updates and deletions with the old object', async () => {
    await ok(ask('POST', maps, { metadata: { name: 'kept' }, data: { a: '1' } }));
    made.push(`${maps}/kept`);
    await policy('p', {
      validations: [
        {
          expression: "request.operation == 'DELETE' ? object == null && oldObject.data.a != '1' : true",
          message: 'delete',
        },
        { expression: "request.operation != 'UPDATE' || object.data.a != oldObject.data.a", message: 'same' },
      ],
    });
    await bind('p');
    expect(await denial(ask('DELETE', `${maps}/kept`))).toBe(refused('delete'));
    const merge = (a: string): Promise<Answer> =>
      ask('PATCH', `${maps}/kept`, { data: { a } }, { 'content-type': 'application/merge-patch+json' });
    expect(await denial(merge('1'))).toBe(refused('same'));
    expect(await denial(merge('2'))).toBeUndefined();
  });

  it('meet their conditions first', async () => {
    await policy('p', {
      matchConditions: [
        { name: 'a', expression: "object.metadata.name != 'skipped'" },
        { name: 'b', expression: "object.metadata.name != 'odd' || object.none" },
      ],
      validations: [{ expression: 'false' }],
    });
    await bind('p');
    expect(await denial(create('x'))).toBe(refused('failed expression: false'));
    expect(await denial(create('skipped'))).toBeUndefined();
    expect(await denial(create('odd'))).toBe(
      refused(
        "expression 'object.metadata.name != 'odd' || object.none' resulted in error: no such key: none",
      ),
    );
  });

  it('ignore failures where they are told to, but no denials', async () => {
    await policy('p', {
      failurePolicy: 'Ignore',
      validations: [{ expression: 'object.none == 1' }, { expression: "object.metadata.name != 'bad'" }],
    });
    await bind('p');
    expect(await denial(create('x'))).toBeUndefined();
    expect(await denial(create('bad'))).toBe(refused("failed expression: object.metadata.name != 'bad'"));
  });

  it('only warn, or only audit', async () => {
    await policy('p', { validations: [{ expression: 'false', message: 'no' }] });
    await bind('p', { validationActions: ['Warn', 'Audit'] });
    const { status, headers } = await create('x');
    expect(status).toBe(201);
    expect(headers['warning']).toBe(
      `299 - "Validation failed for ValidatingAdmissionPolicy 'p' with binding 'p-binding': no"`,
    );
  });

  it('deny where an audit annotation fails', async () => {
    await policy('p', {
      validations: undefined,
      auditAnnotations: [{ key: 'k', valueExpression: 'string(object.none)' }],
    });
    await bind('p', { validationActions: ['Audit'] });
    expect(await denial(create('x'))).toBe(
      refused("expression 'string(object.none)' resulted in error: no such key: none"),
    );
  });

  it('spend no more than their budget', async () => {
    const check = "authorizer.path('/x').check('get').allowed()";
    await policy('p', { validations: Array.from({ length: 30 }, () => ({ expression: check })) });
    await bind('p');
    expect(await denial(create('x'))).toBe(
      refused('validation failed due to running out of cost budget, no further validation rules will be run'),
    );
    await policy('q', { validations: [{ expression: Array.from({ length: 3 }, () => check).join(' && ') }] });
  });

  it('are for what they match', async () => {
    await policy('p', {
      matchConstraints: {
        resourceRules: [{ ...rule, resourceNames: ['a', 'b', 'c', 'd'] }],
        excludeResourceRules: [{ ...rule, resourceNames: ['b'] }],
        objectSelector: { matchExpressions: [{ key: 'skip', operator: 'DoesNotExist' }] },
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } },
      },
      validations: [{ expression: 'false' }],
    });
    await bind('p', {
      matchResources: { resourceRules: [{ ...rule, resourceNames: ['a', 'c'] }] },
    });
    const isDenied = async (...args: Parameters<typeof create>): Promise<boolean> =>
      (await denial(create(...args))) !== undefined;
    expect(await isDenied('a')).toBe(true);
    expect(await isDenied('b')).toBe(false);
    expect(await isDenied('d')).toBe(false);
    expect(await isDenied('x')).toBe(false);
    expect(await isDenied('a', { metadata: { name: 'a', labels: { skip: '' } } })).toBe(false);
    expect(await isDenied('a', {}, '/api/v1/namespaces/kube-system/configmaps')).toBe(false);
  });

  it('see equivalent versions as the version they name, unless they match exactly', async () => {
    const scaler = {
      spec: {
        scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' },
        maxReplicas: 3,
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
          },
        ],
      },
    };
    const path = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers';
    const resourceRules = [
      {
        operations: ['CREATE'],
        apiGroups: ['autoscaling'],
        apiVersions: ['v1'],
        resources: ['horizontalpodautoscalers'],
      },
    ];
    const validations = [
      {
        expression:
          "!(object.apiVersion == 'autoscaling/v1' && object.spec.targetCPUUtilizationPercentage == 50 && request.kind.version == 'v1' && request.requestKind.version == 'v2')",
      },
    ];
    await policy('p', { matchConstraints: { resourceRules }, validations });
    await bind('p');
    expect(await denial(create('x', scaler, path))).toContain(refused('failed expression'));
    await policy('q', {
      matchConstraints: { resourceRules, matchPolicy: 'Exact' },
      validations: [{ expression: 'false' }],
    });
    await ok(ask('DELETE', `${group}/validatingadmissionpolicybindings/p-binding`));
    await bind('q');
    expect(await denial(create('x', scaler, path))).toBeUndefined();
  });

  it('take parameters by name and by selector', async () => {
    const limits = (name: string, max: string, labels: object, path = maps): Promise<void> =>
      make(path, name, { metadata: { name, labels }, data: { max } });
    await policy('p', {
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      matchConstraints: { resourceRules: [{ ...rule, resources: ['secrets'] }] },
      validations: [
        {
          expression: 'params == null || size(object.data) <= int(params.data.max)',
          messageExpression: "params.kind + ' ' + params.metadata.name + ' allows ' + params.data.max",
        },
      ],
    });
    const secret = (count: number): Promise<string | undefined> => {
      const data = Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, '']));
      return denial(create('x', { data }, '/api/v1/namespaces/default/secrets'));
    };
    await bind('p', { paramRef: { name: 'one', parameterNotFoundAction: 'Deny' } });
    expect(await secret(1)).toBe(
      refused(
        'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction',
      ),
    );
    await limits('one', '1', { app: 'a' });
    expect(await secret(1)).toBeUndefined();
    expect(await secret(2)).toBe(refused('ConfigMap one allows 1'));
    await ok(ask('DELETE', `${group}/validatingadmissionpolicybindings/p-binding`));
    await bind('p', {
      paramRef: { selector: { matchLabels: { app: 'a' } }, parameterNotFoundAction: 'Allow' },
    });
    await limits('two', '2', { app: 'a' });
    expect(await secret(2)).toBe(refused('ConfigMap one allows 1'));
    await ok(ask('DELETE', `${maps}/one`));
    expect(await secret(2)).toBeUndefined();
    expect(await secret(3)).toBe(refused('ConfigMap two allows 2'));
    await ok(ask('DELETE', `${maps}/two`));
    expect(await secret(3)).toBeUndefined();
    await ok(ask('DELETE', `${group}/validatingadmissionpolicybindings/p-binding`));
    await bind('p');
    expect(await secret(3)).toBeUndefined();
    await ok(ask('DELETE', `${group}/validatingadmissionpolicybindings/p-binding`));
    await bind('p', { paramRef: { name: 'far', namespace: 'kube-system', parameterNotFoundAction: 'Deny' } });
    await limits('far', '0', {}, '/api/v1/namespaces/kube-system/configmaps');
    expect(await secret(1)).toBe(refused('ConfigMap far allows 0'));
  });

  it('take custom resources as parameters, once they are there', async () => {
    const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    await policy('p', {
      paramKind: { apiVersion: 'stable.example.com/v1', kind: 'Limit' },
      validations: [{ expression: 'size(object.data) <= params.max' }],
    });
    await bind('p', { paramRef: { name: 'l', parameterNotFoundAction: 'Deny' } });
    expect(await denial(create('x'))).toBe(
      "ValidatingAdmissionPolicy 'p' denied request: failed to configure policy: failed to find resource referenced by paramKind: 'stable.example.com/v1, Kind=Limit'",
    );
    await make(definitions, 'limits.stable.example.com', {
      spec: {
        group: 'stable.example.com',
        scope: 'Cluster',
        names: { plural: 'limits', kind: 'Limit' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', properties: { max: { type: 'integer' } } } },
          },
        ],
      },
    });
    const limit = { apiVersion: 'stable.example.com/v1', kind: 'Limit', metadata: { name: 'l' }, max: 1 };
    await ok(ask('POST', '/apis/stable.example.com/v1/limits', limit));
    expect(await denial(create('x', { data: { a: '' } }))).toBeUndefined();
    expect(await denial(create('x', { data: { a: '', b: '' } }))).toBe(
      refused('failed expression: size(object.data) <= params.max'),
    );
  });

  it('judge custom resources and cluster-scoped objects, but no policies', async () => {
    await policy('p', {
      matchConstraints: {
        resourceRules: [
          { ...rule, apiGroups: ['*'], apiVersions: ['*'], resources: ['*'], operations: ['CREATE'] },
        ],
      },
      validations: [{ expression: "!object.metadata.name.startsWith('bad')" }],
    });
    await bind('p');
    const namespace = create('bad', {}, '/api/v1/namespaces');
    expect(await denial(namespace)).toContain(refused('failed expression'));
    await policy('bad', {});
    const hooks = create('bad', { webhooks: [] }, `${group}/validatingwebhookconfigurations`);
    expect(await denial(hooks)).toContain(refused('failed expression'));
  });

  it('show parameters only where who writes them may read these', async () => {
    const rbac = '/apis/rbac.authorization.k8s.io/v1';
    const rules = [
      { apiGroups: ['admissionregistration.k8s.io'], resources: ['*'], verbs: ['*'] },
      { apiGroups: [''], resources: ['configmaps'], resourceNames: ['mine'], verbs: ['get'] },
    ];
    await make(`${rbac}/clusterroles`, 'writer', { rules });
    await make(`${rbac}/clusterrolebindings`, 'writer', {
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'writer' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'limited' }],
    });
    const as = (path: string, body: object): Promise<Answer> =>
      send(server.url, 'POST', `${group}/${path}?dryRun=All`, { body, token: 'limited-token' });
    const paramKind = { apiVersion: 'v1', kind: 'ConfigMap' };
    const validations = [{ expression: 'true' }];
    const own = { matchConstraints: { resourceRules: [rule] }, validations };
    const written = (spec: object): Promise<Answer> =>
      as('validatingadmissionpolicies', { metadata: { name: 'l' }, spec: { ...own, ...spec } });
    expect((await written({})).status).toBe(201);
    const refusedPolicy = await written({ paramKind });
    const user = '&{limited limited-uid [team system:authenticated] map[]}';
    expect([refusedPolicy.status, refusedPolicy.body.message]).toEqual([
      422,
      `ValidatingAdmissionPolicy.admissionregistration.k8s.io "l" is invalid: spec.paramKind: Forbidden: user ${user} must have "get" permission on all objects of the referenced paramKind (kind=ConfigMap, apiVersion=v1)`,
    ]);
    await policy('p', { paramKind });
    const bound = (name: string): Promise<Answer> =>
      as('validatingadmissionpolicybindings', {
        metadata: { name: 'l' },
        spec: {
          policyName: 'p',
          validationActions: ['Deny'],
          paramRef: { name, parameterNotFoundAction: 'Deny' },
        },
      });
    expect((await bound('mine')).status).toBe(201);
    expect((await bound('yours')).body.message).toContain(
      `spec.paramRef: Forbidden: user ${user} does not have "get" permission on the object referenced by paramRef`,
    );
  });

  it('refuse faulty expressions when they are made', async () => {
    const { status, body } = await ask('POST', `${group}/validatingadmissionpolicies`, {
      metadata: { name: 'p' },
      spec: { matchConstraints: { resourceRules: [rule] }, validations: [{ expression: 'object.' }] },
    });
    expect(status).toBe(422);
    expect(body.message).toContain('compilation failed: ERROR: <input>:1:8: Syntax error:');
  });
});
