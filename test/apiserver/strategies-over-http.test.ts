// What kinds' rules make of real requests: each answer is that of kube-apiserver 1.36.3 to the same request.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, send } from './api.ts';

const inDefault = '/namespaces/default';
const maps = `/api/v1${inDefault}/configmaps`;
const services = `/api/v1${inDefault}/services`;
const badFinalizer = (domain: string) => ({ finalizers: [`${domain}Bad Value!`] });

interface Status {
  message?: string;
  details?: { causes?: { field: string; message: string }[] };
}

describe('rules of kinds over HTTP', () => {
  let server: TestApiServer;
  beforeAll(async () => {
    server = await startTestApiServer();
  });
  afterAll(() => server.close());

  const ask = (method: string, path: string, body?: unknown, type = 'application/json'): Promise<Answer> =>
    send(server.url, method, path, {
      ...(body !== undefined && { body }),
      headers: { 'content-type': type },
    });
  const create = (collection: string, body: object) => ask('POST', `${collection}?dryRun=All`, body);
  const causesOf = ({ body }: Answer) => (body as Status).details?.causes ?? [];
  const messageOf = ({ body }: Answer) => (body as Status).message;

  it('events of events.k8s.io have stricter rules than those of the core', async () => {
    const event = { metadata: { name: 'e' }, type: '' };
    const events = `/apis/events.k8s.io/v1${inDefault}/events`;
    const strict = await create(events, { apiVersion: 'events.k8s.io/v1', kind: 'Event', ...event });
    expect(messageOf(strict)).toBe(
      'Event "e" is invalid: [eventTime: Required value, type: Invalid value: "": has invalid value: ]',
    );
    const core = { apiVersion: 'v1', kind: 'Event', involvedObject: { namespace: 'default' }, ...event };
    expect((await create(`/api/v1${inDefault}/events`, core)).status).toBe(201);
  });

  it('a disruption budget may be named by any segment of a path', async () => {
    const budgets = `/apis/policy/v1${inDefault}/poddisruptionbudgets`;
    const budget = (metadata: object) => ({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec: { maxUnavailable: 1 },
    });
    expect((await create(budgets, budget({ name: 'Bad Value!' }))).status).toBe(201);
    const bad = await create(budgets, budget({ name: 'b', ...badFinalizer('') }));
    expect(causesOf(bad).map(({ field }) => field)).toEqual(['metadata.finalizers']);
  });

  it('kinds ask for well-known finalizers, but for a few', async () => {
    const leases = `/apis/coordination.k8s.io/v1${inDefault}/leases`;
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'l', finalizers: ['a'] },
    };
    expect((await create(leases, lease)).status).toBe(201);
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: lease.metadata };
    expect(causesOf(await create(maps, map)).map(({ field }) => field)).toEqual(['metadata.finalizers[0]']);
  });

  it('an update names a fault of metadata as often as its kind looks', async () => {
    const put = async (collection: string, body: { metadata: { name: string } }, metadata: object) => {
      const made = await ask('POST', collection, body);
      expect(made.status).toBe(201);
      const changed = { ...made.body, metadata: { ...made.body.metadata, ...metadata } };
      return ask('PUT', `${collection}/${body.metadata.name}`, changed);
    };
    const labels = { 'Bad Key!': 'x' };
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' } };
    expect(causesOf(await put(maps, map, { labels }))).toHaveLength(4);
    const named = await put(maps, { ...map, metadata: { name: 'm2' } }, { generateName: 'Bad Value!' });
    expect(causesOf(named).map(({ field }) => field)).toEqual(['metadata.generateName']);
    const template = {
      apiVersion: 'v1',
      kind: 'PodTemplate',
      metadata: { name: 't' },
      template: { spec: { containers: [{ name: 'c', image: 'i' }] } },
    };
    expect(causesOf(await put(`/api/v1${inDefault}/podtemplates`, template, { labels }))).toHaveLength(3);
  });

  it('a PUT names its object', async () => {
    const answer = await ask('PUT', `${maps}/nameless`, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {},
    });
    expect(answer.status).toBe(400);
    expect(messageOf(answer)).toBe(
      'the name of the object (nameless based on URL) was undeterminable: name must be provided',
    );
  });

  it('there is no scale where there is no object', async () => {
    const answer = await ask('GET', `/apis/apps/v1${inDefault}/deployments/nope/scale`);
    expect(messageOf(answer)).toBe('deployments.apps "nope" not found');
  });

  it('services are refused for their addresses before they get any', async () => {
    const service = (spec: object) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's' },
      spec: { ports: [{ port: 80 }], ...spec },
    });
    const form = await create(services, service({ clusterIP: 'Bad Value!' }));
    expect(messageOf(form)).toBe(
      'Service "s" is invalid: spec.clusterIPs[0]: Invalid value: "Bad Value!": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    );
    const family = await create(services, service({ ipFamilies: ['x'] }));
    expect(messageOf(family)).toBe(
      'Service "s" is invalid: spec.ipFamilies[0]: Unsupported value: "x": supported values: "IPv4", "IPv6"',
    );
    const range = await create(services, service({ clusterIP: '192.0.2.1' }));
    expect(messageOf(range)).toBe(
      'Service "s" is invalid: spec.clusterIPs: Invalid value: ["192.0.2.1"]: failed to allocate IP 192.0.2.1: the provided IP (192.0.2.1) is not in the valid range. The range of valid IPs is 10.0.0.0/24',
    );
  });

  it('a status of a service allocates nothing', async () => {
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'st' },
      spec: { ports: [{ port: 80 }] },
    };
    const made = await ask('POST', services, service);
    const spec = { ...made.body.spec, ipFamilyPolicy: 'RequireDualStack' };
    const answer = await ask('PUT', `${services}/st/status`, { ...made.body, spec });
    expect(answer.status).toBe(200);
    expect(answer.body.spec['ipFamilyPolicy']).toBe('SingleStack');
  });

  it('a backend that names nothing is told what it lacks', async () => {
    const ingress = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'i' },
      spec: { defaultBackend: { resource: {} } },
    };
    expect(messageOf(await create(`/apis/networking.k8s.io/v1${inDefault}/ingresses`, ingress))).toBe(
      'Ingress.networking.k8s.io "i" is invalid: [spec.defaultBackend.resource.kind: Required value, spec.defaultBackend.resource.name: Required value]',
    );
  });

  it('devices for administrators need a namespace that is labelled for it', async () => {
    const claim = {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceClaim',
      metadata: { name: 'c' },
      spec: {
        devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'd', adminAccess: true } }] },
      },
    };
    const claims = `/apis/resource.k8s.io/v1${inDefault}/resourceclaims`;
    expect(messageOf(await create(claims, claim))).toBe(
      'ResourceClaim.resource.k8s.io "c" is invalid: spec.devices.requests[0].adminAccess: Forbidden: admin access to devices requires the `resource.kubernetes.io/admin-access: true` label on the containing namespace',
    );
    const labels = { 'resource.kubernetes.io/admin-access': 'true' };
    await ask(
      'PATCH',
      '/api/v1/namespaces/default',
      { metadata: { labels } },
      'application/merge-patch+json',
    );
    expect((await create(claims, claim)).status).toBe(201);
  });

  it('a template of claims has labels and annotations only', async () => {
    const template = {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceClaimTemplate',
      metadata: { name: 't' },
      spec: { metadata: { name: 'x', labels: { a: 'b' } }, spec: {} },
    };
    const answer = await create(`/apis/resource.k8s.io/v1${inDefault}/resourceclaimtemplates`, template);
    expect(causesOf(answer).map(({ field }) => field)).toEqual(['spec.metadata.name']);
  });

  it('a job without labels shares those of its template, selectors included', async () => {
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'j' },
      spec: {
        template: {
          metadata: { labels: { z: 'y' } },
          spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] },
        },
      },
    };
    const { body } = await create(`/apis/batch/v1${inDefault}/jobs`, job);
    const { uid, labels } = body.metadata;
    expect(labels).toEqual({
      'batch.kubernetes.io/controller-uid': uid,
      'batch.kubernetes.io/job-name': 'j',
      'controller-uid': uid,
      'job-name': 'j',
      z: 'y',
    });
  });

  it('an empty list of scaling policies is no list at all', async () => {
    const scaler = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'h' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
        maxReplicas: 2,
        behavior: { scaleDown: { policies: [] } },
      },
    };
    const scalers = `/apis/autoscaling/v2${inDefault}/horizontalpodautoscalers`;
    expect(messageOf(await create(scalers, scaler))).toBe(
      'HorizontalPodAutoscaler.autoscaling "h" is invalid: spec.behavior.scaleDown.policies: Required value: must specify at least one Policy',
    );
  });

  it('what was applied in one version is pruned in another', async () => {
    const scaler = (version: string, spec: object) => ({
      apiVersion: `autoscaling/${version}`,
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'two' },
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }, ...spec },
    });
    const apply = (version: string, manager: string, spec: object) =>
      ask(
        'PATCH',
        `/apis/autoscaling/${version}${inDefault}/horizontalpodautoscalers/two?fieldManager=${manager}&force=${manager === 'b'}`,
        scaler(version, spec),
        'application/apply-patch+yaml',
      );
    const metric = (name: string) => ({
      type: 'Resource',
      resource: { name, target: { type: 'Utilization', averageUtilization: 50 } },
    });
    const full = { maxReplicas: 5, metrics: [metric('cpu'), metric('memory')] };
    expect((await apply('v2', 'a', full)).status).toBe(201);
    expect((await apply('v1', 'b', { maxReplicas: 6, targetCPUUtilizationPercentage: 70 })).status).toBe(200);
    const conflict = await apply('v2', 'a', full);
    expect(messageOf(conflict)).toBe(
      'Apply failed with 2 conflicts: conflicts with "b":\n- .spec.maxReplicas\n- .spec.targetCPUUtilizationPercentage',
    );
  });

  it('a definition without pruning has no defaults', async () => {
    const schema = { type: 'object', format: 'odd', properties: { a: { type: 'string', default: 'x' } } };
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'things.h.example.com' },
      spec: {
        group: 'h.example.com',
        scope: 'Cluster',
        names: { plural: 'things', kind: 'Thing' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
      },
    };
    const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const warned = await create(definitions, definition);
    expect(warned.headers['warning']).toBe('299 - "unrecognized format \\"odd\\""');
    const kept = { ...definition, spec: { ...definition.spec, preserveUnknownFields: true } };
    expect(causesOf(await create(definitions, kept)).map(({ message }) => message)).toEqual([
      'Invalid value: true: must be false in order to use defaults in the schema',
      'Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
    ]);
  });

  it('an overhead without a runtime class is refused after its own rules', async () => {
    const pod = (overhead: object) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { overhead, containers: [{ name: 'c', image: 'i' }] },
    });
    await ask('POST', `/api/v1${inDefault}/serviceaccounts`, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default' },
    });
    const pods = `/api/v1${inDefault}/pods`;
    expect((await create(pods, pod({ memory: '-1' }))).status).toBe(422);
    expect(messageOf(await create(pods, pod({ memory: '1' })))).toBe(
      'pods "p" is forbidden: pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
    );
  });

  it('selectors know the fields that 1.36 knows', async () => {
    const refused = async (collection: string, field: string) =>
      messageOf(await ask('GET', `${collection}?fieldSelector=${field}%3Dx`));
    const unknown = (field: string) =>
      `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`;
    expect(await refused('/apis/apps/v1/replicasets', 'status.replicas')).toBe(unknown('status.replicas'));
    expect(await refused('/api/v1/persistentvolumes', 'name')).toBe(unknown('name'));
    expect(await refused('/apis/batch/v1/jobs', 'status.failed')).toBe(
      'field label "status.failed" not supported for Job',
    );
    expect(await refused('/apis/resource.k8s.io/v1/resourceslices', 'spec.pool')).toBe(
      'field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: spec.pool',
    );
    expect(await refused('/api/v1/pods', 'status.podIPs')).toBeUndefined();
  });

  it('who resizes a pod owns all that the request names', async () => {
    const collection = `/api/v1${inDefault}/pods`;
    await ask('POST', `/api/v1${inDefault}/serviceaccounts`, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default' },
    });
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'resized' } };
    await ask('POST', collection, { ...pod, spec: { containers: [{ name: 'c', image: 'i' }] } });
    const change = { metadata: { labels: { a: 'b' } } };
    const type = 'application/merge-patch+json';
    const { body } = await ask('PATCH', `${collection}/resized/resize?fieldManager=r`, change, type);
    expect(body.metadata['labels']).toBeUndefined();
    const entries = body.metadata['managedFields'] as { manager: string; fieldsV1: object }[];
    expect(entries.find(({ manager }) => manager === 'r')?.fieldsV1).toEqual({
      'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } },
    });
  });

  it('capacities of storage print as anything does', async () => {
    const { body } = await send(server.url, 'GET', `/apis/storage.k8s.io/v1/csistoragecapacities`, {
      headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
    });
    const columns = body['columnDefinitions'] as { name: string }[];
    expect(columns.map(({ name }) => name)).toEqual(['Name', 'Created At']);
  });

  it('documents promise no CBOR and tell the version', async () => {
    const { body } = await ask('GET', '/openapi/v3/api/v1');
    expect(body['info']).toEqual({ title: 'Kubernetes', version: '1.36' });
    expect(JSON.stringify(body)).not.toContain('cbor');
  });

  it('a review of oneself gives nothing back of what was sent', async () => {
    const answer = await ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'SelfSubjectReview',
      metadata: { name: 'x', labels: { a: 'b' } },
    });
    expect(Object.keys(answer.body.metadata)).toEqual(['creationTimestamp']);
  });

  it('names that tags call long are measured in bytes', async () => {
    const classes = '/apis/resource.k8s.io/v1/deviceclasses';
    const named = (metadata: object) => ({ apiVersion: 'resource.k8s.io/v1', kind: 'DeviceClass', metadata });
    const long = await create(classes, named({ name: 'a'.repeat(300) }));
    expect(causesOf(long).at(-1)!.message).toContain('must be no more than 253 bytes');
    expect((await create(classes, named({ name: 'a', generateName: 'Bad Value!' }))).status).toBe(201);
  });

  it('a namespace is checked whole, and again for what changed', async () => {
    const where = '/api/v1/namespaces/default';
    const { body } = await ask('GET', where);
    const { resourceVersion: _, ...metadata } = body.metadata;
    const update = (change: object) =>
      ask('PUT', `${where}?dryRun=All`, { ...body, metadata: { ...metadata, ...change } });
    expect(causesOf(await update({ generateName: 'Bad Value!' })).map(({ field }) => field)).toEqual([
      'metadata.generateName',
    ]);
    expect(causesOf(await update({ labels: { 'a b': 'c' } }))).toHaveLength(4);
  });

  it('a pod that is refused is warned of its annotations all the same', async () => {
    const annotations = { 'container.apparmor.security.beta.kubernetes.io/c': 'runtime/default' };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', annotations } };
    const spec = { containers: [{ name: 'c', image: 'i', resources: { limits: { cpu: '-1' } } }] };
    const answer = await create(`/api/v1${inDefault}/pods`, { ...pod, spec });
    expect(answer.status).toBe(422);
    expect(answer.headers['warning']).toContain('deprecated since v1.30');
  });

  it('an empty list is a change of a network policy, though nobody owns it', async () => {
    const policies = `/apis/networking.k8s.io/v1${inDefault}/networkpolicies`;
    const policy = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'closed' },
      spec: { podSelector: { matchLabels: {} }, ingress: [] },
    };
    const created = await ask('POST', policies, policy);
    expect(created.body.metadata.generation).toBe(1);
    expect(JSON.stringify(created.body)).not.toContain('ingress');
    const again = await ask('PUT', `${policies}/closed`, policy);
    expect(again.body).toMatchObject({ metadata: { generation: 2 }, spec: { podSelector: {} } });
  });

  it('ephemeral containers may not even have an empty list of ports', async () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } };
    const ephemeralContainers = [{ name: 'e', image: 'i', ports: [] }];
    const answer = await create(`/api/v1${inDefault}/pods`, {
      ...pod,
      spec: { containers: [{ name: 'c', image: 'i' }], ephemeralContainers },
    });
    expect(causesOf(answer).map(({ field }) => field)).toContain('spec.ephemeralContainers[0].ports');
  });

  it('of the metadata of a review the server drops what only it sets', async () => {
    const answer = await ask('POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      metadata: { name: 'x', namespace: 'y', uid: 'z', ownerReferences: [{}, {}] },
      spec: { token: 'none' },
    });
    const { managedFields: _, ownerReferences, ...metadata } = answer.body.metadata;
    expect(metadata).toEqual({ name: 'x' });
    expect(ownerReferences).toHaveLength(1);
    expect(answer.headers['warning']).toContain('duplicate entries');
  });
});
