import { expect, test } from 'vitest';
import type { KubeObject } from '../api/object.ts';
import { keyOf, ObjectStore, splitKey } from './object-store.ts';

interface Thing extends KubeObject {
  colours?: string[];
}

function thing(name: string, namespace = '', colours?: string[]): Thing {
  return { apiVersion: 'v1', kind: 'Thing', metadata: { name, ...(namespace && { namespace }) }, colours };
}

/** A store with these things and an index by colour. */
function storeOf(...things: Thing[]): ObjectStore<Thing> {
  const store = new ObjectStore<Thing>();
  store.addIndex('colour', (object) => object.colours ?? []);
  for (const object of things) store.set(keyOf(object), object);
  return store;
}

const names = (things: readonly Thing[]): string[] => things.map((object) => object.metadata.name!);

test('a key is namespace and name, or the name alone', () => {
  expect([keyOf(thing('a', 'n')), keyOf(thing('a'))]).toEqual(['n/a', 'a']);
  expect(splitKey('n/a')).toEqual({ namespace: 'n', name: 'a' });
  expect(splitKey('a')).toEqual({ namespace: '', name: 'a' });
});

test('set and delete give back what was there', () => {
  const store = storeOf();
  const [first, second] = [thing('a', 'n'), thing('a', 'n')];
  expect(store.set('n/a', first)).toBeUndefined();
  expect(store.set('n/a', second)).toBe(first);
  expect([store.get('n/a'), store.size, store.keys()]).toEqual([second, 1, ['n/a']]);
  expect(store.delete('n/a')).toBe(second);
  expect(store.delete('n/a')).toBeUndefined();
  expect([store.get('n/a'), store.size, store.list()]).toEqual([undefined, 0, []]);
});

test('objects are found by namespace, those of the cluster by none', () => {
  const store = storeOf(thing('a', 'n'), thing('b', 'm'), thing('c', 'n'), thing('d'));
  expect(names(store.inNamespace('n'))).toEqual(['a', 'c']);
  expect(names(store.inNamespace(''))).toEqual(['d']);
  expect(store.inNamespace('elsewhere')).toEqual([]);
});

test('an index follows what objects become', () => {
  const store = storeOf(thing('a', '', ['red', 'blue']), thing('b', '', ['red']));
  expect(names(store.byIndex('colour', 'red'))).toEqual(['a', 'b']);
  store.set('a', thing('a', '', ['blue', 'green']));
  expect(names(store.byIndex('colour', 'red'))).toEqual(['b']);
  expect(names(store.byIndex('colour', 'blue'))).toEqual(['a']);
  expect(names(store.byIndex('colour', 'green'))).toEqual(['a']);
  store.delete('a');
  expect(store.byIndex('colour', 'blue')).toEqual([]);
  store.set('b', thing('b'));
  expect(store.byIndex('colour', 'red')).toEqual([]);
});

test('an object that has a value twice is found once', () => {
  const store = storeOf(thing('a', '', ['red', 'red']));
  expect(names(store.byIndex('colour', 'red'))).toEqual(['a']);
  store.delete('a');
  expect(store.byIndex('colour', 'red')).toEqual([]);
});

test('an index that comes late knows what is there; a name that comes twice keeps its first meaning', () => {
  const store = storeOf(thing('a', '', ['red']));
  store.addIndex('initial', (object) => [object.metadata.name!.charAt(0)]);
  store.addIndex('initial', () => ['z']);
  store.set('b', thing('b'));
  expect(names(store.byIndex('initial', 'a'))).toEqual(['a']);
  expect(store.byIndex('initial', 'z')).toEqual([]);
});

test('an index that nobody made is a mistake', () => {
  expect(() => storeOf().byIndex('size', 'big')).toThrow('no index size');
});
