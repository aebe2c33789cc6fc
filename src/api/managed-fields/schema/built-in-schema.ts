// Merge types of the built-in kinds, from the fact tables: what upstream derives from the OpenAPI definitions of the same
// Go types. Upstream: k8s.io/kube-openapi/pkg/schemaconv/{openapi,smd}.go.
import type { Json } from '../../object.ts';
import { structFields } from '../../schema/struct-fields.ts';
import { type FieldFact, isReference, splitRef, typeFact } from '../../schema/type-table.ts';
import {
  type Atom,
  inlined,
  type ListType,
  SchemaType,
  type StructField,
  scalarTypes,
  untypedAtomic,
  untypedDeduced,
  withRelationship,
} from './schema.ts';

const noFields: ReadonlyMap<string, StructField> = new Map();

/** A definition without a type: any scalar, an atomic list, an object of anything. */
const typelessAtom: Atom = {
  scalar: 'untyped',
  list: { elementType: untypedAtomic, associative: false, keys: [] },
  map: { fields: noFields, elementType: untypedDeduced, atomic: false },
};
const typeless = inlined(typelessAtom);

/** Scalars and special types of the tables. */
const leafTypes: Readonly<Record<string, SchemaType>> = {
  string: scalarTypes.string,
  bytes: scalarTypes.string,
  Duration: scalarTypes.string,
  bool: scalarTypes.boolean,
  int32: scalarTypes.numeric,
  int64: scalarTypes.numeric,
  float64: scalarTypes.numeric,
  Time: scalarTypes.untyped,
  MicroTime: scalarTypes.untyped,
  Quantity: scalarTypes.untyped,
  IntOrString: typeless,
  JSON: typeless,
  any: typeless,
  RawExtension: untypedAtomic,
  FieldsV1: inlined({ map: { fields: noFields, elementType: untypedDeduced, atomic: false } }),
};

const types = new Map<string, SchemaType>();

function modelName(ref: string): string {
  const { groupVersion, name } = splitRef(ref);
  return `${name}.${groupVersion}`;
}

/** The merge type of a type of the tables: `core/v1.Pod`, `Quantity`. One and the same at every call. */
export function builtInType(ref: string): SchemaType {
  if (!isReference(ref)) {
    const leaf = leafTypes[ref];
    if (leaf === undefined) throw new Error(`no merge type for ${ref}`);
    return leaf;
  }
  let type = types.get(ref);
  if (type === undefined) {
    type = new SchemaType(modelName(ref), () => atomOf(ref));
    types.set(ref, type);
  }
  return type;
}

function atomOf(ref: string): Atom {
  const fact = typeFact(ref);
  if (fact.jsonUnion) return typelessAtom;
  if (fact.wrap) return { list: listOf(fact.fields[0]!) };
  const all = structFields(ref);
  if (all.length === 0)
    return { map: { fields: noFields, elementType: untypedDeduced, atomic: fact.structType === 'atomic' } };
  const fields = new Map<string, StructField>();
  for (const { fact: field } of all)
    fields.set(field.json, { name: field.json, type: fieldType(field), default: defaultOf(field) });
  return { map: { fields, elementType: undefined, atomic: fact.structType === 'atomic' } };
}

const zeroDefaults: Readonly<Record<string, Json>> = {
  string: '',
  bool: false,
  int32: 0,
  int64: 0,
  float64: 0,
};

/** Only scalars can be keys of lists, so only theirs are kept: the declared default, or the zero value of what is no pointer. */
function defaultOf(field: FieldFact): Json | undefined {
  if (field.default !== undefined) return field.default;
  if (field.list || field.map || field.omitempty || field.pointer) return undefined;
  return zeroDefaults[field.type];
}

function fieldType(field: FieldFact): SchemaType {
  if (field.list) return inlined({ list: listOf(field) });
  const element = builtInType(field.type);
  if (field.map)
    return inlined({
      map: { fields: noFields, elementType: element, atomic: field.mapType === 'atomic' },
    });
  // Upstream asks by the same extension for maps and for structs.
  const relationship = field.mapType ?? (field.structType as 'atomic' | 'granular' | undefined);
  return relationship === undefined ? element : withRelationship(element, relationship === 'atomic');
}

function listOf(field: FieldFact): ListType {
  const elementType = builtInType(field.type);
  if (field.listType !== undefined)
    return {
      elementType,
      associative: field.listType !== 'atomic',
      keys: field.listType === 'map' ? (field.listMapKeys ?? []) : [],
    };
  const merges = field.patchStrategy?.split(',').includes('merge') ?? false;
  const keys = merges && field.patchMergeKey !== undefined ? [field.patchMergeKey] : [];
  return { elementType, associative: merges, keys };
}
