// Ranges of services that come and go while services have addresses of them.
import { expect, it } from 'vitest';
import type { ServiceCIDR } from '#types/networking.k8s.io_v1';
import { isNotFound } from '../../src/client/api-errors.ts';
import { ipAddresses, serviceCidrs, services } from '../../src/client/resources.ts';
import { serviceCidrController } from '../../src/controllers/service-cidr/controller.ts';
import { TestClock } from '../../src/testing/clock.ts';
import { type ControlPlane, startControlPlane, until } from '../harness/control-plane.ts';
import { startControllers } from '../harness/controllers.ts';

const namespace = 'default';
const finalizer = 'networking.k8s.io/service-cidr-finalizer';

async function start() {
  const clock = new TestClock();
  const plane = await startControlPlane({ clock });
  startControllers(plane, serviceCidrController);
  const { client } = plane;
  const range = (name: string) => client.get(serviceCidrs, { namespace: '', name });
  const readiness = async (name: string) =>
    (await range(name)).status.conditions?.find(({ type }) => type === 'Ready');
  return { plane, client, clock, range, readiness };
}

const made = (name: string, ...cidrs: string[]) => ({ metadata: { name }, spec: { cidrs } }) as ServiceCIDR;

const service = (name: string, clusterIP?: string) =>
  ({
    metadata: { name, namespace },
    spec: { ports: [{ port: 80 }], ...(clusterIP && { clusterIP }) },
  }) as never;

const isGone = async ({ client }: ControlPlane, name: string): Promise<boolean> =>
  client.get(serviceCidrs, { namespace: '', name }).then(
    () => false,
    (error) => isNotFound(error),
  );

it('a new range is ready, and services get their addresses from it', async () => {
  const { plane, client, range, readiness } = await start();
  await using _ = plane;
  await expect(client.create(services, service('early', '10.7.0.9'))).rejects.toThrow(
    'failed to allocate IP 10.7.0.9: the provided network does not match the current range',
  );
  await client.create(serviceCidrs, made('more', '10.7.0.0/24'));
  await until('it is ready', async () => (await readiness('more'))?.status === 'True');
  expect((await range('more')).metadata.finalizers).toEqual([finalizer]);
  expect(await readiness('more')).toMatchObject({ reason: '', message: 'Kubernetes Service CIDR is ready' });
  const created = await client.create(services, service('late', '10.7.0.9'));
  expect(created.spec.clusterIP).toBe('10.7.0.9');
  await client.get(ipAddresses, { namespace: '', name: '10.7.0.9' });
  // the range of the cluster has its condition from the server, and the words of the controller
  await until('the default one has it, too', async () => (await range('kubernetes')).metadata.finalizers);
  expect(await readiness('kubernetes')).toMatchObject({
    status: 'True',
    message: 'Kubernetes Service CIDR is ready',
  });
});

it('without the controller a range is used as soon as it is there', async () => {
  await using plane = await startControlPlane();
  const { client } = plane;
  await client.create(serviceCidrs, made('more', '10.7.0.0/24'));
  const created = await client.create(services, service('late', '10.7.0.9'));
  expect(created.spec.clusterIP).toBe('10.7.0.9');
});

it('a range that is deleted stays until no service has an address that is its alone', async () => {
  const { plane, client, clock, readiness } = await start();
  await using _ = plane;
  const drive = { clock };
  await client.create(serviceCidrs, made('more', '10.7.0.0/24'));
  await until('it is ready', async () => (await readiness('more'))?.status === 'True');
  const user = await client.create(services, service('user', '10.7.0.9'));
  await client.delete(serviceCidrs, { namespace: '', name: 'more' });
  await until('it says why it stays', async () => (await readiness('more'))?.status === 'False', drive);
  expect(await readiness('more')).toMatchObject({
    reason: 'Terminating',
    message:
      'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
  });
  await expect(client.create(services, service('another', '10.7.0.10'))).rejects.toThrow('does not match');
  clock.advance(60_000);
  expect(await isGone(plane, 'more')).toBe(false);
  await client.delete(services, user);
  await until('it is gone', () => isGone(plane, 'more'), drive);
});

it('a range that lies in another one goes, but not before every server knows', async () => {
  const { plane, client, clock, readiness } = await start();
  await using _ = plane;
  await client.create(serviceCidrs, made('small', '10.7.0.0/28'));
  await client.create(serviceCidrs, made('large', '10.7.0.0/24'));
  for (const name of ['small', 'large'])
    await until(`${name} is ready`, async () => (await readiness(name))?.status === 'True');
  await client.create(services, service('user', '10.7.0.9'));
  await client.delete(serviceCidrs, { namespace: '', name: 'small' });
  clock.advance(9_000);
  expect(await isGone(plane, 'small')).toBe(false);
  await until('it is gone', () => isGone(plane, 'small'), { clock });
  expect((await readiness('large'))?.status).toBe('True');
  await client.create(services, service('another', '10.7.0.10'));
});

it('when the range of the cluster is full, a further one helps', async () => {
  const { plane, client, readiness } = await start();
  await using _ = plane;
  let count = 0;
  const fill = async (): Promise<void> => {
    for (;;) await client.create(services, service(`s${count++}`));
  };
  await expect(fill()).rejects.toThrow('range is full');
  expect(count).toBe(254);
  await client.create(serviceCidrs, made('more', '10.7.0.0/30'));
  await until('it is ready', async () => (await readiness('more'))?.status === 'True');
  const found = [];
  for (const name of ['x', 'y']) found.push((await client.create(services, service(name))).spec.clusterIP);
  expect(found.sort()).toEqual(['10.7.0.1', '10.7.0.2']);
  await expect(client.create(services, service('z'))).rejects.toThrow('range is full');
});
