import { describe, expect, it } from 'vitest';
import { created, createFaults, updated, updateFaults } from '../kind-faults.ts';
import { deviceTaintRule } from './device-taint-rule.ts';
import { resourcePoolStatusRequest } from './resource-pool-status-request.ts';

describe('taint rules', () => {
  const rule = (taint: object = {}, deviceSelector: object = {}) => ({
    spec: { deviceSelector, taint: { key: 'k', effect: 'NoSchedule', ...taint } },
  });

  it.each([
    [rule(), []],
    [rule({ effect: '' }), ['spec.taint.effect: Required value']],
    [
      rule({ effect: 'Odd' }),
      ['spec.taint.effect: Unsupported value: "Odd": supported values: "NoExecute", "NoSchedule", "None"'],
    ],
    [rule({}, { pool: '' }), ['spec.deviceSelector.pool: Required value']],
  ])('%j', (fields, faults) => {
    expect(createFaults(deviceTaintRule, fields)).toEqual(faults);
  });

  it('know when their taint began', () => {
    expect(created(deviceTaintRule, rule())['spec']).toMatchObject({
      taint: { timeAdded: '2024-01-01T12:00:00Z' },
    });
    const { object } = updated(deviceTaintRule, rule(), rule({ effect: 'NoExecute' }));
    expect(object.metadata.generation).toBe(2);
  });
});

describe('pool status requests', () => {
  const request = (spec: object = {}) => ({ spec: { driver: 'd.example.com', ...spec } });

  it.each([
    [request(), []],
    [request({ driver: '' }), ['spec.driver: Required value']],
    [request({ limit: 0 }), ['spec.limit: Invalid value: 0: must be greater than or equal to 1']],
    [request({ limit: 1001 }), ['spec.limit: Invalid value: 1001: must be less than or equal to 1000']],
  ])('%j', (fields, faults) => {
    expect(createFaults(resourcePoolStatusRequest, fields)).toEqual(faults);
  });

  it('are answered once', () => {
    expect(created(resourcePoolStatusRequest, request())['spec']).toMatchObject({ limit: 100 });
    const status = { poolCount: 0 };
    const answer = (fields: object) =>
      updateFaults(resourcePoolStatusRequest, request(), { ...request(), ...fields }, 'status');
    expect(answer({ status })).toEqual([]);
    expect(answer({ status: {} })).toEqual(['status.poolCount: Required value']);
    expect(
      updateFaults(resourcePoolStatusRequest, request(), request({ driver: 'e.example.com' })),
    ).toHaveLength(1);
  });
});
