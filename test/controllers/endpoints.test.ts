// Endpoints and EndpointSlices follow services, pods and their readiness.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Endpoints, Node, Pod, Service } from '#types/core_v1';
import type { EndpointSlice } from '#types/discovery.k8s.io_v1';
import { isNotFound } from '../../src/client/api-errors.ts';
import { endpointSlices, endpoints, nodes, pods, services } from '../../src/client/resources.ts';
import { endpointsController } from '../../src/controllers/endpoints/controller.ts';
import { endpointSliceController } from '../../src/controllers/endpointslice/controller.ts';
import { garbageCollector } from '../../src/controllers/garbage-collector/controller.ts';
import { type ControlPlane, startControlPlane, until } from '../harness/control-plane.ts';
import { startControllers } from '../harness/controllers.ts';

let plane: ControlPlane;
beforeEach(async () => {
  plane = await startControlPlane({ disabledAdmission: ['ServiceAccount'] });
  await plane.client.create(nodes, {
    metadata: { name: 'n1', labels: { 'topology.kubernetes.io/zone': 'z1' } },
  } as unknown as Node);
});
afterEach(() => plane[Symbol.asyncDispose]());

function service(spec: Partial<Service['spec']> = {}, labels?: Record<string, string>): Promise<Service> {
  return plane.client.create(services, {
    metadata: { name: 'web', namespace: 'default', labels },
    spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }], ...spec },
  } as Service);
}

async function pod(name: string, ip: string, ready = true): Promise<Pod> {
  const made = await plane.client.create(pods, {
    metadata: { name, namespace: 'default', labels: { app: 'web' } },
    spec: {
      nodeName: 'n1',
      containers: [{ name: 'c', image: 'i', ports: [{ name: 'http', containerPort: 8080 }] }],
    },
  } as unknown as Pod);
  return setReady(made, ready, ip);
}

async function setReady(of: Pod, ready: boolean, ip = of.status.podIP!): Promise<Pod> {
  const found = await plane.client.get(pods, of);
  const condition = {
    type: 'Ready',
    status: ready ? 'True' : 'False',
    lastTransitionTime: '2026-01-02T03:04:05Z',
  };
  const status = { ...found.status, phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions: [condition] };
  return plane.client.updateStatus(pods, { ...found, status } as Pod);
}

async function find(): Promise<{ endpoints: Endpoints; slices: EndpointSlice[] }> {
  const found = await plane.client.get(endpoints, { namespace: 'default', name: 'web' });
  const { items } = await plane.client.list(endpointSlices, {
    namespace: 'default',
    labelSelector: 'kubernetes.io/service-name=web',
  });
  return { endpoints: found, slices: items };
}

const addresses = (found: EndpointSlice[]) =>
  found.flatMap((s) => (s.endpoints ?? []).map((e) => [e.addresses?.[0], e.conditions?.ready])).sort();

test('a ready pod of a service is in both, with names, ports and references', async () => {
  startControllers(plane, endpointsController, endpointSliceController);
  const svc = await service({}, { team: 'a' });
  const made = await pod('web-1', '10.1.0.1');
  const found = await until('it is told', async () => {
    const now = await find();
    return now.endpoints.subsets?.[0]?.addresses && addresses(now.slices).length === 1 && now;
  });
  const { uid } = made.metadata;
  expect(found.endpoints).toMatchObject({
    metadata: { labels: { team: 'a', 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' } },
    subsets: [
      {
        addresses: [
          {
            ip: '10.1.0.1',
            nodeName: 'n1',
            targetRef: { kind: 'Pod', namespace: 'default', name: 'web-1', uid },
          },
        ],
        ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      },
    ],
  });
  expect(found.slices).toHaveLength(1);
  expect(found.slices[0]).toMatchObject({
    metadata: {
      generateName: 'web-',
      labels: {
        team: 'a',
        'kubernetes.io/service-name': 'web',
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
      ownerReferences: [
        {
          apiVersion: 'v1',
          kind: 'Service',
          name: 'web',
          uid: svc.metadata.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    addressType: 'IPv4',
    endpoints: [
      {
        addresses: ['10.1.0.1'],
        conditions: { ready: true, serving: true, terminating: false },
        nodeName: 'n1',
        zone: 'z1',
        targetRef: { kind: 'Pod', namespace: 'default', name: 'web-1', uid },
      },
    ],
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  });
});

test('readiness moves an address; the end of the pod takes it away', async () => {
  startControllers(plane, endpointsController, endpointSliceController);
  await service();
  const made = await pod('web-1', '10.1.0.1');
  await until('it is ready', async () => (await find()).endpoints.subsets?.[0]?.addresses);
  await setReady(made, false);
  const found = await until('it is not ready', async () => {
    const now = await find();
    return now.endpoints.subsets?.[0]?.notReadyAddresses && addresses(now.slices)[0]?.[1] === false && now;
  });
  expect(found.endpoints.subsets![0]!.addresses).toBeUndefined();
  await plane.client.delete(pods, made, { gracePeriodSeconds: 0 });
  const empty = await until('it is gone', async () => {
    const now = await find();
    return !now.endpoints.subsets && addresses(now.slices).length === 0 && now;
  });
  expect(empty.slices).toHaveLength(1);
});

test('pods join and leave with their labels', async () => {
  startControllers(plane, endpointsController, endpointSliceController);
  await service();
  const made = await pod('web-1', '10.1.0.1');
  await until('it is there', async () => addresses((await find()).slices).length === 1);
  await plane.client.patch(pods, made, { metadata: { labels: { app: 'other' } } }, { type: 'merge' });
  await until('it left', async () => addresses((await find()).slices).length === 0);
  await plane.client.patch(pods, made, { metadata: { labels: { app: 'web' } } }, { type: 'merge' });
  await until('it is back', async () => addresses((await find()).slices).length === 1);
});

test('a headless service is labelled; one that publishes what is not ready does so; one without selector is let be', async () => {
  startControllers(plane, endpointsController, endpointSliceController);
  await service({ clusterIP: 'None', publishNotReadyAddresses: true });
  await pod('web-1', '10.1.0.1', false);
  const found = await until('it is told', async () => {
    const now = await find();
    return now.endpoints.subsets?.[0]?.addresses && addresses(now.slices)[0]?.[1] === true && now;
  });
  expect(found.endpoints.metadata.labels).toHaveProperty(['service.kubernetes.io/headless'], '');
  expect(found.slices[0]!.metadata.labels).toHaveProperty(['service.kubernetes.io/headless'], '');
  await plane.client.create(services, {
    metadata: { name: 'bare', namespace: 'default' },
    spec: { ports: [{ port: 80 }] },
  } as Service);
  await pod('web-2', '10.1.0.2');
  await until('the second is told', async () => addresses((await find()).slices).length === 2);
  await expect(plane.client.get(endpoints, { namespace: 'default', name: 'bare' })).rejects.toThrow(
    'not found',
  );
});

test('250 pods fill slices of 100; what goes is taken out without moving the others', async () => {
  await service();
  for (let i = 0; i < 250; i++) await pod(`web-${i}`, `10.1.${i >> 8}.${i & 255}`);
  startControllers(plane, endpointsController, endpointSliceController);
  const full = await until('all are told', async () => {
    const { slices } = await find();
    return addresses(slices).length === 250 && slices;
  });
  expect(full.map((s) => s.endpoints!.length).sort()).toEqual([100, 100, 50]);
  await plane.client.delete(pods, { namespace: 'default', name: 'web-7' }, { gracePeriodSeconds: 0 });
  const less = await until('one is gone', async () => {
    const { slices } = await find();
    return addresses(slices).length === 249 && slices;
  });
  const versions = (slices: EndpointSlice[]) => slices.map((s) => s.metadata.resourceVersion);
  expect(versions(less).filter((v) => versions(full).includes(v))).toHaveLength(2);
});

test('both go with their service, also when that went while nobody worked', async () => {
  const first = startControllers(plane, endpointsController, endpointSliceController, garbageCollector);
  const svc = await service();
  await until('they are there', async () => (await find()).slices.length === 1);
  await first.stop();
  await plane.client.delete(services, svc);
  startControllers(plane, endpointsController, endpointSliceController, garbageCollector);
  await until('they are gone', async () => {
    const { items } = await plane.client.list(endpointSlices, {
      namespace: 'default',
      labelSelector: 'kubernetes.io/service-name=web',
    });
    const gone = await plane.client.get(endpoints, svc).then(() => false, isNotFound);
    return gone && items.length === 0;
  });
});
