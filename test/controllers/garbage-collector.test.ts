// Garbage collection against a server: background, foreground and orphan deletion, and references that lead nowhere.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ConfigMap } from '#types/core_v1';
import type { KubeObject, OwnerReference } from '../../src/api/object.ts';
import { isNotFound } from '../../src/client/api-errors.ts';
import { resource } from '../../src/client/resource.ts';
import { configMaps, events, namespaces } from '../../src/client/resources.ts';
import { garbageCollector } from '../../src/controllers/garbage-collector/controller.ts';
import { type ControlPlane, startControlPlane, until } from '../harness/control-plane.ts';
import { startControllers } from '../harness/controllers.ts';

let plane: ControlPlane;
beforeEach(async () => {
  plane = await startControlPlane();
});
afterEach(() => plane[Symbol.asyncDispose]());

function make(name: string, owners: OwnerReference[] = [], finalizers: string[] = []): Promise<ConfigMap> {
  return plane.client.create(configMaps, {
    metadata: { name, namespace: 'default', ownerReferences: owners, finalizers },
  });
}

function owner(of: ConfigMap, blockOwnerDeletion = false): OwnerReference {
  const { name, uid } = of.metadata;
  return { apiVersion: 'v1', kind: 'ConfigMap', name: name!, uid: uid!, blockOwnerDeletion };
}

async function find(name: string): Promise<ConfigMap | undefined> {
  try {
    return await plane.client.get(configMaps, { namespace: 'default', name });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

const gone = (name: string) => until(`${name} is gone`, async () => (await find(name)) === undefined);

test('background: dependents go after their owner, also theirs', async () => {
  startControllers(plane, garbageCollector);
  const top = await make('top');
  const middle = await make('middle', [owner(top)]);
  await make('bottom', [owner(middle)]);
  await plane.client.delete(configMaps, top, { propagationPolicy: 'Background' });
  await gone('middle');
  await gone('bottom');
});

test('foreground: the owner goes last, and dependents that do not block are not waited for', async () => {
  startControllers(plane, garbageCollector);
  const top = await make('top');
  await make('blocking', [owner(top, true)], ['example.com/hold']);
  await make('loose', [owner(top)]);
  await plane.client.delete(configMaps, top, { propagationPolicy: 'Foreground' });
  await gone('loose');
  await until('the blocking one is marked', async () => (await find('blocking'))?.metadata.deletionTimestamp);
  expect((await find('top'))?.metadata.finalizers).toEqual(['foregroundDeletion']);
  const blocking = { namespace: 'default', name: 'blocking' };
  await plane.client.patch(configMaps, blocking, { metadata: { finalizers: null } }, { type: 'merge' });
  await gone('top');
});

test('foreground through two levels', async () => {
  startControllers(plane, garbageCollector);
  const top = await make('top');
  const middle = await make('middle', [owner(top, true)]);
  await make('bottom', [owner(middle, true)]);
  await plane.client.delete(configMaps, top, { propagationPolicy: 'Foreground' });
  await gone('top');
  expect(await find('middle')).toBeUndefined();
  expect(await find('bottom')).toBeUndefined();
});

test('orphan: dependents stay and lose the reference', async () => {
  startControllers(plane, garbageCollector);
  const top = await make('top');
  await make('child', [owner(top)]);
  await plane.client.delete(configMaps, top, { propagationPolicy: 'Orphan' });
  await gone('top');
  expect((await find('child'))?.metadata.ownerReferences).toBeUndefined();
});

test('an object with one owner left loses only the reference to the other', async () => {
  startControllers(plane, garbageCollector);
  const first = await make('first');
  const second = await make('second');
  await make('child', [owner(first), owner(second)]);
  await plane.client.delete(configMaps, first, { propagationPolicy: 'Background' });
  const child = await until('the reference is taken off', async () => {
    const found = await find('child');
    return found?.metadata.ownerReferences?.length === 1 && found;
  });
  expect(child.metadata.ownerReferences![0]!.name).toBe('second');
});

test('an owner that never was, and one of the wrong uid, count as gone; one of an unknown kind does not', async () => {
  const real = await make('real');
  await make('unknown-kind', [{ apiVersion: 'example.com/v1', kind: 'None', name: 'x', uid: 'u1' }]);
  await make('wrong-uid', [{ ...owner(real), uid: 'u2' }]);
  await make('no-owner', [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'never', uid: 'u3' }]);
  startControllers(plane, garbageCollector);
  await gone('wrong-uid');
  await gone('no-owner');
  expect(await find('unknown-kind')).toBeDefined();
  expect(await find('real')).toBeDefined();
});

test('an owner in another namespace counts as gone, and an event tells it', async () => {
  await plane.client.create(namespaces, { metadata: { name: 'a' } } as never);
  const elsewhere = await plane.client.create(configMaps, { metadata: { name: 'there', namespace: 'a' } });
  await make('probe', [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'never', uid: 'u' }]);
  startControllers(plane, garbageCollector);
  // the graph knows the other namespace's object from now on
  await gone('probe');
  await make('child', [owner(elsewhere)]);
  await gone('child');
  const told = await until('an event tells it', async () => {
    const { items } = await plane.client.list(events, { namespace: 'default' });
    return items.find((e) => e.reason === 'OwnerRefInvalidNamespace');
  });
  expect(told.message).toBe(
    `ownerRef [v1/ConfigMap, namespace: default, name: there, uid: ${elsewhere.metadata.uid}] does not exist in namespace "default"`,
  );
  expect(told.source).toEqual({ component: 'garbage-collector-controller' });
});

test('what happened while nobody worked is caught up', async () => {
  const background = await make('background');
  await make('child', [owner(background)]);
  const foreground = await make('foreground');
  await make('blocking', [owner(foreground, true)]);
  await plane.client.delete(configMaps, background, { propagationPolicy: 'Background' });
  await plane.client.delete(configMaps, foreground, { propagationPolicy: 'Foreground' });
  startControllers(plane, garbageCollector);
  await gone('child');
  await gone('foreground');
  expect(await find('blocking')).toBeUndefined();
});

test('a circle of owners in foreground deletion ends', async () => {
  const a = await make('a');
  const b = await make('b', [owner(a, true)]);
  await plane.client.update(configMaps, {
    ...a,
    metadata: { ...a.metadata, ownerReferences: [owner(b, true)] },
  });
  startControllers(plane, garbageCollector);
  await plane.client.delete(configMaps, a, { propagationPolicy: 'Foreground' });
  await gone('a');
  await gone('b');
});

const definitions = resource<KubeObject>(
  'apiextensions.k8s.io/v1',
  'CustomResourceDefinition',
  'customresourcedefinitions',
  'Cluster',
);
const things = resource<KubeObject>('example.com/v1', 'Thing', 'things', 'Namespaced');

function defineThings(): Promise<KubeObject> {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return plane.client.create(definitions, {
    metadata: { name: 'things.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'things', kind: 'Thing' },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  });
}

test('custom resources own others and are owned, while their definitions come and go', async () => {
  startControllers(plane, garbageCollector);
  for (const round of ['first', 'second']) {
    const definition = await defineThings();
    const thing = await plane.client.create(things, { metadata: { name: 'thing', namespace: 'default' } });
    const { name, uid } = thing.metadata;
    const child = await make(`${round}-child`, [
      { apiVersion: 'example.com/v1', kind: 'Thing', name: name!, uid: uid! },
    ]);
    await plane.client.create(things, {
      metadata: { name: 'grandchild', namespace: 'default', ownerReferences: [owner(child)] },
    });
    if (round === 'first') await plane.client.delete(things, thing, { propagationPolicy: 'Background' });
    // with the definition all of its objects go, and their dependents after them
    else await plane.client.delete(definitions, definition, {});
    await gone(`${round}-child`);
    if (round === 'first') await plane.client.delete(definitions, definition, {});
    await until('the definition is gone', async () => {
      const { items } = await plane.client.list(definitions, {});
      return items.length === 0;
    });
  }
  const after = await make('after');
  await make('after-child', [owner(after)]);
  await plane.client.delete(configMaps, after, { propagationPolicy: 'Background' });
  await gone('after-child');
});
