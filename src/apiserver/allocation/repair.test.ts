import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../api/clock.ts';
import type { KubeObject } from '../../api/object.ts';
import { AddressPool } from './address-pool.ts';
import { PortPool } from './port-pool.ts';
import { AllocationRepair } from './repair.ts';

const service = (clusterIP: string, nodePort: number): KubeObject => ({
  metadata: { name: 's' },
  spec: { type: 'NodePort', clusterIP, clusterIPs: [clusterIP], ports: [{ port: 80, nodePort }] },
});

describe('AllocationRepair', () => {
  it('takes what services hold, and gives back in the second pass what nobody does', async () => {
    const pools = {
      addresses: [new AddressPool('10.0.0.0/24', systemRandom)],
      nodePorts: new PortPool('30000-30010', systemRandom),
    };
    const [pool] = pools.addresses;
    pool!.take('10.0.0.9');
    pools.nodePorts.take(30009);
    const told: unknown[] = [];
    const repair = new AllocationRepair(pools, () => [service('10.0.0.5', 30005)], {
      repair: async (services, isTaken) => {
        told.push([services.length, isTaken('10.0.0.9')]);
      },
    });
    await repair.run();
    expect([...pool!.all()].sort()).toEqual(['10.0.0.5', '10.0.0.9']);
    expect([...pools.nodePorts.all()].sort()).toEqual([30005, 30009]);
    await repair.run();
    expect([...pool!.all()]).toEqual(['10.0.0.5']);
    expect([...pools.nodePorts.all()]).toEqual([30005]);
    expect(told).toEqual([
      [1, true],
      [1, false],
    ]);
  });
});
