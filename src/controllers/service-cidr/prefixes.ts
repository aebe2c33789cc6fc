// CIDRs and what lies in them.
import ipaddr from 'ipaddr.js';

type Prefix = [ipaddr.IPv4 | ipaddr.IPv6, number];

function parse(cidr: string): Prefix | undefined {
  return ipaddr.isValidCIDR(cidr) ? ipaddr.parseCIDR(cidr) : undefined;
}

function has([network, bits]: Prefix, address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return address.kind() === network.kind() && address.match(network, bits);
}

/** Whether all addresses of `inner` are in `outer`; they may be the same. */
export function containsPrefix(outer: string, inner: string): boolean {
  const [whole, part] = [parse(outer), parse(inner)];
  return whole !== undefined && part !== undefined && whole[1] <= part[1] && has(whole, part[0]);
}

/** Whether one of them contains the other. */
export function overlap(one: string, other: string): boolean {
  return containsPrefix(one, other) || containsPrefix(other, one);
}

/** Whether the address is in the range, its first and last included. */
export function containsAddress(cidr: string, address: string): boolean {
  const range = parse(cidr);
  return range !== undefined && ipaddr.isValid(address) && has(range, ipaddr.parse(address));
}

/** `IPv4` or `IPv6`. */
export function familyOfCidr(cidr: string): 'IPv4' | 'IPv6' | undefined {
  const range = parse(cidr);
  return range && (range[0].kind() === 'ipv4' ? 'IPv4' : 'IPv6');
}
