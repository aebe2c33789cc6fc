// The rules of a schema: a tree of the nodes that have some, or have some below. Each node compiles its rules when the
// first object reaches it.
// Upstream: NewValidator of k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go.
import type { JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import { type DeclaredType, declaredType } from '../../../api/cel/schema/declared-type.ts';
import { escapeName } from '../../../api/cel/schema/escape.ts';
import { type CompiledRule, compileRule } from './compiled-rule.ts';
import { ruleEnvironments } from './environment.ts';

/** A node of the tree. */
export class RuleNode {
  /** The schema of the node itself; `allOf` nodes share that of the schema they stand in. */
  readonly schema: JSONSchemaProps;
  /** Of a custom or an embedded resource. */
  readonly isResourceRoot: boolean;
  readonly items: RuleNode | undefined;
  readonly values: RuleNode | undefined;
  readonly properties: ReadonlyMap<string, RuleNode>;
  readonly allOf: readonly RuleNode[];
  private readonly rulesFrom: JSONSchemaProps;
  private readonly declared: DeclaredType | undefined;
  private compiled: readonly CompiledRule[] | undefined;

  constructor(parts: {
    schema: JSONSchemaProps;
    rulesFrom: JSONSchemaProps;
    declared: DeclaredType | undefined;
    isResourceRoot: boolean;
    items: RuleNode | undefined;
    values: RuleNode | undefined;
    properties: ReadonlyMap<string, RuleNode>;
    allOf: readonly RuleNode[];
  }) {
    this.schema = parts.schema;
    this.rulesFrom = parts.rulesFrom;
    this.declared = parts.declared;
    this.isResourceRoot = parts.isResourceRoot;
    this.items = parts.items;
    this.values = parts.values;
    this.properties = parts.properties;
    this.allOf = parts.allOf;
  }

  /** Whether there is anything to do here or below. */
  get isEmpty(): boolean {
    return (
      !this.hasRules &&
      this.items === undefined &&
      this.values === undefined &&
      this.properties.size === 0 &&
      this.allOf.length === 0
    );
  }

  get hasRules(): boolean {
    return (this.rulesFrom['x-kubernetes-validations'] ?? []).length > 0;
  }

  /** Whether the rules can be compiled at all. */
  get isCompilable(): boolean {
    return this.declared !== undefined;
  }

  /** The rules of this node, compiled. */
  get rules(): readonly CompiledRule[] {
    if (this.declared === undefined) return [];
    if (this.compiled === undefined) {
      const environments = ruleEnvironments(this.declared);
      this.compiled = (this.rulesFrom['x-kubernetes-validations'] ?? []).map((rule) =>
        compileRule(rule, this.schema, environments),
      );
    }
    return this.compiled;
  }
}

function hasRules(schema: JSONSchemaProps): boolean {
  if (schema['x-kubernetes-validations']?.length) return true;
  const { items, additionalProperties } = schema;
  if (items && !Array.isArray(items) && hasRules(items)) return true;
  if (typeof additionalProperties === 'object' && hasRules(additionalProperties)) return true;
  return Object.values(schema.properties ?? {}).some(hasRules);
}

/** Rules within allOf count only where there are others. */
function mayHaveRules(schema: JSONSchemaProps): boolean {
  return hasRules(schema) || everyPart(schema).some(mayHaveRules);
}

function everyPart({
  items,
  additionalProperties,
  properties = {},
  allOf = [],
}: JSONSchemaProps): JSONSchemaProps[] {
  const parts = [...allOf, ...Object.values(properties)];
  if (items && !Array.isArray(items)) parts.push(items);
  if (typeof additionalProperties === 'object') parts.push(additionalProperties);
  return parts;
}

function isEmbedded(schema: JSONSchemaProps): boolean {
  return schema['x-kubernetes-embedded-resource'] === true;
}

/** The type of a property; undefined when expressions do not see it. */
function propertyType(
  name: string,
  property: JSONSchemaProps,
  parent: DeclaredType,
): DeclaredType | undefined {
  const escaped = escapeName(name);
  return escaped === undefined ? declaredType(property, isEmbedded(property)) : parent.fields?.get(escaped);
}

function propertyNodes(
  rulesFrom: JSONSchemaProps,
  schema: JSONSchemaProps,
  declared: DeclaredType | undefined,
): Map<string, RuleNode> {
  const nodes = new Map<string, RuleNode>();
  for (const [name, rules] of Object.entries(rulesFrom.properties ?? {})) {
    const property = schema.properties?.[name];
    const type = property && declared && propertyType(name, property, declared);
    const node = property && type && nodeOf(rules, property, type, isEmbedded(property));
    if (node) nodes.set(name, node);
  }
  return nodes;
}

function nodeOf(
  rulesFrom: JSONSchemaProps,
  schema: JSONSchemaProps,
  declared: DeclaredType | undefined,
  isResourceRoot: boolean,
): RuleNode | undefined {
  if (!mayHaveRules(rulesFrom)) return undefined;
  const inner = (rules: JSONSchemaProps['items'], part: JSONSchemaProps['items']): RuleNode | undefined => {
    if (!rules || !part || Array.isArray(rules) || Array.isArray(part)) return undefined;
    return nodeOf(rules, part, declared?.element, isEmbedded(part));
  };
  const { additionalProperties: rulesOfValues } = rulesFrom;
  const { additionalProperties: values } = schema;
  const node = new RuleNode({
    schema,
    rulesFrom,
    declared,
    isResourceRoot,
    items: inner(rulesFrom.items, schema.items),
    values:
      typeof rulesOfValues === 'object' && typeof values === 'object'
        ? inner(rulesOfValues, values)
        : undefined,
    properties: propertyNodes(rulesFrom, schema, declared),
    allOf: (rulesFrom.allOf ?? [])
      .map((part) => nodeOf(part, schema, declared, isResourceRoot))
      .filter((part) => part !== undefined),
  });
  return node.isEmpty ? undefined : node;
}

/** The rules of a structural schema, undefined when it has none. `isResourceRoot`: it describes a custom resource. */
export function compileRules(schema: JSONSchemaProps, isResourceRoot = true): RuleNode | undefined {
  if (!hasRules(schema)) return undefined;
  return nodeOf(schema, schema, declaredType(schema, isResourceRoot), isResourceRoot);
}
