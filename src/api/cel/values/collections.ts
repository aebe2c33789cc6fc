// Lists and maps that an expression makes itself.
import { canonicalKey } from './keys.ts';
import { EvaluationError, isError, type ListValue, type MapValue, Uint, type Value } from './value.ts';

/** A list of values. */
export class ArrayList implements ListValue {
  readonly tag = 'list';
  private readonly items: readonly Value[];

  constructor(items: readonly Value[]) {
    this.items = items;
  }

  get size(): number {
    return this.items.length;
  }

  get(index: number): Value {
    return this.items[index]!;
  }
}

/** A list that a comprehension builds up: + adds to it in place. */
export class GrowingList implements ListValue {
  readonly tag = 'list';
  private readonly items: Value[] = [];

  get size(): number {
    return this.items.length;
  }

  get(index: number): Value {
    return this.items[index]!;
  }

  append(other: ListValue): Value {
    for (let i = 0; i < other.size; i++) this.items.push(other.get(i));
    return this;
  }

  /** The list as it is now, for everybody. */
  finish(): ArrayList {
    return new ArrayList(this.items);
  }
}

/** Two lists one behind the other, without copying them. */
export class ConcatList implements ListValue {
  readonly tag = 'list';
  readonly size: number;
  private readonly first: ListValue;
  private readonly second: ListValue;

  constructor(first: ListValue, second: ListValue) {
    this.first = first;
    this.second = second;
    this.size = first.size + second.size;
  }

  get(index: number): Value {
    return index < this.first.size ? this.first.get(index) : this.second.get(index - this.first.size);
  }
}

/** A list of strings. */
export function stringList(items: readonly string[]): ArrayList {
  return new ArrayList([...items]);
}

/** A map of values; int, uint and double keys of the same amount are the same key. */
export class KeyedMap implements MapValue {
  readonly tag = 'map';
  /** Whether a comprehension still builds it up: nobody else holds it, so it is changed in place. */
  isGrowing = false;
  private readonly entries: Map<string, [Value, Value]>;

  constructor(entries: Iterable<readonly [Value, Value]> = []) {
    this.entries = new Map();
    for (const [key, value] of entries) this.set(key, value);
  }

  get size(): number {
    return this.entries.size;
  }

  find(key: Value): Value | undefined {
    return this.entries.get(canonicalKey(key))?.[1];
  }

  *keys(): Generator<Value> {
    for (const [key] of this.entries.values()) yield key;
  }

  /** Adds in place: only for a map that nobody else holds yet. */
  set(key: Value, value: Value): void {
    this.entries.set(canonicalKey(key), [key, value]);
  }
}

/** The map with one more entry; an error when the key is there already. */
export function insertEntry(map: MapValue, key: Value, value: Value): Value {
  const before = map.find(key);
  if (before !== undefined) {
    if (isError(before)) return before;
    return new EvaluationError(`insert failed: key ${keyText(key)} already exists`);
  }
  const result = map instanceof KeyedMap && map.isGrowing ? map : copyMap(map);
  result.set(key, value);
  return result;
}

function copyMap(map: MapValue): KeyedMap {
  const result = new KeyedMap();
  for (const key of map.keys()) result.set(key, map.find(key)!);
  return result;
}

/** A key as error texts show it. */
export function keyText(key: Value): string {
  if (key instanceof Uint) return String(key.value);
  return typeof key === 'object' ? 'null' : String(key);
}
