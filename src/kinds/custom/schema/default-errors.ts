// What is wrong with the defaults in a schema: each must be good by its own schema, its rules included, without unknown
// fields, and inside of metadata make good metadata.
// Upstream: ValidateDefaults in k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting/validation.go, and
// schemaHasUnprunedDefaults in pkg/apis/apiextensions/validation/validation.go.
import type { JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import { aggregateText, type FieldError, fieldErrorText, invalid } from '../../../api/field-error.ts';
import { FieldPath } from '../../../api/field-path.ts';
import { copyJson, isJsonObject, setJsonMember } from '../../../api/json-object.ts';
import { DecodeError } from '../../../api/schema/explain.ts';
import { loadedRules } from '../rules/lazy-rules.ts';
import { pruneDefaults } from './defaults.ts';
import { deepEqual } from './numbers.ts';
import { coerce, validateEmbeddedResources } from './object-meta.ts';
import { shown } from './print-value.ts';
import { isMetaField, pruneWithin } from './prune.ts';
import { type SchemaNode, schemaNode } from './schema-node.ts';
import { validateValue } from './validate.ts';

/** Settings of the checks. */
export interface DefaultErrorsOptions {
  /** Whether defaults may not have unknown fields; only asked when some default has one. */
  readonly requirePruned: () => boolean;
}

/** Puts a value where it would stand in the resource that is around it. */
type Surround = (value: unknown) => Record<string, unknown>;

const asResource: Surround = (value) => ({
  kind: 'Validation',
  apiVersion: 'validation/v1',
  ...(value as Record<string, unknown>),
});

/** What is around a schema. */
interface Place {
  readonly path: string;
  /** The schema of the resource that the schema is part of. */
  readonly resource: SchemaNode;
  readonly surround: Surround;
  readonly insideMeta: boolean;
}

function withMember(surround: Surround, name: string): Surround {
  return (value) => {
    const object: Record<string, unknown> = {};
    setJsonMember(object, name, value);
    return surround(object);
  };
}

/** The fault of what does not fit the types of metadata; brings the value to them otherwise, in place. */
function coerceFault(value: unknown, node: SchemaNode, path: string): FieldError | undefined {
  try {
    coerce(value, node, path, {});
    return undefined;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return error.cause as FieldError;
  }
}

class DefaultChecker {
  readonly errors: FieldError[] = [];
  private budget: number | undefined;
  private readonly options: DefaultErrorsOptions;

  constructor(options: DefaultErrorsOptions) {
    this.options = options;
  }

  /** Checks a schema's default and those below it; false when the budget of rules is spent. */
  check(node: SchemaNode, around: Place): boolean {
    const place = node.embedded
      ? { ...around, resource: node, surround: asResource, insideMeta: false }
      : around;
    if (node.default !== undefined && !this.checkDefault(node, place)) return false;
    const { path, surround, insideMeta } = place;
    // Below additionalProperties nothing is checked, as upstream believes that there are no defaults.
    if (node.items) {
      const items = { ...place, path: `${path}.items`, surround: (value: unknown) => surround([value]) };
      if (!this.check(node.items, items)) return false;
    }
    for (const name of [...node.properties.keys()].sort()) {
      const property = {
        ...place,
        path: `${path}.properties[${name}]`,
        surround: withMember(surround, name),
        insideMeta: insideMeta || (node.embedded && isMetaField(name)),
      };
      if (!this.check(node.properties.get(name)!, property)) return false;
    }
    return true;
  }

  private checkDefault(node: SchemaNode, place: Place): boolean {
    const path = `${place.path}.default`;
    // What follows brings metadata in the definition itself to its types, as upstream does: it is stored, and shown, so.
    const value = node.default;
    const faults = place.insideMeta
      ? this.metaFaults(value, place, path)
      : this.embeddedFaults(value, node, path);
    if (faults.length === 0) faults.push(...validateValue(node, value, { path }));
    this.errors.push(...faults);
    return faults.length > 0 || this.checkRules(node, value, path);
  }

  private metaFaults(value: unknown, { resource, surround }: Place, path: string): FieldError[] {
    const object = surround(copyJson(value));
    const wrong = (detail: string): FieldError[] => [
      invalid(new FieldPath(path), shown(value), `must result in valid metadata: ${detail}`),
    ];
    const fault = coerceFault(object, resource, '');
    if (fault) return wrong(fieldErrorText(fault));
    const faults = validateEmbeddedResources(object, resource);
    return faults.length > 0 ? wrong(aggregateText(faults.map(fieldErrorText))) : [];
  }

  private embeddedFaults(value: unknown, node: SchemaNode, path: string): FieldError[] {
    const pruned = copyJson(value);
    pruneWithin(pruned, node);
    const isPruned = deepEqual(pruned, value);
    const fault = coerceFault(value, node, path);
    // Upstream prints the value when all is done: with metadata brought to its types.
    if (!isPruned && this.options.requirePruned())
      this.errors.push(invalid(new FieldPath(path), shown(value), 'must not have unknown fields'));
    return fault ? [fault] : validateEmbeddedResources(value, node, path);
  }

  /** First as an update that changes nothing, then as a creation, for rules that take an optional oldSelf. */
  private checkRules(node: SchemaNode, value: unknown, path: string): boolean {
    const checks = loadedRules();
    const rules = checks?.compileRules(node.source, node.embedded);
    if (!checks || !rules) return true;
    const start = this.budget;
    const run = (old: unknown): { faults: readonly FieldError[]; left: number } => {
      let left = 0;
      const onEnd = (budget: number): void => {
        left = budget;
      };
      const options = { ratchet: false, onEnd, ...(start === undefined ? {} : { costBudget: start }) };
      return { faults: checks.validateRules(rules, value, old, new FieldPath(path), options), left };
    };
    const update = run(value);
    const creation = update.faults.length === 0 ? run(undefined) : undefined;
    this.errors.push(...update.faults, ...(creation?.faults ?? []));
    this.budget = Math.min(update.left, creation?.left ?? update.left);
    return this.budget >= 0;
  }
}

/**
 * The faults of all defaults in a structural schema; `path` is the schema's in the definition, such as
 * `spec.versions[0].schema.openAPIV3Schema`.
 */
export function defaultErrors(
  schema: JSONSchemaProps,
  path: string,
  options: DefaultErrorsOptions,
): readonly FieldError[] {
  const root = schemaNode(schema, 'defaults');
  const resource: SchemaNode = { ...root, embedded: true, holds: { ...root.holds, embedded: true } };
  const checker = new DefaultChecker(options);
  checker.check(resource, { path, resource, surround: asResource, insideMeta: false });
  return checker.errors;
}

function isChanged(node: SchemaNode): boolean {
  if (!deepEqual(node.default, node.source.default ?? undefined)) return true;
  const parts = [...node.properties.values()];
  if (node.additional?.schema) parts.push(node.additional.schema);
  if (node.items) parts.push(node.items);
  return parts.some(isChanged);
}

/** Whether some default of a structural schema has unknown fields. */
export function hasUnprunedDefaults(schema: JSONSchemaProps): boolean {
  const node = schemaNode(schema);
  const { default: whole } = node;
  // Upstream cannot tell where the whole resource has a default that is none.
  if (whole !== undefined && !isJsonObject(whole)) return false;
  pruneDefaults(node);
  return isChanged(node);
}
