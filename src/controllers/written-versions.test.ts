import { expect, test } from 'vitest';
import type { KubeObject } from '../api/object.ts';
import { ObjectStore } from '../client/object-store.ts';
import { WrittenVersions } from './written-versions.ts';

const object = (resourceVersion: string, uid = 'u'): KubeObject => ({
  metadata: { namespace: 'n', name: 'x', uid, resourceVersion },
});

function setUp() {
  const never = { cancel() {} };
  const time = { now: 0 };
  const written = new WrittenVersions({ now: () => time.now, after: () => never, every: () => never });
  const store = new ObjectStore<KubeObject>();
  return { written, store, time, lister: store as never };
}

test('W1: the cache is behind until it has the written version or a later one', () => {
  const { written, store, lister } = setUp();
  store.set('n/x', object('9'));
  expect(written.behind('owner')).toBe(0);
  written.wrote('owner', lister, object('10'));
  written.wrote('owner', lister, object('9'));
  expect(written.behind('owner')).toBe(30_000);
  expect(written.behind('another')).toBe(0);
  store.set('n/x', object('11'));
  expect(written.behind('owner')).toBe(0);
});

test('W1: an object that was deleted is not waited for', () => {
  const { written, lister } = setUp();
  written.wrote('owner', lister, object('10'));
  written.deleted('owner', object('12'));
  expect(written.behind('owner')).toBe(0);
});

test('W2: patience ends', () => {
  const { written, time, lister } = setUp();
  written.wrote('owner', lister, object('10'));
  time.now = 29_000;
  expect(written.behind('owner')).toBe(1000);
  time.now = 30_000;
  expect(written.behind('owner')).toBe(0);
});
