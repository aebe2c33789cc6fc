import pino from 'pino';
import { describe, expect, it } from 'vitest';
import type { Lease } from '#types/coordination.k8s.io_v1';
import { systemRandom } from '../api/clock.ts';
import type { KubeObject } from '../api/object.ts';
import { TestClock } from '../api/test-clock.ts';
import { formatMicroTime } from '../api/time.ts';
import { apiServerIdentity, IdentityLease } from './identity-lease.ts';
import { keyOf } from './resources.ts';
import { createOwn, deleteOwn } from './store/own-writes.ts';
import { parseObject } from './store/serialize.ts';
import { openTestObjectStore } from './test-object-store.ts';

const namespace = 'kube-system';
// of kube-apiserver 1.36.3 on a host of this name
const name = 'apiserver-wlv32tlttr4jl3gtroqexyxapa';
const identity = { 'apiserver.kubernetes.io/identity': 'kube-apiserver' };

function setUp() {
  const store = openTestObjectStore();
  const clock = new TestClock();
  const leases = store.resource('coordination.k8s.io', 'leases');
  const dependencies = () => store.dependencies;
  const log = pino({ level: 'silent' });
  const make = () =>
    new IdentityLease({
      leases,
      dependencies,
      clock,
      random: systemRandom,
      hostname: 'vm',
      address: () => '192.0.2.2:6443',
      log,
    });
  const read = (which = name): (Lease & KubeObject) | undefined => {
    const found = leases.cache!.get(keyOf(leases, namespace, which));
    return found && (parseObject(found.bytes) as Lease & KubeObject);
  };
  const add = (name: string, labels: Record<string, string>, spec: Lease['spec']) =>
    createOwn(
      leases,
      {
        kind: 'Lease',
        apiVersion: 'coordination.k8s.io/v1',
        metadata: { name, namespace, labels },
        spec,
      },
      store.dependencies,
    );
  return { clock, make, read, add, remove: () => deleteOwn(leases, { namespace, name }, store.dependencies) };
}

describe('the identity of an API server', () => {
  it('is a hash of its host', () => {
    expect(apiServerIdentity('vm')).toBe(name);
    expect(apiServerIdentity('other')).toMatch(/^apiserver-[a-z2-7]{26}$/);
  });
});

describe('the lease of an API server', () => {
  it('is renewed every ten seconds and goes with the server', async () => {
    const { clock, make, read } = setUp();
    const lease = make();
    await lease.start();
    const first = read()!;
    expect(first.metadata.labels).toEqual({ ...identity, 'kubernetes.io/hostname': 'vm' });
    expect(first.metadata.annotations).toEqual({ 'kubernetes.io/peer-advertise-address': '192.0.2.2:6443' });
    expect(first.spec).toEqual({
      holderIdentity: expect.stringMatching(new RegExp(`^${name}_[0-9a-f-]{36}$`)),
      leaseDurationSeconds: 3600,
      renewTime: formatMicroTime(clock.now()),
    });
    expect(first.metadata.managedFields).toMatchObject([{ manager: 'kube-apiserver', operation: 'Update' }]);
    clock.advance(9_999);
    await lease.idle();
    expect(read()).toEqual(first);
    for (const round of [1, 2]) {
      clock.advance(10_401);
      await lease.idle();
      expect(read()!.spec!.renewTime, `round ${round}`).toBe(formatMicroTime(clock.now()));
    }
    expect(read()!.metadata.uid).toBe(first.metadata.uid);
    await lease.stop();
    expect(read()).toBeUndefined();
    clock.advance(60_000);
    await lease.idle();
    expect(read()).toBeUndefined();
  });

  it('takes the place of one that a killed server left', async () => {
    const { make, read } = setUp();
    await make().start();
    const { metadata, spec } = read()!;
    await make().start();
    expect(read()!.metadata.uid).not.toBe(metadata.uid);
    expect(read()!.spec!.holderIdentity).not.toBe(spec!.holderIdentity);
  });

  it('is made again when somebody deleted it', async () => {
    const { clock, make, read, remove } = setUp();
    const lease = make();
    await lease.start();
    await remove();
    clock.advance(10_401);
    await lease.idle();
    expect(read()!.spec!.renewTime).toBe(formatMicroTime(clock.now()));
  });

  it('of a server that is gone is deleted when it has expired, and no other', async () => {
    const { clock, make, read, add } = setUp();
    const spec = { leaseDurationSeconds: 3600, renewTime: formatMicroTime(clock.now()) };
    await add('gone', identity, spec);
    await add('other', {}, spec);
    await add('empty', identity, {});
    const lease = make();
    await lease.start();
    expect(read('empty')).toBeUndefined();
    expect(read('gone')).toBeDefined();
    clock.advance(3_600_000);
    await lease.idle();
    expect(read('gone')).toBeDefined();
    clock.advance(3_600_000);
    await lease.idle();
    expect(read('gone')).toBeUndefined();
    expect(read('other')).toBeDefined();
    expect(read()).toBeDefined();
  });
});
