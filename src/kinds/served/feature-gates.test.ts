import { describe, expect, it } from 'vitest';
import { everyResource } from '../registry.ts';
import { parseFeatureGates } from './feature-gates.ts';
import { gateOf } from './resource-gates.ts';

describe('feature gates', () => {
  it('knows stages and defaults', () => {
    const { all } = parseFeatureGates('');
    const byName = new Map(all.map((gate) => [gate.name, gate]));
    expect(byName.get('WatchList')).toEqual({ name: 'WatchList', stage: 'BETA', enabled: true });
    expect(byName.get('ClusterTrustBundle')).toMatchObject({ stage: 'BETA', enabled: false });
    expect(byName.get('ShardedListAndWatch')).toMatchObject({ stage: 'ALPHA', enabled: false });
    expect(byName.get('MutatingAdmissionPolicy')).toMatchObject({ stage: '', enabled: true });
    expect(byName.get('KMSv1')).toMatchObject({ stage: 'DEPRECATED', enabled: false });
    expect(byName.get('AllAlpha')).toMatchObject({ stage: 'ALPHA', enabled: false });
    expect(byName.size).toBe(all.length);
  });

  it('turns single gates on and off', () => {
    const gates = parseFeatureGates('WatchList=false, kube:HPAScaleToZero = true');
    expect(gates.isEnabled('WatchList')).toBe(false);
    expect(gates.isTurnedOff('WatchList')).toBe(true);
    expect(gates.isEnabled('HPAScaleToZero')).toBe(true);
    expect(gates.isTurnedOff('ClusterTrustBundle')).toBe(false);
  });

  it('turns all of a stage on, but for those that are named', () => {
    const gates = parseFeatureGates('AllBeta=true,ClusterTrustBundle=false,AllAlpha=false');
    expect(gates.isEnabled('CoordinatedLeaderElection')).toBe(true);
    expect(gates.isEnabled('ClusterTrustBundle')).toBe(false);
    expect(gates.isEnabled('HPAScaleToZero')).toBe(false);
    expect(gates.isEnabled('AllBeta')).toBe(true);
    expect(parseFeatureGates('AllBeta=false').isEnabled('WatchList')).toBe(false);
    expect(parseFeatureGates('AllBeta=false').isEnabled('DynamicResourceAllocation')).toBe(true);
  });

  it.each([
    ['NoSuchGate=true', 'unrecognized feature gate: NoSuchGate'],
    ['WatchList', 'missing bool value for WatchList'],
    ['WatchList=on', 'invalid value of WatchList=on, err: strconv.ParseBool: parsing "on": invalid syntax'],
    [
      'DynamicResourceAllocation=false',
      'cannot set feature gate DynamicResourceAllocation to false, feature is locked to true',
    ],
    ['wardle:X=true', 'component not registered: wardle'],
  ])('refuses %s', (text, message) => {
    expect(() => parseFeatureGates(text)).toThrow(new Error(message));
  });

  it('names only gates that there are for resources', () => {
    const gates = everyResource().flatMap((definition) => gateOf(definition) ?? []);
    const known = new Set(parseFeatureGates('').all.map(({ name }) => name));
    expect(gates.length).toBeGreaterThan(5);
    expect(gates.filter((gate) => !known.has(gate))).toEqual([]);
  });
});
