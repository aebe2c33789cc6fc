// The addresses of one IP family, taken and given back: out of the range that the server was started with, and out of those of
// ServiceCIDR objects. Picks at random, so that an address just given back is not reused at once.
// Upstream: pkg/registry/core/service/ipallocator/cidrallocator.go in kubernetes/kubernetes.
import ipaddr from 'ipaddr.js';
import type { Random } from '../../api/clock.ts';
import { AddressRange, type Family, familyOf } from './address-range.ts';

/** One way to write an address. */
function textOf(address: string): string {
  return ipaddr.parse(address).toString();
}

// Upstream has no allocators for larger ranges.
const shortestIPv6Prefix = 64;

function isUsable(cidr: string): boolean {
  if (!ipaddr.isValidCIDR(cidr)) return false;
  const [address, bits] = ipaddr.parseCIDR(cidr);
  return address.kind() === 'ipv4' || bits >= shortestIPv6Prefix;
}

/** The addresses of one family. */
export class AddressPool {
  readonly family: Family;
  private readonly own: AddressRange;
  private readonly random: Random;
  private readonly cidrs: ((own: string) => readonly string[]) | undefined;
  private readonly ranges = new Map<string, AddressRange>();
  private readonly taken = new Set<string>();

  /**
   * `cidr`: the range that the server was started with. `cidrs` gives those, of any family, that addresses are taken from now;
   * absent: that one. Throws on a bad CIDR.
   */
  constructor(cidr: string, random: Random, cidrs?: (own: string) => readonly string[]) {
    this.own = new AddressRange(cidr, random);
    this.family = this.own.family;
    this.random = random;
    this.cidrs = cidrs;
  }

  /** The first address of the range that the server was started with: the one of `kubernetes.default`. */
  first(): string {
    return this.own.first();
  }

  /** The range that a dry run looks at: any of those that there are. */
  pretended(): AddressRange {
    return this.current()[0] ?? this.own;
  }

  /** Whether the address can be taken, unless somebody has it. */
  contains(address: string): boolean {
    return this.current().some((range) => range.contains(address));
  }

  /** Takes this address. False when it is out of all ranges or taken. */
  take(address: string): boolean {
    if (!this.contains(address)) return false;
    return this.mark(address);
  }

  /** Takes an address that somebody has, in a range or not. False when it is of the other family or taken. */
  mark(address: string): boolean {
    if (familyOf(address) !== this.family) return false;
    const text = textOf(address);
    if (this.taken.has(text)) return false;
    this.taken.add(text);
    return true;
  }

  /** Takes a free address that suits; undefined when there is none. */
  takeAny(suits: (address: string) => boolean = () => true): string | undefined {
    for (const range of this.current()) {
      const found = range.any((address) => !this.taken.has(address) && suits(address));
      if (found === undefined) continue;
      this.taken.add(found);
      return found;
    }
    return undefined;
  }

  isTaken(address: string): boolean {
    return familyOf(address) === this.family && this.taken.has(textOf(address));
  }

  give(address: string): void {
    if (familyOf(address) === this.family) this.taken.delete(textOf(address));
  }

  /** What is taken. */
  all(): Iterable<string> {
    return [...this.taken];
  }

  private current(): AddressRange[] {
    const cidrs = this.cidrs?.(this.own.cidr);
    if (cidrs === undefined) return [this.own];
    return cidrs
      .filter(isUsable)
      .map((cidr) => this.rangeOf(cidr))
      .filter(({ family }) => family === this.family);
  }

  private rangeOf(cidr: string): AddressRange {
    let range = this.ranges.get(cidr);
    if (range === undefined) {
      range = new AddressRange(cidr, this.random);
      this.ranges.set(cidr, range);
    }
    return range;
  }
}
