import { beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../api/object.ts';
import { loopback } from '../../authentication/authenticator.ts';
import { createObject } from '../../store/create.ts';
import { updateObject } from '../../store/update.ts';
import { openTestObjectStore, type TestObjectStore } from '../../test-object-store.ts';
import type { AdmissionRequest, AdmissionStep } from '../admission.ts';
import { resourceQuota } from './resource-quota.ts';

const context = { user: loopback, namespace: 'n', subresource: '', dryRun: false, warn: () => {} };

describe('ResourceQuota', () => {
  let store: TestObjectStore;
  let step: AdmissionStep;
  beforeEach(() => {
    store = openTestObjectStore();
    step = resourceQuota(
      () => store.resource('', 'resourcequotas'),
      () => store.dependencies,
    );
  });

  const setUsed = async (used: string): Promise<void> => {
    const change = (current: KubeObject | undefined): KubeObject => ({
      ...current!,
      status: { hard: { configmaps: '1' }, used: { configmaps: used } },
    });
    const update = { change, validate: async () => {}, bypassStrategy: true };
    await updateObject(store.resource('', 'resourcequotas'), 'q', update, store.dependencies, context);
  };
  const makeQuota = async (): Promise<void> => {
    const quota: KubeObject = {
      kind: 'ResourceQuota',
      apiVersion: 'v1',
      metadata: { name: 'q', namespace: 'n' },
      spec: { hard: { configmaps: '1' } },
    };
    await createObject(
      store.resource('', 'resourcequotas'),
      quota,
      store.dependencies,
      context,
      async () => {},
    );
  };
  const request = (namespace = 'n'): AdmissionRequest => ({
    operation: 'CREATE',
    resource: store.resource('', 'configmaps'),
    subresource: '',
    namespace,
    name: 'c',
    object: { metadata: { name: 'c', namespace } },
    oldObject: undefined,
    user: loopback,
    dryRun: false,
    deadline: Number.POSITIVE_INFINITY,
    warn: () => {},
  });

  it('does not overwrite what a controller counts at the same time', async () => {
    await makeQuota();
    await setUsed('0');
    const counted = setUsed('1');
    await expect(step.validate!(request())).rejects.toThrow('exceeded quota: q');
    await counted;
  });

  it('does not even wait where there is no quota', async () => {
    await makeQuota();
    expect(step.validate!(request('other'))).toBeUndefined();
    expect(step.validate!(request())).toBeInstanceOf(Promise);
    expect(step.validate!({ ...request(), operation: 'DELETE' })).toBeUndefined();
    expect(step.validate!({ ...request(), resource: store.resource('', 'events') })).toBeUndefined();
  });
});
