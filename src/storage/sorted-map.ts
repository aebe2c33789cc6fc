// A map sorted by key whose copies cost nothing: a copy-on-write B+tree. Keys sort by UTF-16 code units.
import * as library from 'sorted-btree';

type Tree<V> = library.default<string, V>;
type TreeConstructor = new <V>(entries: undefined, compare: (a: string, b: string) => number) => Tree<V>;

// sorted-btree is CommonJS: Node's own loader gives its exports as the default, bundlers and vitest give the class.
const exported = library.default as unknown as TreeConstructor | { default: TreeConstructor };
const BTree: TreeConstructor = 'default' in exported ? exported.default : exported;

/** A node of the tree as far as {@link SortedMap.countBefore} reads it; internal nodes know their number of pairs. */
interface Node {
  readonly keys: readonly string[];
  readonly children?: readonly Node[];
  size(): number;
}

const stop = { break: 0 };

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The position of the first of `keys` that is not below `key`. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The smallest key above all keys with this prefix; undefined where there is none. */
export function prefixEnd(prefix: string): string | undefined {
  for (let last = prefix.length - 1; last >= 0; last--) {
    const code = prefix.charCodeAt(last);
    if (code < 0xffff) return prefix.slice(0, last) + String.fromCharCode(code + 1);
  }
  return undefined;
}

/** The smallest key above `key`. */
export function keyAfter(key: string): string {
  return `${key}\0`;
}

/** See the head of this file. */
export class SortedMap<V> {
  private readonly tree: Tree<V>;

  constructor(tree: Tree<V> = new BTree<V>(undefined, compare)) {
    this.tree = tree;
  }

  get size(): number {
    return this.tree.size;
  }

  get(key: string): V | undefined {
    return this.tree.get(key);
  }

  set(key: string, value: V): void {
    this.tree.set(key, value);
  }

  delete(key: string): void {
    this.tree.delete(key);
  }

  /** A copy in constant time; from then on, each of the two copies the nodes that it changes. */
  clone(): SortedMap<V> {
    return new SortedMap(this.tree.clone());
  }

  /** Calls `visit` in key order for keys from `from` (inclusive) to `to` (exclusive; undefined: the end) while it returns true. */
  walk(from: string, to: string | undefined, visit: (value: V) => boolean): void {
    const end = to ?? this.tree.maxKey();
    if (end === undefined || end < from) return;
    this.tree.forRange(from, end, to === undefined, (_key, value) => (visit(value) ? undefined : stop));
  }

  /** How many keys are below `key`: in O(log n), by the sizes that the tree's nodes keep. */
  countBefore(key: string): number {
    let node = this.tree['_root'] as unknown as Node;
    let count = 0;
    while (node.children !== undefined) {
      const at = lowerBound(node.keys, key);
      for (let i = 0; i < at; i++) count += node.children[i]!.size();
      const child = node.children[at];
      if (child === undefined) return count;
      node = child;
    }
    return count + lowerBound(node.keys, key);
  }

  /** How many keys are in [from, to). */
  count(from: string, to: string | undefined): number {
    const below = to === undefined ? this.tree.size : this.countBefore(to);
    return Math.max(0, below - this.countBefore(from));
  }
}
