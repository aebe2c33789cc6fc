import { describe, expect, it } from 'vitest';
import { describe as describeField } from '../api/openapi/descriptions.ts';
import { builtinGroups, builtinResources, everyResource } from './registry.ts';

describe('registry', () => {
  it('knows pods', () => {
    const pods = builtinResources().find(({ group, plural }) => group === '' && plural === 'pods');
    expect(pods).toMatchObject({ kind: 'Pod', namespaced: true, shortNames: ['po'], typeRef: 'core/v1.Pod' });
    expect(pods?.subresources.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['status', 'binding', 'log', 'exec', 'eviction', 'resize']),
    );
  });

  it('stores each kind in a version whose hooks it has', () => {
    for (const { storage, hooks, kind } of builtinResources()) {
      expect(hooks.kind).toBe(kind);
      if (storage) expect(`${storage.group}/${storage.version}`).toBe(`${hooks.group}/${hooks.version}`);
    }
  });

  it('keeps events of both groups in one place', () => {
    const events = builtinResources().filter(({ plural }) => plural === 'events');
    expect(events.map(({ group }) => group)).toEqual(['', 'events.k8s.io']);
    expect(new Set(events.map(({ storage }) => storage?.typeRef))).toEqual(new Set(['core/v1.Event']));
  });

  it('serves stable versions by default and knows the others', () => {
    expect(builtinResources().length).toBeGreaterThan(50);
    expect(everyResource().length).toBeGreaterThan(builtinResources().length);
    expect(builtinGroups()[0]).toMatchObject({ group: '' });
  });

  it('has tables whose first column is always shown', () => {
    const tables = builtinResources().flatMap(({ hooks }) => hooks.table ?? []);
    expect(tables.length).toBeGreaterThan(25);
    for (const { columns } of tables) expect(columns[0]?.priority).toBe(0);
  });

  it('describes columns by fields that there are', () => {
    for (const { hooks } of builtinResources())
      for (const { name, description } of hooks.table?.columns ?? [])
        if (typeof description !== 'string')
          expect(describeField(description.doc), `${hooks.kind}: ${name}`).not.toBe('');
  });

  it('tells of deprecations that have come', () => {
    const find = (path: string) =>
      everyResource().find(({ group, version, plural }) => `${group}/${version}/${plural}` === path);
    expect(find('resource.k8s.io/v1beta1/resourceclaims')).toMatchObject({
      deprecated: '1.35',
      removed: '1.38',
    });
    expect(find('certificates.k8s.io/v1beta1/clustertrustbundles')?.deprecated).toBeUndefined();
  });

  it('stores versions that are not served by default where the others are', () => {
    const storedIn = (path: string) =>
      everyResource().find(({ group, version, plural }) => `${group}/${version}/${plural}` === path)?.storage
        ?.typeRef;
    const group = 'admissionregistration.k8s.io';
    expect(storedIn(`${group}/v1alpha1/mutatingadmissionpolicies`)).toBe(
      `${group}/v1.MutatingAdmissionPolicy`,
    );
    expect(storedIn(`${group}/v1beta1/mutatingadmissionpolicies`)).toBe(
      `${group}/v1.MutatingAdmissionPolicy`,
    );
    expect(storedIn('resource.k8s.io/v1beta2/devicetaintrules')).toBe(
      'resource.k8s.io/v1alpha3.DeviceTaintRule',
    );
  });
});
