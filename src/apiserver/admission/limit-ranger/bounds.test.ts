import { describe, expect, it } from 'vitest';
import type { LimitRange, LimitRangeItem, PersistentVolumeClaim, Pod } from '#types/core_v1';
import { claimProblems, podProblems } from './bounds.ts';

const range = (item: LimitRangeItem): LimitRange => ({ metadata: {}, spec: { limits: [item] } });

const podOf = (containers: object[], more: object = {}): Pod =>
  ({
    metadata: {},
    spec: { containers: containers.map((resources) => ({ name: 'c', resources })), ...more },
  }) as unknown as Pod;

const claim = (storage: string): PersistentVolumeClaim =>
  ({ metadata: {}, spec: { resources: { requests: { storage } } } }) as unknown as PersistentVolumeClaim;

describe('bounds of containers', () => {
  const check = (item: Partial<LimitRangeItem>, resources: object): string[] =>
    podProblems(range({ type: 'Container', ...item }), podOf([resources]));

  it('compares with the least', () => {
    const min = { cpu: '100m' };
    expect(check({ min }, {})).toEqual(['minimum cpu usage per Container is 100m.  No request is specified']);
    expect(check({ min }, { requests: { cpu: '50m' } })).toEqual([
      'minimum cpu usage per Container is 100m, but request is 50m',
    ]);
    expect(check({ min }, { requests: { cpu: '1' }, limits: { cpu: '90m' } })).toEqual([
      'minimum cpu usage per Container is 100m, but limit is 90m',
    ]);
    expect(check({ min }, { requests: { cpu: '0.1' } })).toEqual([]);
  });

  it('compares with the most', () => {
    const max = { memory: '1Gi' };
    expect(check({ max }, {})).toEqual(['maximum memory usage per Container is 1Gi.  No limit is specified']);
    expect(check({ max }, { limits: { memory: '2Gi' } })).toEqual([
      'maximum memory usage per Container is 1Gi, but limit is 2Gi',
    ]);
    expect(check({ max }, { limits: { memory: '1Gi' }, requests: { memory: '1025Mi' } })).toEqual([
      'maximum memory usage per Container is 1Gi, but request is 1025Mi',
    ]);
    expect(check({ max }, { limits: { memory: '1024Mi' } })).toEqual([]);
  });

  it('compares limits with requests', () => {
    const maxLimitRequestRatio = { cpu: '3' };
    const ratio = (requests: object, limits: object): string[] =>
      check({ maxLimitRequestRatio }, { requests, limits });
    expect(ratio({}, { cpu: '1' })).toEqual([
      'cpu max limit to request ratio per Container is 3, but no request is specified or request is 0',
    ]);
    expect(ratio({ cpu: '1' }, {})).toEqual([
      'cpu max limit to request ratio per Container is 3, but no limit is specified or limit is 0',
    ]);
    expect(ratio({ cpu: '300m' }, { cpu: '1' })).toEqual([
      'cpu max limit to request ratio per Container is 3, but provided ratio is 3.333333',
    ]);
    expect(ratio({ cpu: '100m' }, { cpu: '300m' })).toEqual([]);
  });
});

describe('bounds of pods', () => {
  const item = { type: 'Pod', max: { cpu: '2' } };

  it('go for the sum of containers', () => {
    const limits = { limits: { cpu: '1100m' } };
    expect(podProblems(range(item), podOf([limits, limits]))).toEqual([
      'maximum cpu usage per Pod is 2, but limit is 2200m',
    ]);
    expect(podProblems(range(item), podOf([limits]))).toEqual([]);
  });

  it('go for what the pod as a whole asks for, where it does', () => {
    const limits = { limits: { cpu: '1100m' } };
    expect(
      podProblems(range(item), podOf([limits, limits], { resources: { limits: { cpu: '2' } } })),
    ).toEqual([]);
  });
});

describe('bounds of claims', () => {
  const item = { type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '2Gi' } };

  it('go for what is requested', () => {
    expect(claimProblems(range(item), claim('512Mi'))).toEqual([
      'minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 512Mi',
    ]);
    expect(claimProblems(range(item), claim('3Gi'))).toEqual([
      'maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi',
    ]);
    expect(claimProblems(range(item), claim('2Gi'))).toEqual([]);
  });
});
