// Informers against a real server: what is in the store, what handlers are told, and how they go on after trouble.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ConfigMap } from '#types/core_v1';
import type { InformerFactory } from '../../src/client/informer-factory.ts';
import { configMaps, pods } from '../../src/client/resources.ts';
import { type Transport, TransportError } from '../../src/client/transport.ts';
import { type ControlPlane, namesOf, startControlPlane, until } from '../harness/control-plane.ts';

let plane: ControlPlane;
/** What the transport between informer and server does. */
let trouble: { cutWatches: (() => void)[]; refuseStreamedLists: boolean; watches: string[] };

function troubled(inner: Transport): Transport {
  return {
    async send(request) {
      if (request.path.includes('watch=true')) trouble.watches.push(request.path);
      if (trouble.refuseStreamedLists && request.path.includes('sendInitialEvents'))
        return {
          status: 422,
          header: () => undefined,
          bytes: async () =>
            Buffer.from('{"kind":"Status","status":"Failure","reason":"Invalid","code":422}'),
          stream: () => inner.send(request).then((r) => r.stream()) as never,
        };
      const cut = new AbortController();
      trouble.cutWatches.push(() => cut.abort(new TransportError('cut')));
      const signal = request.signal ? AbortSignal.any([request.signal, cut.signal]) : cut.signal;
      return inner.send({ ...request, signal });
    },
    close: () => inner.close(),
  };
}

beforeEach(async () => {
  trouble = { cutWatches: [], refuseStreamedLists: false, watches: [] };
  plane = await startControlPlane({ wrap: troubled });
});
afterEach(() => plane[Symbol.asyncDispose]());

function configMap(name: string, value = '1'): ConfigMap {
  return { metadata: { name, namespace: 'default' }, data: { value } };
}

function follow(): { told: string[]; factory: InformerFactory } {
  const factory = plane.informersFor(plane.clientFor('test'));
  const told: string[] = [];
  factory.informer(configMaps, { namespace: 'default' }).addHandler({
    added: (o, initial) => told.push(`added ${o.metadata.name}${initial ? ' initially' : ''}`),
    updated: (old, o) => told.push(`updated ${o.metadata.name} ${old.data?.['value']} ${o.data?.['value']}`),
    deleted: (o) => told.push(`deleted ${o.metadata.name}`),
  });
  factory.start(plane.signal);
  return { told, factory };
}

test('tells what is there, then each change in order', async () => {
  await plane.client.create(configMaps, configMap('a'));
  const { told, factory } = follow();
  await factory.synced();
  expect(told).toEqual(['added a initially']);
  await plane.client.create(configMaps, configMap('b'));
  await plane.client.update(configMaps, configMap('a', '2'));
  await plane.client.delete(configMaps, configMap('b'));
  await until('the deletion is told', () => told.includes('deleted b'));
  expect(told).toEqual(['added a initially', 'added b', 'updated a 1 2', 'deleted b']);
  const { lister } = factory.informer(configMaps, { namespace: 'default' });
  expect(namesOf(lister.list())).toEqual(['a']);
  expect(lister.get('default/a')!.data).toEqual({ value: '2' });
});

test('lists where the server cannot stream lists', async () => {
  trouble.refuseStreamedLists = true;
  await plane.client.create(configMaps, configMap('a'));
  const { told, factory } = follow();
  await factory.synced();
  await plane.client.create(configMaps, configMap('b'));
  await until('the second is told', () => told.includes('added b'));
  expect(told).toEqual(['added a initially', 'added b']);
  expect(trouble.watches.filter((w) => !w.includes('sendInitialEvents'))).toHaveLength(1);
});

test('goes on after a broken connection without telling anything twice', async () => {
  await plane.client.create(configMaps, configMap('a'));
  const { told, factory } = follow();
  await factory.synced();
  for (const cut of trouble.cutWatches) cut();
  await plane.client.update(configMaps, configMap('a', '2'));
  await plane.client.create(configMaps, configMap('b'));
  await until('the creation is told', () => told.includes('added b'));
  expect(told).toEqual(['added a initially', 'updated a 1 2', 'added b']);
});

test('an object made anew under the same name while nobody looked is told as deleted and added', async () => {
  await plane.client.create(configMaps, configMap('a'));
  const factory = plane.informersFor(plane.clientFor('test'));
  const informer = factory.informer(configMaps, { namespace: 'default' });
  const uids: string[] = [];
  informer.addHandler({
    added: (o) => uids.push(`added ${o.metadata.uid}`),
    deleted: (o) => uids.push(`deleted ${o.metadata.uid}`),
  });
  factory.start(plane.signal);
  await factory.synced();
  const first = informer.lister.get('default/a')!.metadata.uid;
  const sink = informer as unknown as { replace(objects: ConfigMap[]): void };
  sink.replace([
    { ...configMap('a'), metadata: { ...configMap('a').metadata, uid: 'new', resourceVersion: '9' } },
  ]);
  expect(uids).toEqual([`added ${first}`, `deleted ${first}`, 'added new']);
});

test('a handler added late is told of what is there, and those who ask alike share', async () => {
  await plane.client.create(configMaps, configMap('a'));
  const { factory } = follow();
  await factory.synced();
  const late: string[] = [];
  const informer = factory.informer(configMaps, { namespace: 'default' });
  informer.addHandler({ added: (o) => late.push(o.metadata.name!) });
  expect(late).toEqual(['a']);
  expect(factory.informer(configMaps, { namespace: 'default' })).toBe(informer);
  expect(trouble.watches).toHaveLength(1);
  expect(factory.informer(configMaps)).not.toBe(informer);
});

test('cached objects cannot be changed in tests', async () => {
  await plane.client.create(configMaps, configMap('a'));
  const { factory } = follow();
  await factory.synced();
  const cached = factory.informer(configMaps, { namespace: 'default' }).lister.get('default/a')!;
  expect(() => {
    cached.data!['value'] = 'mine';
  }).toThrow(TypeError);
});

test('what a handler throws does not reach the others', async () => {
  const factory = plane.informersFor(plane.clientFor('test'));
  const seen: string[] = [];
  const informer = factory.informer(configMaps, { namespace: 'default' });
  informer.addHandler({
    added: () => {
      throw new Error('a bad handler');
    },
  });
  informer.addHandler({ added: (o) => seen.push(o.metadata.name!) });
  factory.start(plane.signal);
  await plane.client.create(configMaps, configMap('a'));
  await until('the second handler is told', () => seen.includes('a'));
});

test('follows metadata alone', async () => {
  await plane.client.create(configMaps, configMap('a'));
  const factory = plane.informersFor(plane.clientFor('test'));
  const informer = factory.informer(configMaps, { namespace: 'default', metadataOnly: true });
  factory.start(plane.signal);
  await factory.synced();
  expect(informer.lister.get('default/a')).toMatchObject({ kind: 'PartialObjectMetadata' });
  expect(informer.lister.get('default/a')).not.toHaveProperty('data');
});

test('indexes follow the objects', async () => {
  const factory = plane.informersFor(plane.clientFor('test'));
  const informer = factory.informer(configMaps, { namespace: 'default' });
  informer.addIndex('value', (o) => [o.data?.['value'] ?? '']);
  factory.start(plane.signal);
  await factory.synced();
  await plane.client.create(configMaps, configMap('a'));
  await plane.client.create(configMaps, configMap('b', '2'));
  await until('both are indexed', () => informer.lister.byIndex('value', '2').length === 1);
  expect(namesOf(informer.lister.byIndex('value', '1'))).toEqual(['a']);
  await plane.client.update(configMaps, configMap('a', '2'));
  await until('the index moved', () => informer.lister.byIndex('value', '2').length === 2);
  expect(informer.lister.byIndex('value', '1')).toEqual([]);
  expect(() => informer.lister.byIndex('none', '')).toThrow('no index none');
  expect(factory.informer(pods).hasSynced).toBe(false);
});
