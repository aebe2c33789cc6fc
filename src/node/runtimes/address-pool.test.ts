import { expect, it } from 'vitest';
import { AddressPool, addressText, parseCidr } from './address-pool.ts';

it('gives each address once, without those of the network and its gateway', () => {
  const pool = new AddressPool('10.0.0.8/29');
  const taken = Array.from({ length: 6 }, () => pool.take());
  expect(taken).toEqual(['10.0.0.10', '10.0.0.11', '10.0.0.12', '10.0.0.13', '10.0.0.14', undefined]);
});

it('gives back last what was released last', () => {
  const pool = new AddressPool('10.0.0.8/29');
  expect(pool.take()).toBe('10.0.0.10');
  pool.release('10.0.0.10');
  expect(pool.take()).toBe('10.0.0.11');
  expect(pool.reserve('10.0.0.12')).toBe(true);
  expect(pool.reserve('10.0.0.12')).toBe(false);
  expect(pool.reserve('10.0.1.1')).toBe(false);
  expect(pool.take()).toBe('10.0.0.13');
});

it('reads ranges', () => {
  expect(addressText(parseCidr('10.244.3.7/24').first)).toBe('10.244.3.0');
  expect(() => parseCidr('fd00::/64')).toThrow('no IPv4 range');
});
