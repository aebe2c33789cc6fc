import { describe, expect, it } from 'vitest';
import type { PodStatus } from '#types/core_v1';
import { statusPatch } from './status-patch.ts';

const at = '2026-01-01T00:00:00Z';

function patchOf(old: PodStatus, now: PodStatus): unknown {
  return statusPatch('u', old, now)?.['status'];
}

describe('the difference of two statuses', () => {
  it('is nothing when they mean the same', () => {
    expect(
      statusPatch('u', { phase: 'Running', containerStatuses: [] }, { phase: 'Running' }),
    ).toBeUndefined();
    const resources = { requests: { cpu: '1000m' } };
    expect(patchOf({ resources }, { resources: { requests: { cpu: '1' } } })).toBeUndefined();
  });

  it('names the pod it is meant for', () => {
    expect(statusPatch('u', {}, { phase: 'Running' })).toEqual({
      metadata: { uid: 'u' },
      status: { phase: 'Running' },
    });
  });

  it('takes out what is gone', () => {
    expect(patchOf({ reason: 'Old', message: 'm', phase: 'Running' }, { phase: 'Failed' })).toEqual({
      phase: 'Failed',
      reason: null,
      message: null,
    });
  });

  it('has only the conditions that differ, and the order of all; those of others are not touched', () => {
    const gate = { type: 'example.com/gate', status: 'True' };
    const ready = { type: 'Ready', status: 'False', reason: 'ContainersNotReady', lastTransitionTime: at };
    const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: at };
    const now = { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:01Z' };
    expect(
      patchOf(
        { conditions: [scheduled, ready] },
        { conditions: [{ ...gate, status: 'False' }, now, scheduled] },
      ),
    ).toEqual({
      '$setElementOrder/conditions': [{ type: gate.type }, { type: 'Ready' }, { type: 'PodScheduled' }],
      conditions: [{ ...now, reason: null }],
    });
  });

  it('replaces addresses, and names the keys of maps that are gone', () => {
    expect(patchOf({ podIPs: [{ ip: '10.0.0.1' }] }, { podIPs: [{ ip: '10.0.0.2' }] })).toEqual({
      podIPs: [{ $patch: 'replace' }, { ip: '10.0.0.2' }],
    });
    expect(
      patchOf(
        { resources: { requests: { cpu: '1', memory: '1Gi' } } },
        { resources: { requests: { cpu: '2' }, limits: { cpu: '2' } } },
      ),
    ).toEqual({ resources: { requests: { cpu: '2', memory: null }, limits: { cpu: '2' } } });
  });

  it('leaves alone what is not the kubelet’s', () => {
    expect(patchOf({ nominatedNodeName: 'n', resourceClaimStatuses: [{ name: 'x' }] }, {})).toBeUndefined();
  });
});
