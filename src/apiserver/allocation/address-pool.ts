// Addresses of a range, taken and given back. Picks at random, so that an address just given back is not reused at once.
// Upstream: pkg/registry/core/service/ipallocator in kubernetes/kubernetes.
import ipaddr from 'ipaddr.js';
import type { Random } from '../../api/clock.ts';

/** The addresses of one CIDR. */
export class AddressPool {
  readonly cidr: string;
  readonly family: 'IPv4' | 'IPv6';
  private readonly base: bigint;
  private readonly size: number;
  private readonly taken = new Set<number>();
  private readonly random: Random;

  /** Throws on a bad CIDR. */
  constructor(cidr: string, random: Random) {
    const [address, bits] = ipaddr.parseCIDR(cidr);
    this.cidr = cidr;
    this.random = random;
    this.family = address.kind() === 'ipv4' ? 'IPv4' : 'IPv6';
    const width = this.family === 'IPv4' ? 32 : 128;
    const hostBits = width - bits;
    this.base = (toBigInt(address) >> BigInt(hostBits)) << BigInt(hostBits);
    // Large IPv6 ranges are cut to 2^16 addresses, as upstream does; network (and IPv4 broadcast) are left out.
    const addresses = 2 ** Math.min(hostBits, this.family === 'IPv4' ? 31 : 16);
    this.size = Math.max(0, addresses - (this.family === 'IPv4' ? 2 : 1));
  }

  /** The first address of the range: the one of `kubernetes.default`. */
  first(): string {
    return this.format(0);
  }

  contains(address: string): boolean {
    return this.offsetOf(address) !== undefined;
  }

  /** Takes this address. False when it is out of range or taken. */
  take(address: string): boolean {
    const offset = this.offsetOf(address);
    if (offset === undefined || this.taken.has(offset)) return false;
    this.taken.add(offset);
    return true;
  }

  /**
   * Takes a free address that suits; undefined when there is none. The lower part of the range is left for fixed choices
   * (KEP-3070).
   */
  takeAny(suits: (address: string) => boolean = () => true): string | undefined {
    const band = Math.min(Math.max(16, Math.floor(this.size / 16)), 256);
    const reserved = this.size > 2 * band ? band : 0;
    return this.pick(reserved, this.size, suits) ?? this.pick(0, reserved, suits);
  }

  isTaken(address: string): boolean {
    const offset = this.offsetOf(address);
    return offset !== undefined && this.taken.has(offset);
  }

  give(address: string): void {
    const offset = this.offsetOf(address);
    if (offset !== undefined) this.taken.delete(offset);
  }

  /** What is taken. */
  *all(): Iterable<string> {
    for (const offset of [...this.taken]) yield this.format(offset);
  }

  free(): number {
    return this.size - this.taken.size;
  }

  private pick(from: number, to: number, suits: (address: string) => boolean): string | undefined {
    const count = to - from;
    if (count <= 0) return undefined;
    const start = Math.floor(this.random.float() * count);
    for (let i = 0; i < count; i++) {
      const offset = from + ((start + i) % count);
      if (this.taken.has(offset)) continue;
      const address = this.format(offset);
      if (!suits(address)) continue;
      this.taken.add(offset);
      return address;
    }
    return undefined;
  }

  private offsetOf(address: string): number | undefined {
    if (!ipaddr.isValid(address)) return undefined;
    const parsed = ipaddr.parse(address);
    if ((parsed.kind() === 'ipv4') !== (this.family === 'IPv4')) return undefined;
    const offset = toBigInt(parsed) - this.base - 1n;
    return offset >= 0n && offset < BigInt(this.size) ? Number(offset) : undefined;
  }

  private format(offset: number): string {
    const value = this.base + 1n + BigInt(offset);
    const bytes: number[] = [];
    for (let i = this.family === 'IPv4' ? 3 : 15; i >= 0; i--)
      bytes.push(Number((value >> BigInt(8 * i)) & 0xffn));
    return ipaddr.fromByteArray(bytes).toString();
  }
}

function toBigInt(address: ipaddr.IPv4 | ipaddr.IPv6): bigint {
  return address.toByteArray().reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
