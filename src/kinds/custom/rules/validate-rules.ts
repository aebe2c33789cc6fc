// Holds an object against the rules of its schema.
// Upstream: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go.
import type { JSONSchemaProps, ValidationRule } from '#types/apiextensions.k8s.io_v1';
import type { Bindings } from '../../../api/cel/evaluate/run.ts';
import { withTypeAndObjectMeta } from '../../../api/cel/schema/schema.ts';
import { viewOf } from '../../../api/cel/schema/view.ts';
import { Optional, type Value } from '../../../api/cel/values/value.ts';
import { duplicate, type FieldError, forbiddenField, invalid, required } from '../../../api/field-error.ts';
import { FieldPath } from '../../../api/field-path.ts';
import type { RuleNode } from './compile-rules.ts';
import type { CompiledRule } from './compiled-rule.ts';
import {
  Correlation,
  isForgiven,
  itemKey,
  itemsByKey,
  type Ratchet,
  ratchetIndex,
  ratchetKey,
} from './correlation.ts';
import { evaluateMessage } from './message.ts';

/** The most that all rules of one object may cost. Upstream: RuntimeCELCostBudget. */
export const runtimeCostBudget = 10_000_000;

/** Settings of one validation. */
export interface ValidateRulesOptions {
  /** What is left to spend; `runtimeCostBudget` by default. */
  readonly costBudget?: number;
  /** Whether errors of unchanged parts are forgiven. True by default, for updates. */
  readonly ratchet?: boolean;
  /** Told of every forgiven error. */
  readonly onForgiven?: (error: FieldError) => void;
  /** Told once, at the end, what is left of the budget; less than nothing when that ended the validation. */
  readonly onEnd?: (budget: number) => void;
}

/** The text that stands for a rule in errors. */
function ruleText({ message, rule }: ValidationRule): string {
  return (message || rule).trim();
}

/** `Invalid value: <detail>`, without the value. */
function wrong(path: FieldPath, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field: String(path), body: `Invalid value: ${detail}` };
}

function errorOf(path: FieldPath, { reason }: ValidationRule, detail: string, json: unknown): FieldError {
  const isWhole = typeof json === 'object';
  switch (reason) {
    case 'FieldValueForbidden':
      return forbiddenField(path, detail);
    case 'FieldValueRequired':
      return required(path, detail);
    case 'FieldValueDuplicate':
      return isWhole
        ? { type: 'FieldValueDuplicate', field: String(path), body: 'Duplicate value' }
        : duplicate(path, json);
    default:
      return isWhole ? wrong(path, detail) : invalid(path, json, detail);
  }
}

const outOfBudget =
  'validation failed due to running out of cost budget, no further validation rules will be run';

/** Ends the validation: the budget is spent. */
class Stop extends Error {}

interface Place {
  readonly path: FieldPath;
  readonly ratchet: Ratchet;
}

class RuleRun {
  readonly errors: FieldError[] = [];
  budget: number;
  private readonly options: ValidateRulesOptions;

  constructor(options: ValidateRulesOptions) {
    this.options = options;
    this.budget = options.costBudget ?? runtimeCostBudget;
  }

  private fail(path: FieldPath, type: string | undefined, detail: string): void {
    this.errors.push(invalid(path, type ?? '', detail));
  }

  private stop(path: FieldPath, type: string | undefined, detail: string): never {
    this.fail(path, type, detail);
    throw new Stop();
  }

  validate(node: RuleNode, json: unknown, oldJson: unknown, place: Place): void {
    if (json === null || json === undefined) return;
    if (node.hasRules) this.expressions(node, json, oldJson ?? undefined, place);
    for (const part of node.allOf)
      this.validate(part, json, oldJson, {
        path: place.path,
        ratchet: { current: undefined, parent: place.ratchet.parent },
      });
    if (Array.isArray(json)) this.list(node, json, Array.isArray(oldJson) ? oldJson : [], place);
    else if (typeof json === 'object')
      this.map(
        node,
        json as Record<string, unknown>,
        typeof oldJson === 'object' && oldJson !== null && !Array.isArray(oldJson)
          ? (oldJson as Record<string, unknown>)
          : {},
        place,
      );
  }

  private list(node: RuleNode, json: readonly unknown[], old: readonly unknown[], place: Place): void {
    if (node.items === undefined) return;
    const isKeyed = node.schema['x-kubernetes-list-type'] === 'map';
    const oldItems = isKeyed ? itemsByKey(node.schema, old) : undefined;
    json.forEach((item, i) => {
      const oldItem = oldItems?.get(itemKey(node.schema, item));
      this.validate(node.items!, item, oldItem, {
        path: place.path.index(i),
        ratchet: ratchetIndex(place.ratchet, i),
      });
    });
  }

  private map(
    node: RuleNode,
    json: Record<string, unknown>,
    old: Record<string, unknown>,
    place: Place,
  ): void {
    for (const [name, value] of Object.entries(json)) {
      const oldValue = Object.hasOwn(old, name) ? old[name] : undefined;
      const ratchet = ratchetKey(place.ratchet, name);
      if (node.values) this.validate(node.values, value, oldValue, { path: place.path.key(name), ratchet });
      const property = node.properties.get(name);
      if (property) this.validate(property, value, oldValue, { path: place.path.child(name), ratchet });
    }
  }

  private expressions(node: RuleNode, json: unknown, oldJson: unknown, place: Place): void {
    const { type } = node.schema;
    if (!node.isCompilable) {
      const fault = 'failed to convert to declType for CEL validation rules';
      this.fail(place.path, type, `rule compiler initialization error: ${fault}`);
      return;
    }
    if (this.budget <= 0) this.stop(place.path, type, outOfBudget);
    const schema = node.isResourceRoot ? withTypeAndObjectMeta(node.schema) : node.schema;
    const bindings = bindingsOf(schema, json, oldJson);
    for (const compiled of node.rules) {
      if (compiled.fault !== undefined) {
        this.fail(place.path, type, `rule compile error: ${compiled.fault}`);
        continue;
      }
      const isOptional = compiled.rule.optionalOldSelf === true;
      if (compiled.usesOldSelf && oldJson === undefined && !isOptional) continue;
      this.rule(compiled, isOptional ? bindings.optional : bindings.plain, type, json, place);
    }
  }

  private rule(
    compiled: CompiledRule,
    bindings: Bindings,
    type: string | undefined,
    json: unknown,
    place: Place,
  ): void {
    if (compiled.program === undefined) return;
    const outcome = compiled.program.evaluate(bindings);
    if (outcome.cost > this.budget) this.stop(place.path, type, outOfBudget);
    this.budget -= outcome.cost;
    if (outcome.error !== undefined) this.failed(compiled, outcome.error, type, place.path);
    else if (outcome.value !== true) this.broken(compiled, bindings, type, json, place);
  }

  /** The rule could not be evaluated. */
  private failed({ rule }: CompiledRule, error: string, type: string | undefined, path: FieldPath): void {
    const text = ruleText(rule);
    if (error.startsWith('no such overload'))
      this.fail(
        path,
        type,
        `'${error}': call arguments did not match a supported operator, function or macro signature for rule: ${text}`,
      );
    else if (error.startsWith('operation cancelled: actual cost limit exceeded'))
      this.stop(
        path,
        type,
        `'${error}': no further validation rules will be run due to call cost exceeds limit for rule: ${text}`,
      );
    else this.fail(path, type, `${error} evaluating rule: ${text}`);
  }

  /** The object breaks the rule. */
  private broken(
    compiled: CompiledRule,
    bindings: Bindings,
    type: string | undefined,
    json: unknown,
    place: Place,
  ): void {
    const { rule, fieldPath } = compiled;
    const path = fieldPath === '' ? place.path : place.path.child(fieldPath);
    let detail = rule.message ? rule.message.trim() : `failed rule: ${ruleText(rule)}`;
    if (compiled.message !== undefined) {
      const message = evaluateMessage(compiled.message, rule.messageExpression ?? '', bindings, this.budget);
      if (message.fault !== undefined) {
        this.report(compiled, invalid(path, type ?? '', message.fault), place);
        throw new Stop();
      }
      this.budget = message.budget;
      detail = message.text ?? detail;
    }
    this.report(compiled, errorOf(path, rule, detail, json), place);
  }

  private report(compiled: CompiledRule, error: FieldError, place: Place): void {
    if (!compiled.usesOldSelf && isForgiven(place.ratchet)) this.options.onForgiven?.(error);
    else this.errors.push(error);
  }
}

/** self and oldSelf as the rules of a node see them. */
function bindingsOf(
  schema: JSONSchemaProps,
  json: unknown,
  oldJson: unknown,
): { plain: Bindings; optional: Bindings } {
  const self = viewOf(json, schema);
  const oldSelf: Value | undefined = oldJson === undefined ? undefined : viewOf(oldJson, schema);
  const make =
    (old: Value | undefined): Bindings =>
    (name) =>
      name === 'self' ? self : name === 'oldSelf' ? old : undefined;
  return { plain: make(oldSelf), optional: make(new Optional(oldSelf)) };
}

/**
 * The errors of an object that breaks rules. `oldObject`: what it was before an update; errors of what has not changed
 * since are forgiven. `path` is that of the object, none for a whole resource.
 */
export function validateRules(
  rules: RuleNode | undefined,
  object: unknown,
  oldObject?: unknown,
  path?: FieldPath,
  options: ValidateRulesOptions = {},
): FieldError[] {
  if (rules === undefined) return [];
  const run = new RuleRun(options);
  const hasOld = oldObject !== undefined && oldObject !== null && options.ratchet !== false;
  const current = hasOld ? new Correlation(object, oldObject, rules.schema) : undefined;
  try {
    run.validate(rules, object, oldObject, {
      path: path ?? new FieldPath(),
      ratchet: { current, parent: undefined },
    });
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    run.budget = -1;
  }
  options.onEnd?.(run.budget);
  // Go prints the path of a whole resource, nil, as it prints any nil.
  return run.errors.map((error) =>
    error.field === '[]' ? { ...error, field: String(FieldPath.none) } : error,
  );
}
