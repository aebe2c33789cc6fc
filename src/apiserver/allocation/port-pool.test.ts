import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../api/clock.ts';
import { PortPool } from './port-pool.ts';

function takeAll(pool: PortPool): number[] {
  const ports: number[] = [];
  for (let port = pool.takeAny(); port !== undefined; port = pool.takeAny()) ports.push(port);
  return ports;
}

describe('PortPool', () => {
  it.each([
    // range, ports left for fixed choices
    ['30000-30015', 0],
    ['30000-30099', 16],
    ['30000-32767', 86],
    ['20000-29999', 128],
  ])('of %s gives the lowest %i last', (range, band) => {
    const pool = new PortPool(range, systemRandom);
    const ports = takeAll(pool);
    expect(new Set(ports).size).toBe(pool.last - pool.first + 1);
    const others = ports.slice(0, ports.length - band);
    expect(Math.min(...others)).toBe(pool.first + band);
  });

  it('gives a port once, and again after it came back', () => {
    const pool = new PortPool('30000-30100', systemRandom);
    expect(pool.take(30005)).toBe(true);
    expect(pool.take(30005)).toBe(false);
    expect(pool.take(30101)).toBe(false);
    pool.give(30005);
    expect(pool.take(30005)).toBe(true);
  });

  it.each(['30000', '32767-30000', '0-10', '60000-70000'])('refuses the range %s', (range) => {
    expect(() => new PortPool(range, systemRandom)).toThrow(`--service-node-port-range ${range}`);
  });
});
