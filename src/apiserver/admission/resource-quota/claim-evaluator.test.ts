import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../api/object.ts';
import { claimEvaluator } from './claim-evaluator.ts';

const claim = (storage: string, spec: object = {}, status: object = {}): KubeObject => ({
  metadata: {},
  spec: { resources: { requests: { storage } }, ...spec },
  status,
});

describe('claims', () => {
  it('count in all and for their storage class', () => {
    expect(claimEvaluator.usage(claim('1500m', { storageClassName: 'gold' }), 0)).toEqual({
      persistentvolumeclaims: '1',
      'count/persistentvolumeclaims': '1',
      'requests.storage': '2',
      'gold.storageclass.storage.k8s.io/persistentvolumeclaims': '1',
      'gold.storageclass.storage.k8s.io/requests.storage': '2',
    });
  });

  it('count with what they were given, where that is more', () => {
    const given = { allocatedResources: { storage: '2Gi' } };
    expect(claimEvaluator.usage(claim('1Gi', {}, given), 0)).toMatchObject({ 'requests.storage': '2Gi' });
    expect(claimEvaluator.usage(claim('3Gi', {}, given), 0)).toMatchObject({ 'requests.storage': '3Gi' });
  });

  it('take part in these resources', () => {
    const all = [
      'persistentvolumeclaims',
      'requests.storage',
      'count/persistentvolumeclaims',
      'gold.storageclass.storage.k8s.io/requests.storage',
      'pods',
      'gold.storageclass.storage.k8s.io/other',
    ];
    expect(claimEvaluator.matchingResources(all)).toEqual(all.slice(0, 4));
  });

  it('are of the scope of each class that they have or get', () => {
    const scope = { scopeName: 'VolumeAttributesClass', operator: 'In', values: ['fast'] };
    const status = { modifyVolumeStatus: { targetVolumeAttributesClassName: 'fast' } };
    expect(claimEvaluator.inScope!(scope, claim('1', { volumeAttributesClassName: 'slow' }, status))).toBe(
      true,
    );
    expect(claimEvaluator.inScope!(scope, claim('1', { volumeAttributesClassName: 'slow' }))).toBe(false);
    expect(claimEvaluator.inScope!({ ...scope, operator: 'NotIn' }, claim('1'))).toBe(true);
    expect(claimEvaluator.inScope!({ scopeName: 'BestEffort', operator: 'Exists' }, claim('1'))).toBe(false);
  });
});
