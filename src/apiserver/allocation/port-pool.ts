// Node ports of a range, taken and given back.
// Upstream: pkg/registry/core/service/portallocator in kubernetes/kubernetes.
import type { Random } from '../../api/clock.ts';

/** The ports from `first` to `last`, both included. */
export class PortPool {
  readonly first: number;
  readonly last: number;
  private readonly taken = new Set<number>();
  private readonly random: Random;

  /** `range`: `30000-32767`. Throws on anything else. */
  constructor(range: string, random: Random) {
    const match = /^(\d+)-(\d+)$/.exec(range);
    if (!match)
      throw new Error(`--service-node-port-range ${range}: expected FIRST-LAST, for example 30000-32767`);
    this.first = Number(match[1]);
    this.last = Number(match[2]);
    if (this.last < this.first || this.first < 1 || this.last > 65535)
      throw new Error(`--service-node-port-range ${range}: not a range of ports`);
    this.random = random;
  }

  contains(port: number): boolean {
    return port >= this.first && port <= this.last;
  }

  isTaken(port: number): boolean {
    return this.taken.has(port);
  }

  take(port: number): boolean {
    if (!this.contains(port) || this.taken.has(port)) return false;
    this.taken.add(port);
    return true;
  }

  /**
   * Takes a free port; undefined when there is none. The lowest ports are left for fixed choices until the others are gone:
   * KEP-3668, calculateRangeOffset in portallocator/allocator.go.
   */
  takeAny(): number | undefined {
    const size = this.last - this.first + 1;
    const band = size <= 16 ? 0 : Math.min(Math.max(16, Math.floor(size / 32)), 128);
    return (
      this.takeBetween(this.first + band, this.last) ?? this.takeBetween(this.first, this.first + band - 1)
    );
  }

  private takeBetween(first: number, last: number): number | undefined {
    const count = last - first + 1;
    const start = Math.floor(this.random.float() * count);
    for (let i = 0; i < count; i++) {
      const port = first + ((start + i) % count);
      if (this.take(port)) return port;
    }
    return undefined;
  }

  /** What is taken. */
  all(): readonly number[] {
    return [...this.taken];
  }

  give(port: number): void {
    this.taken.delete(port);
  }
}
