// IP addresses and CIDRs. Old fields were parsed leniently (leading zeros, IPv4-mapped IPv6); since 1.36 new values must be
// strict, and values that an object already holds may stay.
// Upstream: k8s.io/apimachinery/pkg/util/validation/ip.go.
import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { goQuote } from '../../api/go-text.ts';
import type { FieldErrors } from './field-errors.ts';

/** A parsed address; `text` is its canonical form. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly bytes: readonly number[];
  readonly text: string;
  /** Whether the text that was parsed has leading zeros in an IPv4 part. */
  readonly leadingZeros: boolean;
  /** Whether it was written as ::ffff:a.b.c.d. */
  readonly mapped: boolean;
}

/** A parsed CIDR. */
export interface Cidr {
  readonly address: IpAddress;
  /** Bits of the mask, as written. */
  readonly bits: number;
  /** The network's first address. */
  readonly network: IpAddress;
  /** Canonical text of the network. */
  readonly text: string;
}

const sloppyIPv4 = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/;

function ipv4(bytes: number[], leadingZeros: boolean, mapped: boolean): IpAddress {
  return { family: 4, bytes, text: bytes.join('.'), leadingZeros, mapped };
}

/** Go's net.ParseIP of old: leading zeros in IPv4 are read as decimal. */
export function parseIpSloppy(text: string): IpAddress | undefined {
  const match = sloppyIPv4.exec(text);
  if (match) {
    const bytes = match.slice(1).map(Number);
    if (bytes.some((byte) => byte > 255)) return undefined;
    return ipv4(bytes, !isIPv4(text), false);
  }
  if (text.includes('%') || !isIPv6(text)) return undefined;
  const parsed = ipaddr.IPv6.parse(text);
  const bytes = parsed.toByteArray();
  if (parsed.isIPv4MappedAddress()) return ipv4(bytes.slice(12), false, true);
  return { family: 6, bytes, text: parsed.toRFC5952String(), leadingZeros: false, mapped: false };
}

function masked(address: IpAddress, bits: number): IpAddress {
  const bytes = address.bytes.map((byte, i) => {
    const keep = Math.min(8, Math.max(0, bits - i * 8));
    return byte & (0xff << (8 - keep)) & 0xff;
  });
  if (address.family === 4) return ipv4(bytes, false, address.mapped);
  return { ...address, bytes, text: new ipaddr.IPv6(bytes).toRFC5952String() };
}

/** Go's net.ParseCIDR of old. */
export function parseCidrSloppy(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const address = parseIpSloppy(text.slice(0, slash));
  const size = text.slice(slash + 1);
  if (!address || !/^\d+$/.test(size)) return undefined;
  const written = Number(size);
  const total = address.family === 4 && !address.mapped ? 32 : 128;
  if (written > total) return undefined;
  const bits = address.mapped ? Math.max(0, written - 96) : written;
  const network = masked(address, bits);
  return { address, bits: written, network, text: `${network.text}/${bits}` };
}

function strictIpFaults(
  errors: FieldErrors,
  path: string,
  value: string,
  strict: boolean,
): IpAddress | undefined {
  const address = parseIpSloppy(value);
  if (!address) {
    errors.invalid(path, value, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)');
    return undefined;
  }
  if (strict && address.leadingZeros) errors.invalid(path, value, 'must not have leading 0s');
  if (strict && address.mapped) errors.invalid(path, value, 'must not be an IPv4-mapped IPv6 address');
  return address;
}

/** An address in a field that once took sloppy ones; texts in `kept` stay allowed. */
export function validateLegacyIp(
  errors: FieldErrors,
  path: string,
  value: string,
  kept: readonly string[] = [],
): void {
  if (!kept.includes(value)) strictIpFaults(errors, path, value, true);
}

/** An address in its canonical form. */
export function validateIp(errors: FieldErrors, path: string, value: string): void {
  const before = errors.list.length;
  const address = strictIpFaults(errors, path, value, true);
  if (!address || errors.list.length > before) return;
  if (address.text !== value)
    errors.invalid(path, value, `must be in canonical form (${goQuote(address.text)})`);
}

function strictCidrFaults(errors: FieldErrors, path: string, value: string): Cidr | undefined {
  const cidr = parseCidrSloppy(value);
  if (!cidr) {
    errors.invalid(path, value, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)');
    return undefined;
  }
  const zeros = cidr.address.leadingZeros || /\/0\d/.test(value);
  if (zeros) errors.invalid(path, value, 'must not have leading 0s in IP or prefix length');
  else if (cidr.address.mapped) errors.invalid(path, value, 'must not have an IPv4-mapped IPv6 address');
  else if (cidr.address.text !== cidr.network.text)
    errors.invalid(path, value, 'must not have bits set beyond the prefix length');
  return cidr;
}

/** A CIDR in a field that once took sloppy ones; texts in `kept` stay allowed. */
export function validateLegacyCidr(
  errors: FieldErrors,
  path: string,
  value: string,
  kept: readonly string[] = [],
): void {
  if (!kept.includes(value)) strictCidrFaults(errors, path, value);
}

/** A CIDR in its canonical form. */
export function validateCidr(errors: FieldErrors, path: string, value: string): void {
  const before = errors.list.length;
  const cidr = strictCidrFaults(errors, path, value);
  if (!cidr || errors.list.length > before) return;
  if (cidr.text !== value) errors.invalid(path, value, `must be in canonical form (${goQuote(cidr.text)})`);
}

/** An address with the size of its network, in canonical form. */
export function validateInterfaceAddress(errors: FieldErrors, path: string, value: string): void {
  const cidr = parseCidrSloppy(value);
  if (!cidr) {
    const detail = 'must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)';
    errors.invalid(path, value, detail);
    return;
  }
  const { address, bits } = cidr;
  const size = address.mapped && bits > 32 ? bits - 96 : bits;
  const canonical = `${address.text}/${size}`;
  if (value !== canonical) errors.invalid(path, value, `must be in canonical form (${goQuote(canonical)})`);
}

/** Warnings for an address that is good but not in its best form. */
export function ipWarnings(path: string, value: string): string[] {
  const address = parseIpSloppy(value);
  if (!address) return [];
  if (address.leadingZeros || address.mapped)
    return [`${path}: non-standard IP address ${goQuote(value)} is invalid: use ${goQuote(address.text)}`];
  if (address.family === 6 && address.text !== value)
    return [
      `${path}: IPv6 address ${goQuote(value)} should be in RFC 5952 canonical format (${goQuote(address.text)})`,
    ];
  return [];
}

/** Warnings for a CIDR that is good but not in its best form. */
export function cidrWarnings(path: string, value: string): string[] {
  const cidr = parseCidrSloppy(value);
  if (!cidr) return [];
  const warnings: string[] = [];
  if (cidr.address.text !== cidr.network.text) {
    const bits = cidr.text.slice(cidr.text.indexOf('/') + 1);
    const single = `${cidr.address.text}/${bits}`;
    warnings.push(
      `${path}: CIDR value ${goQuote(value)} is ambiguous in this context (should be ${goQuote(cidr.text)} or ${goQuote(single)}?)`,
    );
  }
  if (cidr.address.leadingZeros || cidr.address.mapped || /\/0\d/.test(value))
    warnings.push(`${path}: non-standard CIDR value ${goQuote(value)} is invalid: use ${goQuote(cidr.text)}`);
  const canonical = `${cidr.address.text}/${cidr.bits}`;
  if (warnings.length === 0 && cidr.address.family === 6 && canonical !== value)
    warnings.push(
      `${path}: IPv6 CIDR value ${goQuote(value)} should be in RFC 5952 canonical format (${goQuote(canonical)})`,
    );
  return warnings;
}

/** Whether the addresses are of both families; undefined when one cannot be parsed. */
export function isDualStack(addresses: readonly string[]): boolean | undefined {
  const families = addresses.map((address) => parseIpSloppy(address)?.family);
  if (families.includes(undefined)) return undefined;
  return families.includes(4) && families.includes(6);
}

/** Whether `part` lies in `whole` and is smaller. */
export function cidrContains(whole: Cidr, part: Cidr): boolean {
  if (whole.address.family !== part.address.family || part.bits <= whole.bits) return false;
  return masked(part.network, whole.bits).text === whole.network.text;
}
