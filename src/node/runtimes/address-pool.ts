// Addresses of pods: one range a node, the lowest address that was not used lately.

/** The first address of `10.244.3.0/24` as a number, and how many addresses the range has. */
export function parseCidr(cidr: string): { first: number; size: number } {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr);
  if (!match) throw new Error(`${cidr} is no IPv4 range`);
  const [a, b, c, d, bits] = match.slice(1).map(Number) as [number, number, number, number, number];
  const size = 2 ** (32 - bits);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  return { first: address - (address % size), size };
}

/** A number as an IPv4 address. */
export function addressText(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

function addressNumber(text: string): number {
  return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

// Network, gateway.
const reserved = 2;

/** The addresses of one range. Those given back are used again last, so that a new pod seldom has an old one's address. */
export class AddressPool {
  private readonly first: number;
  private readonly size: number;
  private readonly used = new Set<number>();
  private next = reserved;

  constructor(cidr: string) {
    const { first, size } = parseCidr(cidr);
    this.first = first;
    this.size = size;
  }

  /** A free address; undefined when none is left. */
  take(): string | undefined {
    const usable = this.size - 1; // the last one is the broadcast address
    for (let tried = reserved; tried < usable; tried++) {
      const offset = this.next;
      this.next = offset + 1 < usable ? offset + 1 : reserved;
      if (this.used.has(offset)) continue;
      this.used.add(offset);
      return addressText(this.first + offset);
    }
    return undefined;
  }

  /** Marks an address as used. False when it is already, or lies outside. */
  reserve(address: string): boolean {
    const offset = addressNumber(address) - this.first;
    if (offset < 0 || offset >= this.size || this.used.has(offset)) return false;
    this.used.add(offset);
    return true;
  }

  release(address: string): void {
    this.used.delete(addressNumber(address) - this.first);
  }
}
