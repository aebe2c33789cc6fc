import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../api/clock.ts';
import { AddressPool } from './address-pool.ts';

describe('AddressPool', () => {
  it('leaves out network and broadcast addresses', () => {
    const pool = new AddressPool('10.0.0.0/29', systemRandom);
    expect(pool.first()).toBe('10.0.0.1');
    const taken = new Set<string>();
    for (let address = pool.takeAny(); address; address = pool.takeAny()) taken.add(address);
    expect([...taken].sort()).toEqual([
      '10.0.0.1',
      '10.0.0.2',
      '10.0.0.3',
      '10.0.0.4',
      '10.0.0.5',
      '10.0.0.6',
    ]);
    expect([...pool.all()].sort()).toEqual([...taken].sort());
  });

  it('knows its own addresses by value, not by text', () => {
    const pool = new AddressPool('fd00::/108', systemRandom);
    expect(pool.family).toBe('IPv6');
    expect(pool.take('fd00:0:0::5')).toBe(true);
    expect(pool.take('fd00::5')).toBe(false);
    expect(pool.contains('10.0.0.1')).toBe(false);
  });

  it('takes an address of the range once, and again after it was given back', () => {
    const pool = new AddressPool('10.0.0.0/24', systemRandom);
    expect(pool.take('10.0.1.1')).toBe(false);
    expect(pool.take('10.0.0.0')).toBe(false);
    expect(pool.take('10.0.0.255')).toBe(false);
    expect(pool.take('10.0.0.7')).toBe(true);
    expect(pool.take('10.0.0.7')).toBe(false);
    pool.give('10.0.0.7');
    expect(pool.take('10.0.0.7')).toBe(true);
  });

  it('takes any address that suits, and tells what is taken', () => {
    const pool = new AddressPool('10.0.0.0/29', systemRandom);
    expect(pool.takeAny((address) => address === '10.0.0.4')).toBe('10.0.0.4');
    expect(pool.isTaken('10.0.0.4')).toBe(true);
    expect(pool.isTaken('10.0.0.5')).toBe(false);
    expect(pool.isTaken('10.9.0.4')).toBe(false);
    expect(pool.takeAny(() => false)).toBeUndefined();
    expect([...pool.all()]).toEqual(['10.0.0.4']);
  });

  it('keeps the lower band for fixed choices while there is another address', () => {
    const pool = new AddressPool('10.0.0.0/24', systemRandom);
    for (let i = 0; i < 100; i++) expect(Number(pool.takeAny()!.split('.')[3])).toBeGreaterThan(16);
  });

  it('has all of a large range', () => {
    const pool = new AddressPool('2001:db8::/64', systemRandom);
    expect(pool.first()).toBe('2001:db8::1');
    expect(pool.take('2001:db8::ffff:ffff:ffff:ffff')).toBe(true);
    expect(pool.take('2001:db8:0:1::')).toBe(false);
    const some = new Set(Array.from({ length: 20 }, () => pool.takeAny()!));
    expect(some.size).toBe(20);
    for (const address of some) expect(pool.contains(address)).toBe(true);
  });

  it('takes from the ranges that there are, and knows what is taken outside of them', () => {
    let cidrs = ['10.0.0.0/30'];
    const pool = new AddressPool('10.9.0.0/24', systemRandom, () => [...cidrs, 'fd00::/108']);
    expect(pool.first()).toBe('10.9.0.1');
    expect([pool.takeAny(), pool.takeAny()].sort()).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(pool.takeAny()).toBeUndefined();
    expect(pool.take('10.1.0.1')).toBe(false);
    cidrs = ['10.0.0.0/30', '10.1.0.0/30', '10.0.0.0/29'];
    expect(pool.take('10.1.0.1')).toBe(true);
    expect(pool.take('10.0.0.1')).toBe(false);
    expect([pool.takeAny(), pool.takeAny()].sort()[1]).toBe('10.1.0.2');
    cidrs = [];
    expect(pool.takeAny()).toBeUndefined();
    expect(pool.mark('10.7.0.1')).toBe(true);
    expect(pool.isTaken('10.7.0.1')).toBe(true);
    pool.give('10.7.0.1');
    expect(pool.isTaken('10.7.0.1')).toBe(false);
    expect(pool.mark('fd00::1')).toBe(false);
  });
});
