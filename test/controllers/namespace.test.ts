// Namespaces get what belongs into them, and go when they are deleted.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ConfigMap, Namespace } from '#types/core_v1';
import { isNotFound } from '../../src/client/api-errors.ts';
import { configMaps, namespaces, serviceAccounts } from '../../src/client/resources.ts';
import { namespaceController } from '../../src/controllers/namespace/controller.ts';
import { rootCaPublisher } from '../../src/controllers/root-ca-publisher.ts';
import { serviceAccountController } from '../../src/controllers/service-account.ts';
import { type ControlPlane, startControlPlane, until } from '../harness/control-plane.ts';
import { startControllers } from '../harness/controllers.ts';

let plane: ControlPlane;
beforeEach(async () => {
  plane = await startControlPlane();
});
afterEach(() => plane[Symbol.asyncDispose]());

function namespace(name: string): Namespace {
  return { metadata: { name } } as Namespace;
}

function configMap(name: string, more: Partial<ConfigMap['metadata']> = {}): ConfigMap {
  return { metadata: { name, namespace: 'a', ...more } };
}

async function isGone(name: string): Promise<boolean> {
  try {
    await plane.client.get(namespaces, { namespace: '', name });
    return false;
  } catch (error) {
    if (isNotFound(error)) return true;
    throw error;
  }
}

test('a new namespace gets its service account and the root certificate', async () => {
  startControllers(plane, serviceAccountController, rootCaPublisher);
  await plane.client.create(namespaces, namespace('a'));
  const found = await until('the certificate is published', () =>
    plane.client.get(configMaps, { namespace: 'a', name: 'kube-root-ca.crt' }),
  );
  expect(found.data).toEqual({ 'ca.crt': 'the authority' });
  expect(found.metadata.annotations).toEqual({
    'kubernetes.io/description': expect.stringContaining('Contains a CA bundle'),
  });
  await until('the account is there', () =>
    plane.client.get(serviceAccounts, { namespace: 'a', name: 'default' }),
  );
});

test('what was changed or deleted comes back', async () => {
  startControllers(plane, serviceAccountController, rootCaPublisher);
  const name = { namespace: 'default', name: 'kube-root-ca.crt' };
  const found = await until('it is published', () => plane.client.get(configMaps, name));
  await plane.client.update(configMaps, { ...found, data: { 'ca.crt': 'forged', more: 'x' } });
  await until('it is mended', async () => {
    const { data } = await plane.client.get(configMaps, name);
    return data?.['ca.crt'] === 'the authority' && !data['more'];
  });
  await plane.client.delete(configMaps, name);
  await until('it is published anew', () => plane.client.get(configMaps, name));
  const account = { namespace: 'default', name: 'default' };
  const { metadata } = await until('the account is there', () => plane.client.get(serviceAccounts, account));
  await plane.client.delete(serviceAccounts, account);
  await until('the account is made anew', async () => {
    const now = await plane.client.get(serviceAccounts, account);
    return now.metadata.uid !== metadata.uid;
  });
});

test('a deleted namespace is emptied and goes; nothing of others is touched', async () => {
  startControllers(plane, namespaceController);
  await plane.client.create(namespaces, namespace('a'));
  await plane.client.create(configMaps, configMap('mine'));
  await plane.client.create(configMaps, configMap('other', { namespace: 'default' }));
  await plane.client.delete(namespaces, { namespace: '', name: 'a' });
  await until('it is gone', () => isGone('a'));
  expect(await plane.client.get(configMaps, { namespace: 'default', name: 'other' })).toBeDefined();
});

test('a namespace waits for finalizers and tells what it waits for', async () => {
  startControllers(plane, namespaceController);
  await plane.client.create(namespaces, namespace('a'));
  await plane.client.create(configMaps, configMap('blocked', { finalizers: ['example.com/block'] }));
  await plane.client.delete(namespaces, { namespace: '', name: 'a' });
  const waiting = await until('it tells what remains', async () => {
    const found = await plane.client.get(namespaces, { namespace: '', name: 'a' });
    return found.status?.conditions && found;
  });
  expect(waiting.status!.conditions!.map((c) => [c.type, c.status, c.reason, c.message])).toEqual([
    [
      'NamespaceDeletionDiscoveryFailure',
      'False',
      'ResourcesDiscovered',
      'All resources successfully discovered',
    ],
    [
      'NamespaceDeletionGroupVersionParsingFailure',
      'False',
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ],
    [
      'NamespaceDeletionContentFailure',
      'False',
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
    ],
    [
      'NamespaceContentRemaining',
      'True',
      'SomeResourcesRemain',
      'Some resources are remaining: configmaps. has 1 resource instances',
    ],
    [
      'NamespaceFinalizersRemaining',
      'True',
      'SomeFinalizersRemain',
      'Some content in the namespace has finalizers remaining: example.com/block in 1 resource instances',
    ],
  ]);
  await plane.client.patch(
    configMaps,
    { namespace: 'a', name: 'blocked' },
    { metadata: { finalizers: null } },
    { type: 'merge' },
  );
  await until('it is gone', () => isGone('a'));
});

test('a namespace that was being deleted while nobody worked is finished after a start', async () => {
  await plane.client.create(namespaces, namespace('a'));
  await plane.client.create(configMaps, configMap('mine'));
  await plane.client.delete(namespaces, { namespace: '', name: 'a' });
  expect(await isGone('a')).toBe(false);
  startControllers(plane, namespaceController);
  await until('it is gone', () => isGone('a'));
});

test('further finalizers of the namespace are left to their owners', async () => {
  startControllers(plane, namespaceController);
  await plane.client.create(namespaces, {
    ...namespace('a'),
    spec: { finalizers: ['kubernetes', 'example.com/mine'] },
  });
  await plane.client.delete(namespaces, { namespace: '', name: 'a' });
  const left = await until('ours is taken off', async () => {
    const found = await plane.client.get(namespaces, { namespace: '', name: 'a' });
    return found.spec?.finalizers?.length === 1 && found;
  });
  expect(left.spec!.finalizers).toEqual(['example.com/mine']);
});
