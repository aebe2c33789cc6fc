import { describe, expect, it } from 'vitest';
import type { ResourceQuota } from '#types/core_v1';
import type { KubeObject } from '../../../api/object.ts';
import type { AdmissionRequest } from '../admission.ts';
import { checkRequest } from './check-request.ts';
import { claimEvaluator } from './claim-evaluator.ts';
import { podEvaluator } from './pod-evaluator.ts';

function quota(name: string, hard: object, used: object, spec: object = {}): ResourceQuota {
  return { metadata: { name, namespace: 'n' }, spec, status: { hard, used } } as unknown as ResourceQuota;
}

function request(resource: string, object: object, more: Partial<AdmissionRequest> = {}): AdmissionRequest {
  return {
    operation: 'CREATE',
    subresource: '',
    name: 'x',
    resource: { groupResource: { group: '', resource } },
    object: object as KubeObject,
    ...more,
  } as AdmissionRequest;
}

const podOf = (cpu?: string): object => ({
  metadata: {},
  spec: { containers: [{ name: 'c', resources: cpu ? { requests: { cpu } } : {} }] },
});
const claimOf = (storage: string): object => ({
  metadata: {},
  spec: { resources: { requests: { storage } } },
});

describe('checkRequest', () => {
  it('adds the usage of what the quota limits', () => {
    const first = quota('a', { pods: '2', 'requests.cpu': '2' }, { pods: '1', 'requests.cpu': '500m' });
    const other = quota('b', { services: '1' }, { services: '1' });
    const [charged, untouched] = checkRequest([first, other], request('pods', podOf('1')), podEvaluator, 0);
    expect(charged!.status.used).toEqual({ pods: '2', 'requests.cpu': '1500m' });
    expect(untouched).toBe(other);
    expect(first.status.used).toEqual({ pods: '1', 'requests.cpu': '500m' });
  });

  it('refuses what is too much, and names only that', () => {
    const full = quota('a', { pods: '9', 'requests.cpu': '1' }, { pods: '1', 'requests.cpu': '500m' });
    expect(() => checkRequest([full], request('pods', podOf('1')), podEvaluator, 0)).toThrow(
      'pods "x" is forbidden: exceeded quota: a, requested: requests.cpu=1, used: requests.cpu=500m, limited: requests.cpu=1',
    );
  });

  it('refuses what does not say how much it takes', () => {
    const limited = quota('a', { 'requests.cpu': '1' }, { 'requests.cpu': '0' });
    expect(() => checkRequest([limited], request('pods', podOf()), podEvaluator, 0)).toThrow(
      'pods "x" is forbidden: failed quota: a: must specify requests.cpu for: c',
    );
  });

  it('refuses what a quota counts whose usage is not known yet', () => {
    const unknown = quota('a', { pods: '1', 'count/pods': '1' }, {});
    expect(() => checkRequest([unknown], request('pods', podOf()), podEvaluator, 0)).toThrow(
      'pods "x" is forbidden: status unknown for quota: a, resources: count/pods,pods',
    );
  });

  it('passes quotas over that have no status yet, and those of another scope', () => {
    const fresh = quota('a', {}, {});
    const scoped = quota('b', { pods: '0' }, { pods: '0' }, { scopes: ['Terminating'] });
    const quotas = [fresh, scoped];
    expect(checkRequest(quotas, request('pods', podOf()), podEvaluator, 0)).toEqual(quotas);
  });

  it('charges updates for what they add', () => {
    const quotas = [quota('a', { 'requests.storage': '3Gi' }, { 'requests.storage': '2Gi' })];
    const grow = (from: string, to: string): AdmissionRequest =>
      request('persistentvolumeclaims', claimOf(to), {
        operation: 'UPDATE',
        oldObject: claimOf(from) as KubeObject,
      });
    const charged = checkRequest(quotas, grow('2Gi', '3Gi'), claimEvaluator, 0);
    expect(charged[0]!.status.used).toEqual({ 'requests.storage': '3Gi' });
    expect(checkRequest(quotas, grow('2Gi', '1Gi'), claimEvaluator, 0)[0]).toBe(quotas[0]);
    expect(() => checkRequest(quotas, grow('1Gi', '3Gi'), claimEvaluator, 0)).toThrow(
      'exceeded quota: a, requested: requests.storage=2Gi, used: requests.storage=2Gi, limited: requests.storage=3Gi',
    );
  });

  it('charges in full what comes from another scope', () => {
    const quotas = [quota('a', { pods: '5' }, { pods: '1' }, { scopes: ['Terminating'] })];
    const old = podOf() as { metadata: object; spec: object };
    const object = { ...old, spec: { ...old.spec, activeDeadlineSeconds: 5 } };
    const update = request('pods', object, { operation: 'UPDATE', oldObject: old as KubeObject });
    expect(checkRequest(quotas, update, podEvaluator, 0)[0]!.status.used).toEqual({ pods: '2' });
  });

  it('counts but never refuses a change of status', () => {
    const quotas = [quota('a', { 'requests.storage': '1Gi' }, { 'requests.storage': '1Gi' })];
    const object = { ...claimOf('1Gi'), status: { allocatedResources: { storage: '2Gi' } } };
    const update = request('persistentvolumeclaims', object, {
      operation: 'UPDATE',
      subresource: 'status',
      oldObject: claimOf('1Gi') as KubeObject,
    });
    expect(checkRequest(quotas, update, claimEvaluator, 0)[0]!.status.used).toEqual({
      'requests.storage': '2Gi',
    });
  });
});
