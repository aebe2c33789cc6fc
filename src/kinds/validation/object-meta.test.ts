import { describe, expect, it } from 'vitest';
import type { ObjectMeta } from '../../api/object.ts';
import { subdomainName } from './names.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './object-meta.ts';

const good: ObjectMeta = { name: 'a', namespace: 'n', uid: 'u', resourceVersion: '1' } as ObjectMeta;

function faults(meta: Partial<ObjectMeta>, namespaced = true): string[] {
  const errors = validateObjectMeta(
    { ...good, ...meta } as ObjectMeta,
    namespaced,
    subdomainName,
    'metadata',
  );
  return errors.map(({ field, body }) => `${field}: ${body}`);
}

function updateFaults(meta: Partial<ObjectMeta>, old: Partial<ObjectMeta> = {}): string[] {
  const errors = validateObjectMetaUpdate(
    { ...good, ...meta } as ObjectMeta,
    { ...good, ...old } as ObjectMeta,
    'metadata',
  );
  return errors.map(({ field, body }) => `${field}: ${body}`);
}

describe('metadata of a create', () => {
  it('may be good', () => {
    expect(faults({ labels: { 'a.b/c': 'd' }, annotations: { 'A.B/c': 'anything !' } })).toEqual([]);
  });

  it('needs a name, and a namespace where the kind has one', () => {
    expect(faults({ name: '' })).toEqual(['metadata.name: Required value: name or generateName is required']);
    expect(faults({ namespace: '' })).toEqual(['metadata.namespace: Required value']);
    expect(faults({}, false)).toEqual(['metadata.namespace: Forbidden: not allowed on this type']);
  });

  it('has labels whose faults name the map', () => {
    expect(faults({ labels: { a: 'b c' } })[0]).toMatch(
      /^metadata.labels: Invalid value: "b c": a valid label/,
    );
  });

  it('has annotations of at most 256 KiB', () => {
    expect(faults({ annotations: { a: 'x'.repeat(256 * 1024 - 1) } })).toEqual([]);
    expect(faults({ annotations: { a: 'x'.repeat(256 * 1024) } })).toEqual([
      'metadata.annotations: Too long: may not be more than 262144 bytes',
    ]);
  });

  it('has one controller at most', () => {
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: '1', controller: true };
    const found = faults({ ownerReferences: [owner, { ...owner, name: 'q' }] });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('Found "true" in references for Pod/p and Pod/q');
  });

  it('has finalizers with a domain', () => {
    expect(faults({ finalizers: ['a.b/c', 'orphan'] })).toEqual([]);
    expect(faults({ finalizers: ['c'] })).toEqual([
      'metadata.finalizers[0]: Invalid value: "c": name is neither a standard finalizer name nor is it fully qualified',
    ]);
  });
});

describe('metadata of an update', () => {
  it('keeps name and uid', () => {
    expect(updateFaults({ uid: 'v' })).toEqual(['metadata.uid: Invalid value: "v": field is immutable']);
    expect(updateFaults({ name: 'b' })).toEqual(['metadata.name: Invalid value: "b": field is immutable']);
  });

  it('needs a resourceVersion', () => {
    expect(updateFaults({ resourceVersion: '' })).toEqual([
      'metadata.resourceVersion: Invalid value: "": must be specified for an update',
    ]);
  });

  it('adds no finalizers to what is being deleted', () => {
    const deletionTimestamp = '2026-01-01T00:00:00Z';
    const found = updateFaults({ deletionTimestamp, finalizers: ['a.b/c'] }, { deletionTimestamp });
    expect(found).toEqual([
      'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"a.b/c"}',
    ]);
    expect(updateFaults({ deletionTimestamp }, { deletionTimestamp, finalizers: ['a.b/c'] })).toEqual([]);
  });
});
