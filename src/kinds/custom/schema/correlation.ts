// An object beside its old self: which old value a new one stands for, and whether the two are equal. On it ratcheting is
// built: what was wrong before and did not change may stay.
// Upstream: k8s.io/apiserver/pkg/cel/common/{equality,maplist}.go.
import { isJsonObject } from '../../../api/json-object.ts';
import { deepEqual } from './numbers.ts';
import { isInt64 } from './print-value.ts';
import { memberNode, type SchemaNode } from './schema-node.ts';

type Data = Record<string, unknown>;

function keyPart(value: unknown, single: boolean): string | undefined {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'number') return undefined;
  return single || isInt64(value) ? String(value) : value.toFixed(6);
}

/** The key of an element of a list that is a map; undefined when it has none. */
function elementKey(item: unknown, keys: readonly string[]): string | undefined {
  if (!isJsonObject(item)) return undefined;
  const parts: string[] = [];
  for (const key of keys) {
    const part = Object.hasOwn(item, key) ? keyPart(item[key], keys.length === 1) : undefined;
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return parts.join('\0');
}

/** A new value and the old one that it stands for. */
export class Correlation {
  readonly value: unknown;
  readonly old: unknown;
  private readonly node: SchemaNode | undefined;
  private equal: boolean | undefined;
  private children: Map<string | number, Correlation> | undefined;
  private oldElements: Map<string, unknown> | undefined;

  constructor(value: unknown, old: unknown, node: SchemaNode | undefined) {
    this.value = value;
    this.old = old;
    this.node = node;
  }

  /** A member of an object; undefined when the old object did not have it or the schema does not say what it is. */
  member(name: string): Correlation | undefined {
    const known = this.children?.get(name);
    if (known !== undefined) return known;
    if (!isJsonObject(this.value) || !isJsonObject(this.old) || this.node === undefined) return undefined;
    if (!Object.hasOwn(this.value, name) || !Object.hasOwn(this.old, name)) return undefined;
    const schema = memberNode(this.node, name);
    return schema && this.keep(name, this.value[name], this.old[name], schema);
  }

  private keep(at: string | number, value: unknown, old: unknown, node: SchemaNode): Correlation {
    this.children ??= new Map();
    const child = new Correlation(value, old, node);
    this.children.set(at, child);
    return child;
  }

  /** An element of a list; undefined unless the list is a map whose old self has the element's key. */
  element(index: number): Correlation | undefined {
    const known = this.children?.get(index);
    if (known !== undefined) return known;
    if (!Array.isArray(this.value) || !Array.isArray(this.old) || index >= this.value.length)
      return undefined;
    const old = this.oldElement(this.value[index], this.old);
    if (old === undefined || this.node?.items === undefined) return undefined;
    return this.keep(index, this.value[index], old, this.node.items);
  }

  private oldElement(item: unknown, olds: readonly unknown[]): unknown {
    if (this.node?.listType !== 'map') return undefined;
    const keys = this.node.listMapKeys;
    if (this.oldElements === undefined) {
      this.oldElements = new Map();
      if (this.node.type === 'array' && keys.length > 0)
        for (const old of olds) {
          const key = elementKey(old, keys);
          if (key !== undefined && !this.oldElements.has(key)) this.oldElements.set(key, old);
        }
    }
    const key = elementKey(item, keys);
    return key === undefined ? undefined : this.oldElements.get(key);
  }

  /** Whether old and new are equal; elements of a list that is a map may have changed places. */
  get isEqual(): boolean {
    this.equal ??= this.compare();
    return this.equal;
  }

  private compare(): boolean {
    const { value, old } = this;
    if (value === null || old === null || value === undefined || old === undefined)
      return (value ?? null) === (old ?? null);
    if (Array.isArray(value) && Array.isArray(old)) return this.compareLists(value, old);
    if (isJsonObject(value) && isJsonObject(old)) return this.compareObjects(value, old);
    return deepEqual(value, old);
  }

  private compareLists(value: readonly unknown[], old: readonly unknown[]): boolean {
    if (value.length !== old.length) return false;
    for (let i = 0; i < value.length; i++) {
      const child = this.element(i);
      if (child === undefined) return this.oldElements === undefined && deepEqual(value, old);
      if (!child.isEqual) return false;
    }
    return true;
  }

  private compareObjects(value: Data, old: Data): boolean {
    const names = Object.keys(value);
    if (names.length !== Object.keys(old).length) return false;
    return names.every((name) => this.member(name)?.isEqual === true);
  }
}
