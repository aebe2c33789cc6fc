import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../api/clock.ts';
import type { KubeObject } from '../../api/object.ts';
import { loopback } from '../authentication/authenticator.ts';
import { createObject, type Written } from '../store/create.ts';
import { openTestObjectStore, type TestObjectStore } from '../test-object-store.ts';
import { AddressPool } from './address-pool.ts';
import { IpAddressObjects } from './ip-address-objects.ts';
import { PortPool } from './port-pool.ts';
import { serviceAllocation } from './service-allocation.ts';

const context = { user: loopback, namespace: 'n', subresource: '', dryRun: false, warn: () => {} };

function openStore(): { store: TestObjectStore; pool: AddressPool } {
  const pool = new AddressPool('10.0.0.0/24', systemRandom);
  const pools = { addresses: [pool], nodePorts: new PortPool('30000-30010', systemRandom) };
  const store = openTestObjectStore((opened) => [
    serviceAllocation(
      pools,
      new IpAddressObjects(
        () => opened.resource('networking.k8s.io', 'ipaddresses'),
        () => opened.dependencies,
      ),
    ),
  ]);
  return { store, pool };
}

function create(store: TestObjectStore, spec: object = {}): Promise<Written> {
  const service: KubeObject = {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name: 's', namespace: 'n' },
    spec: {
      type: 'ClusterIP',
      sessionAffinity: 'None',
      internalTrafficPolicy: 'Cluster',
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      ...spec,
    },
  };
  return createObject(store.resource('', 'services'), service, store.dependencies, context, async () => {});
}

function objectsOf(store: TestObjectStore): string[] {
  const { cache, prefix } = store.resource('networking.k8s.io', 'ipaddresses');
  return cache!.list({ prefix }).objects.map(({ key }) => key.slice(prefix.length));
}

describe('serviceAllocation', () => {
  it('gives back what was taken for a service that another writer made first', async () => {
    const { store, pool } = openStore();
    const results = await Promise.allSettled([create(store), create(store), create(store)]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(objectsOf(store)).toEqual([...pool.all()]);
    expect([...pool.all()]).toHaveLength(1);
  });

  it('gives back what was taken for a service that is not valid', async () => {
    const { store, pool } = openStore();
    await expect(create(store, { sessionAffinity: 'Maybe' })).rejects.toThrow('is invalid');
    expect(objectsOf(store)).toEqual([]);
    expect([...pool.all()]).toEqual([]);
  });
});
