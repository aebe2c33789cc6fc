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

  take(port: number): boolean {
    if (!this.contains(port) || this.taken.has(port)) return false;
    this.taken.add(port);
    return true;
  }

  takeAny(): number | undefined {
    const count = this.last - this.first + 1;
    const start = Math.floor(this.random.float() * count);
    for (let i = 0; i < count; i++) {
      const port = this.first + ((start + i) % count);
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
