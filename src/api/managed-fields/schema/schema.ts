// The types that drive merging: what is a leaf, what is a set, what is keyed by what. Built-in types come from the fact
// tables, custom resources from their structural schemas. Upstream: structured-merge-diff/v6/schema/elements.go.
import type { Json } from '../../object.ts';

/** What a scalar may be; `untyped` is any of them. */
export type Scalar = 'numeric' | 'string' | 'boolean' | 'untyped';

/** A list: one leaf when it is not associative; with keys a map, without keys a set. */
export interface ListType {
  readonly elementType: SchemaType;
  readonly associative: boolean;
  /** In the order of the schema; error texts show them so. */
  readonly keys: readonly string[];
}

/** A field of a struct. */
export interface StructField {
  readonly name: string;
  readonly type: SchemaType;
  /** Stands in for a missing field that is a key of a list; undefined when there is none. */
  readonly default?: Json;
}

/** An object: named fields, and the type of all others (undefined: others are not allowed). */
export interface MapType {
  readonly fields: ReadonlyMap<string, StructField>;
  readonly elementType: SchemaType | undefined;
  readonly atomic: boolean;
}

/** The forms that a value may have. Most types have one; untyped ones have all three. */
export interface Atom {
  readonly scalar?: Scalar;
  readonly list?: ListType;
  readonly map?: MapType;
}

/** Which form of its type a value has; `any` when the type has several and the value (null, or of no form) does not tell. */
export type Form = 'scalar' | 'list' | 'map' | 'any' | 'none';

/** A type, resolved when first looked at: types may contain themselves. */
export class SchemaType {
  /** As upstream's error texts call it; undefined for a type without a name. */
  readonly name: string | undefined;
  private resolve: (() => Atom) | undefined;
  private resolved: Atom | undefined;
  private only: Form | undefined;

  constructor(name: string | undefined, resolve: () => Atom) {
    this.name = name;
    this.resolve = resolve;
  }

  get atom(): Atom {
    if (this.resolved === undefined) {
      const atom = this.resolve!();
      this.resolve = undefined;
      this.resolved = atom;
      const forms = (['scalar', 'list', 'map'] as const).filter((form) => atom[form] !== undefined);
      this.only = forms.length === 1 ? forms[0] : forms.length === 0 ? 'none' : undefined;
    }
    return this.resolved;
  }

  /** The form of a value; undefined and null tell nothing. Upstream: typed/helpers.go, deduceAtom. */
  formOf(value: Json | undefined): Form {
    const atom = this.atom;
    if (this.only !== undefined) return this.only;
    if (value === undefined || value === null) return 'any';
    if (typeof value !== 'object') return atom.scalar === undefined ? 'any' : 'scalar';
    if (Array.isArray(value)) return atom.list === undefined ? 'any' : 'list';
    return atom.map === undefined ? 'any' : 'map';
  }

  /** The form that a walker takes: of several the first of map, scalar, list. Upstream: handleAtom. */
  handled(form: Form): 'scalar' | 'list' | 'map' | 'none' {
    if (form !== 'any') return form;
    const atom = this.atom;
    return atom.map !== undefined ? 'map' : atom.scalar !== undefined ? 'scalar' : 'list';
  }

  /** The text of the error about a type without any form. */
  get fault(): string {
    return `schema error: invalid atom: ${this.name === undefined ? 'inlined' : `named type: ${this.name}`}`;
  }
}

const noFields: ReadonlyMap<string, StructField> = new Map();

/** The type of what the schema does not declare. */
export const noType = new SchemaType(undefined, () => ({}));

/** Anything, as one leaf. */
export const untypedAtomic: SchemaType = new SchemaType('__untyped_atomic_', () => ({
  scalar: 'untyped',
  list: { elementType: untypedAtomic, associative: false, keys: [] },
  map: { fields: noFields, elementType: untypedAtomic, atomic: true },
}));

/** Anything: objects by their members, all else as leaves. */
export const untypedDeduced: SchemaType = new SchemaType('__untyped_deduced_', () => ({
  scalar: 'untyped',
  list: { elementType: untypedAtomic, associative: false, keys: [] },
  map: { fields: noFields, elementType: untypedDeduced, atomic: false },
}));

/** A type without a name. */
export function inlined(atom: Atom): SchemaType {
  return new SchemaType(undefined, () => atom);
}

/** Scalars without a name. */
export const scalarTypes: Readonly<Record<Scalar, SchemaType>> = {
  numeric: inlined({ scalar: 'numeric' }),
  string: inlined({ scalar: 'string' }),
  boolean: inlined({ scalar: 'boolean' }),
  untyped: inlined({ scalar: 'untyped' }),
};

/** The same type with its lists or maps made atomic or granular, as a field may ask. Upstream: Schema.Resolve. */
export function withRelationship(type: SchemaType, atomic: boolean): SchemaType {
  return new SchemaType(type.name, () => {
    const atom = type.atom;
    if (atom.map !== undefined) return { ...atom, map: { ...atom.map, atomic } };
    if (atom.list !== undefined) return { ...atom, list: { ...atom.list, associative: !atomic } };
    return {};
  });
}

/** The type of a member of an object. */
export function memberType(map: MapType, name: string): SchemaType {
  return map.fields.get(name)?.type ?? map.elementType ?? noType;
}

/**
 * Whether an object has no fields of its own and lets in anything; such types have no say on what is atomic.
 * Upstream: typed/reconcile_schema.go, isUntypedDeducedMap.
 */
export function isDeducedMap(map: MapType): boolean {
  if (map.fields.size > 0 || map.elementType === undefined) return false;
  return (
    map.elementType.name === untypedDeduced.name ||
    (map.elementType.name === undefined && map.elementType.atom.scalar === 'untyped')
  );
}
