// Encodings of objects that are kept while hot, within a byte budget.
import type { Sized } from './watch-cache.ts';

/** By the encoding's name. Owners are held weakly: an object that was replaced does not stay for its encodings. */
type Generation = Map<string, WeakMap<object, Sized>>;

/**
 * Two generations instead of a linked list of uses: what is used moves to the young one; when that holds half of the budget,
 * it becomes the old one and the old one is dropped. So what was not used for that long goes, at the price of two maps.
 */
export class MemoCache {
  private readonly half: number;
  private young: Generation = new Map();
  private old: Generation = new Map();
  private youngBytes = 0;
  private oldBytes = 0;

  constructor(budgetBytes: number) {
    this.half = budgetBytes / 2;
  }

  /** Bytes of all that is kept, at most: what went with its owner is counted until its generation goes. */
  get bytes(): number {
    return this.youngBytes + this.oldBytes;
  }

  /** The encoding of `owner`; `make` must always make the same type for the same name of an encoding. */
  get<T extends Sized>(owner: object, encoding: string, make: () => T): T {
    const young = this.young.get(encoding)?.get(owner);
    if (young !== undefined) return young as T;
    const value = (this.old.get(encoding)?.get(owner) as T | undefined) ?? make();
    this.keep(owner, encoding, value);
    return value;
  }

  private keep(owner: object, encoding: string, value: Sized): void {
    if (value.byteLength > this.half) return;
    if (this.youngBytes + value.byteLength > this.half) {
      this.old = this.young;
      this.oldBytes = this.youngBytes;
      this.young = new Map();
      this.youngBytes = 0;
    }
    const owners = this.young.get(encoding) ?? new WeakMap<object, Sized>();
    this.young.set(encoding, owners.set(owner, value));
    this.youngBytes += value.byteLength;
  }
}
