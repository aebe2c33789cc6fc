import { expect, it } from 'vitest';
import type { Random } from '../../api/clock.ts';
import { systemRandom } from '../../api/clock.ts';
import type { KubeObject } from '../../api/object.ts';
import { loopback } from '../authentication/authenticator.ts';
import { openTestObjectStore, type TestObjectStore } from '../test-object-store.ts';
import { createObject, type Written } from './create.ts';

const context = { user: loopback, namespace: 'n', subresource: '', dryRun: false, warn: () => {} };

/** Makes a config map with a generated name out of these endings, the last of them for ever. */
function generate(store: TestObjectStore, endings: readonly string[], more: object = {}): Promise<Written> {
  let at = 0;
  const random: Random = { ...systemRandom, suffix: () => endings[Math.min(at++, endings.length - 1)]! };
  const object: KubeObject = {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { generateName: 'c-', namespace: 'n' },
    ...more,
  };
  const dependencies = { ...store.dependencies, random };
  return createObject(store.resource('', 'configmaps'), object, dependencies, context, async () => {});
}

it('generates another name where one is taken', async () => {
  const store = openTestObjectStore();
  await generate(store, ['aaaaa']);
  const { object } = await generate(store, ['aaaaa', 'aaaaa', 'bbbbb']);
  expect(object.metadata.name).toBe('c-bbbbb');
});

it('gives up after eight names that are taken', async () => {
  const store = openTestObjectStore();
  await generate(store, ['aaaaa']);
  const seven = new Array<string>(7).fill('aaaaa');
  expect((await generate(store, [...seven, 'bbbbb'])).object.metadata.name).toBe('c-bbbbb');
  await expect(generate(store, [...seven, 'aaaaa', 'ccccc'])).rejects.toMatchObject({
    status: {
      code: 409,
      reason: 'AlreadyExists',
      message:
        'configmaps "c-aaaaa" already exists, the server was not able to generate a unique name for the object',
      details: { retryAfterSeconds: 1 },
    },
  });
});

it('tells of an object that is not valid rather than of its name', async () => {
  const store = openTestObjectStore();
  await generate(store, ['aaaaa']);
  await expect(generate(store, ['aaaaa'], { data: { 'a/b': '' } })).rejects.toMatchObject({
    status: { code: 422, reason: 'Invalid' },
  });
});
