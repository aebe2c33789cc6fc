// The addresses of one CIDR that services can have.
// Upstream: pkg/registry/core/service/ipallocator/ipallocator.go in kubernetes/kubernetes.
import ipaddr from 'ipaddr.js';
import type { Random } from '../../api/clock.ts';

/** An IP family, as services name it. */
export type Family = 'IPv4' | 'IPv6';

// The first 64 bits of an IPv6 range are the network's.
const maxHostBits = 64;

/** The family of an address, or undefined for what is none. */
export function familyOf(address: string): Family | undefined {
  if (!ipaddr.isValid(address)) return undefined;
  return ipaddr.parse(address).kind() === 'ipv4' ? 'IPv4' : 'IPv6';
}

function toBigInt(address: ipaddr.IPv4 | ipaddr.IPv6): bigint {
  return address.toByteArray().reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** A whole number from 0 up to, not including, `count`. */
function below(count: bigint, random: Random): bigint {
  if (count <= 2n ** 48n) return BigInt(Math.floor(random.float() * Number(count)));
  const bits = BigInt(Math.floor(random.float() * 2 ** 48)) << 32n;
  return (bits + BigInt(Math.floor(random.float() * 2 ** 32))) % count;
}

/** A CIDR. The network's address is nobody's, and of IPv4 the last one neither. */
export class AddressRange {
  readonly cidr: string;
  readonly family: Family;
  /** How many addresses it has. */
  readonly size: bigint;
  private readonly base: bigint;
  private readonly random: Random;

  /** Throws on a bad CIDR. */
  constructor(cidr: string, random: Random) {
    const [address, bits] = ipaddr.parseCIDR(cidr);
    this.cidr = cidr;
    this.random = random;
    this.family = address.kind() === 'ipv4' ? 'IPv4' : 'IPv6';
    const hostBits = BigInt((this.family === 'IPv4' ? 32 : 128) - bits);
    this.base = (toBigInt(address) >> hostBits) << hostBits;
    const addresses = 2n ** (hostBits < maxHostBits ? hostBits : BigInt(maxHostBits));
    const unused = this.family === 'IPv4' ? 2n : 1n;
    this.size = addresses > unused ? addresses - unused : 0n;
  }

  /** The first address: in the range of the cluster, the one of `kubernetes.default`. */
  first(): string {
    return this.format(0n);
  }

  /** The network's own address, which nobody can have. */
  network(): string {
    return this.format(-1n);
  }

  contains(address: string): boolean {
    if (familyOf(address) !== this.family) return false;
    const offset = toBigInt(ipaddr.parse(address)) - this.base - 1n;
    return offset >= 0n && offset < this.size;
  }

  /**
   * Any address that suits, or undefined when there is none. The lower part of the range is left for fixed choices as long as
   * the upper has one (KEP-3070).
   */
  any(suits: (address: string) => boolean): string | undefined {
    const { size } = this;
    const wished = size / 16n;
    const band = wished < 16n ? 16n : wished > 256n ? 256n : wished;
    const reserved = size > 2n * band ? band : 0n;
    return this.pick(reserved, size, suits) ?? this.pick(0n, reserved, suits);
  }

  private pick(from: bigint, to: bigint, suits: (address: string) => boolean): string | undefined {
    const count = to - from;
    if (count <= 0n) return undefined;
    const start = below(count, this.random);
    for (let i = 0n; i < count; i++) {
      const address = this.format(from + ((start + i) % count));
      if (suits(address)) return address;
    }
    return undefined;
  }

  private format(offset: bigint): string {
    const value = this.base + 1n + offset;
    const bytes: number[] = [];
    for (let i = this.family === 'IPv4' ? 3 : 15; i >= 0; i--)
      bytes.push(Number((value >> BigInt(8 * i)) & 0xffn));
    return ipaddr.fromByteArray(bytes).toString();
  }
}
