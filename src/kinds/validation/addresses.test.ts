import { describe, expect, it } from 'vitest';
import {
  cidrWarnings,
  ipWarnings,
  parseCidrSloppy,
  parseIpSloppy,
  validateCidr,
  validateIp,
} from './addresses.ts';
import { FieldErrors } from './field-errors.ts';

function faults(check: (errors: FieldErrors) => void): string[] {
  const errors = new FieldErrors();
  check(errors);
  return errors.list.map(({ body }) => body);
}

describe('addresses', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['010.000.0.1', '10.0.0.1'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['FD00:0:0::1', 'fd00::1'],
  ])('reads %s as %s', (text, canonical) => {
    expect(parseIpSloppy(text)?.text).toBe(canonical);
  });

  it.each(['', '10.0.0', '10.0.0.256', 'fe80::1%eth0', 'a.b.c.d'])('does not read %j', (text) => {
    expect(parseIpSloppy(text)).toBeUndefined();
  });

  it('wants addresses in their canonical form', () => {
    expect(faults((errors) => validateIp(errors, 'ip', 'fd00::1'))).toEqual([]);
    expect(faults((errors) => validateIp(errors, 'ip', 'FD00::1'))).toEqual([
      'Invalid value: "FD00::1": must be in canonical form ("fd00::1")',
    ]);
    expect(faults((errors) => validateIp(errors, 'ip', '1.2.3'))).toEqual([
      'Invalid value: "1.2.3": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ]);
  });

  it('wants networks without bits of hosts', () => {
    expect(parseCidrSloppy('10.1.2.3/16')?.text).toBe('10.1.0.0/16');
    expect(faults((errors) => validateCidr(errors, 'cidr', '10.1.0.0/16'))).toEqual([]);
    expect(faults((errors) => validateCidr(errors, 'cidr', '10.1.2.3/16'))).toEqual([
      'Invalid value: "10.1.2.3/16": must not have bits set beyond the prefix length',
    ]);
  });

  it('warns of what is good but odd', () => {
    expect(ipWarnings('spec.ip', '1.2.3.04')).toEqual([
      'spec.ip: non-standard IP address "1.2.3.04" is invalid: use "1.2.3.4"',
    ]);
    expect(ipWarnings('spec.ip', '1.2.3.4')).toEqual([]);
    expect(cidrWarnings('spec.cidr', '10.1.0.0/16')).toEqual([]);
    expect(cidrWarnings('spec.cidr', '10.1.2.3/16')[0]).toContain('is ambiguous in this context');
  });
});
