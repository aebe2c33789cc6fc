// A heap whose items are found by key. Upstream: pkg/scheduler/backend/heap/heap.go.

/** Items in order, the least first. */
export class Heap<T> {
  private readonly keyOf: (item: T) => string;
  private readonly isLess: (a: T, b: T) => boolean;
  private readonly items: T[] = [];
  private readonly positions = new Map<string, number>();

  constructor(keyOf: (item: T) => string, isLess: (a: T, b: T) => boolean) {
    this.keyOf = keyOf;
    this.isLess = isLess;
  }

  get size(): number {
    return this.items.length;
  }

  get(key: string): T | undefined {
    const at = this.positions.get(key);
    return at === undefined ? undefined : this.items[at];
  }

  /** The least item, which stays. */
  peek(): T | undefined {
    return this.items[0];
  }

  /** Puts an item in, or in its right place again when it is there. */
  set(item: T): void {
    const key = this.keyOf(item);
    let at = this.positions.get(key);
    if (at === undefined) at = this.items.length;
    this.place(item, at);
    this.down(this.up(at));
  }

  /** Takes the least item out. */
  pop(): T | undefined {
    const first = this.items[0];
    if (first !== undefined) this.delete(this.keyOf(first));
    return first;
  }

  /** Takes an item out and returns it. */
  delete(key: string): T | undefined {
    const at = this.positions.get(key);
    if (at === undefined) return undefined;
    const item = this.items[at];
    this.positions.delete(key);
    const last = this.items.pop()!;
    if (at < this.items.length) {
      this.place(last, at);
      this.down(this.up(at));
    }
    return item;
  }

  private place(item: T, at: number): void {
    this.items[at] = item;
    this.positions.set(this.keyOf(item), at);
  }

  private up(at: number): number {
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.isLess(this.items[at]!, this.items[parent]!)) break;
      this.swap(at, parent);
      at = parent;
    }
    return at;
  }

  private down(at: number): void {
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      let least = at;
      if (left < this.items.length && this.isLess(this.items[left]!, this.items[least]!)) least = left;
      if (right < this.items.length && this.isLess(this.items[right]!, this.items[least]!)) least = right;
      if (least === at) return;
      this.swap(at, least);
      at = least;
    }
  }

  private swap(a: number, b: number): void {
    const item = this.items[a]!;
    this.place(this.items[b]!, a);
    this.place(item, b);
  }
}
