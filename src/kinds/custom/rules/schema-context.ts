// What the checks of a CRD's rules know of a schema node: its type, and how often data of it can occur.
// Upstream: CELSchemaContext of k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/cel_validation.go.
import type { JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import { type DeclaredType, declaredType, maxRequestSize } from '../../../api/cel/schema/declared-type.ts';
import { escapeName } from '../../../api/cel/schema/escape.ts';

const unbounded = 2 ** 64;

/** a * b, at most the largest 64-bit number. */
export function cappedProduct(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : Math.min(a * b, unbounded);
}

/** How many children a value of the schema can have of each kind; undefined when any number. */
function maxChildren(schema: JSONSchemaProps): number | undefined {
  const isMap = schema.type === 'object' && schema.additionalProperties !== undefined;
  if (schema.type !== 'array' && !isMap) return 1;
  const max = isMap ? schema.maxProperties : schema.maxItems;
  return max === undefined ? undefined : Math.max(max, 0);
}

type Step = { readonly property: string } | 'items' | 'values';

/** The context of one node; make the root's with `SchemaContext.root`. */
export class SchemaContext {
  private readonly schema: JSONSchemaProps;
  private readonly parent: SchemaContext | undefined;
  private readonly step: Step | undefined;
  /** The node or one above has rules. */
  private readonly isWithinRules: boolean;
  private readonly cardinality: number | undefined;
  private known: DeclaredType | null | undefined;

  private constructor(
    schema: JSONSchemaProps,
    parent: SchemaContext | undefined,
    step: Step | undefined,
    cardinality: number | undefined,
  ) {
    this.schema = schema;
    this.parent = parent;
    this.step = step;
    this.cardinality = cardinality;
    this.isWithinRules =
      parent?.isWithinRules === true || (schema['x-kubernetes-validations'] ?? []).length > 0;
  }

  static root(schema: JSONSchemaProps): SchemaContext {
    return new SchemaContext(schema, undefined, undefined, 1);
  }

  /** The context of a part of this schema. */
  child(schema: JSONSchemaProps, step: Step): SchemaContext {
    const children = maxChildren(this.schema);
    const cardinality =
      this.cardinality === undefined || children === undefined
        ? undefined
        : cappedProduct(this.cardinality, children);
    return new SchemaContext(schema, this, step, cardinality);
  }

  /** The type, undefined when expressions cannot see data of this schema. */
  get declared(): DeclaredType | undefined {
    if (this.known === undefined) this.known = this.find() ?? null;
    return this.known ?? undefined;
  }

  private find(): DeclaredType | undefined {
    const { parent, step, schema } = this;
    if (parent?.isWithinRules && step !== undefined) {
      const above = parent.declared;
      if (above === undefined) return undefined;
      const escaped = typeof step === 'object' ? escapeName(step.property) : undefined;
      const found = typeof step === 'object' ? above.fields?.get(escaped ?? '') : above.element;
      if (found !== undefined) return found;
    }
    return declaredType(schema, parent === undefined || schema['x-kubernetes-embedded-resource'] === true);
  }

  /** The most that a rule of this cost can come to in one object. */
  costOf(maxCost: number): number {
    const { declared } = this;
    const fitting = Math.trunc(maxRequestSize / ((declared?.minSize ?? 0) + 1));
    return cappedProduct(maxCost, this.cardinality ?? fitting);
  }
}
