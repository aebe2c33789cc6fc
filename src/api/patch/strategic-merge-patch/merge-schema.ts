// What strategic merge needs to know of a type: which fields merge, and by which key. Built-in types answer from the fact
// tables; a custom resource could bring its own.
// Upstream: LookupPatchMeta in k8s.io/apimachinery/pkg/util/strategicpatch/meta.go.
import { goQuote } from '../../go-text.ts';
import { structFields } from '../../schema/struct-fields.ts';
import { type FieldFact, isReference, splitRef, typeFact } from '../../schema/type-table.ts';
import { PatchError } from '../patch-error.ts';

/** A field as strategic merge sees it. */
export interface MergeField {
  /** `merge`, `replace` or '' for the default. */
  readonly strategy: string;
  /** '' when lists of this field have no merge key. */
  readonly mergeKey: string;
  /** The type of the value, or of one element where the value is a list. */
  readonly schema: MergeSchema;
}

/** The type of an object that is merged. */
export interface MergeSchema {
  /** Go's word for the type, for error texts: `struct`, `map`, `string`. */
  readonly name: string;
  /** The field of an object's member; throws PatchError when the type has none. */
  field(key: string): MergeField;
}

function notStruct(kind: string): MergeSchema {
  return {
    name: kind,
    field() {
      throw new PatchError(
        `merging an object in json but data type is not struct, instead is: ${kind}`,
        'unprocessable',
      );
    },
  };
}

const mapSchema = notStruct('map');
const scalarKinds: Record<string, string> = { float64: 'float64', bytes: 'slice', any: 'interface' };
const structSpecials = /^[A-Z]/;

function unknownField(struct: string, key: string): never {
  throw new PatchError(
    `unable to find api field in struct ${struct} for the json field ${goQuote(key)}`,
    'unprocessable',
  );
}

function schemaOfField(fact: FieldFact): MergeSchema {
  if (fact.map) return mapSchema;
  if (isReference(fact.type)) return mergeSchemaOf(fact.type);
  if (structSpecials.test(fact.type)) return { name: 'struct', field: (key) => unknownField(fact.type, key) };
  return notStruct(scalarKinds[fact.type] ?? fact.type);
}

function strategyOf(fact: FieldFact): string {
  const strategies = (fact.patchStrategy ?? '').split(',');
  return strategies.find((strategy) => strategy !== 'retainKeys') ?? '';
}

const schemas = new Map<string, MergeSchema>();

/** The merge schema of a built-in type. */
export function mergeSchemaOf(ref: string): MergeSchema {
  let schema = schemas.get(ref);
  if (schema === undefined) {
    schema = typeFact(ref).wrap ? notStruct('slice') : structSchema(ref);
    schemas.set(ref, schema);
  }
  return schema;
}

function structSchema(ref: string): MergeSchema {
  const fields = new Map<string, MergeField>();
  return {
    name: 'struct',
    field(key) {
      let field = fields.get(key);
      if (field === undefined) {
        const fact = structFields(ref).find((candidate) => candidate.fact.json === key)?.fact;
        if (fact === undefined) unknownField(splitRef(ref).name, key);
        field = {
          strategy: strategyOf(fact),
          mergeKey: fact.patchMergeKey ?? '',
          schema: schemaOfField(fact),
        };
        fields.set(key, field);
      }
      return field;
    },
  };
}
