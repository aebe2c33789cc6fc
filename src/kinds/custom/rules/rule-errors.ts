// What is wrong with the rules of a CRD's schema: they are compiled, their cost is estimated, and oldSelf must be where
// old values can be found.
// Upstream: ValidateCustomResourceDefinitionOpenAPISchema in
// k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go.
import type { JSONSchemaProps, ValidationRule } from '#types/apiextensions.k8s.io_v1';
import { type FieldError, forbiddenField, invalid } from '../../../api/field-error.ts';
import { FieldPath } from '../../../api/field-path.ts';
import { type CompiledRule, compileRule } from './compiled-rule.ts';
import { costText, ruleCostLimit, TotalCost } from './cost-limits.ts';
import { ruleEnvironments } from './environment.ts';
import { SchemaContext } from './schema-context.ts';

/** Settings of the checks. */
export interface RuleErrorsOptions {
  /** The schema is that of the stored CRD: rules that are too expensive are kept. False by default. */
  readonly isUnchanged?: boolean;
  /** Whether a schema, or one within it, has faults of its own; its rules are not compiled then. None by default. */
  readonly hasFaults?: (schemaPath: string) => boolean;
}

/** The rule as Go prints the struct that holds it: all fields, in their order. */
function printed(rule: ValidationRule): Record<string, unknown> {
  return {
    Rule: rule.rule,
    Message: rule.message ?? '',
    MessageExpression: rule.messageExpression ?? '',
    Reason: rule.reason ?? null,
    FieldPath: rule.fieldPath ?? '',
    OptionalOldSelf: rule.optionalOldSelf ?? null,
  };
}

class RuleChecker {
  readonly errors: FieldError[] = [];
  readonly total = new TotalCost();
  private readonly options: RuleErrorsOptions;

  constructor(options: RuleErrorsOptions) {
    this.options = options;
  }

  /** `uncorrelated`: the path of the uppermost list or map whose old parts cannot be told. */
  check(
    schema: JSONSchemaProps,
    path: string,
    context: SchemaContext,
    uncorrelated: string | undefined,
  ): void {
    const { additionalProperties, items } = schema;
    if (typeof additionalProperties === 'object') {
      const values = context.child(additionalProperties, 'values');
      this.check(additionalProperties, `${path}.additionalProperties`, values, uncorrelated);
    }
    const mapType = schema['x-kubernetes-map-type'];
    const isKnownMap = mapType === undefined || mapType === 'granular' || mapType === 'atomic';
    const properties = schema.properties ?? {};
    for (const name of Object.keys(properties).sort()) {
      const property = properties[name]!;
      const below = context.child(property, { property: name });
      this.check(
        property,
        `${path}.properties[${name}]`,
        below,
        isKnownMap ? uncorrelated : (uncorrelated ?? path),
      );
    }
    if (items && !Array.isArray(items)) {
      const isKeyed = schema['x-kubernetes-list-type'] === 'map';
      this.check(
        items,
        `${path}.items`,
        context.child(items, 'items'),
        isKeyed ? uncorrelated : (uncorrelated ?? path),
      );
    }
    const hasRules = (schema['x-kubernetes-validations'] ?? []).length > 0;
    if (hasRules && !this.options.hasFaults?.(path)) this.checkNode(schema, path, context, uncorrelated);
  }

  private checkNode(
    schema: JSONSchemaProps,
    path: string,
    context: SchemaContext,
    uncorrelated: string | undefined,
  ): void {
    const { declared } = context;
    if (declared === undefined) {
      const why = 'unable to convert structural schema to CEL declarations';
      const body = `Internal error: internal error: failed to construct type information for x-kubernetes-validations rules: ${why}`;
      this.errors.push({ type: 'InternalError', field: `${path}.x-kubernetes-validations`, body });
      return;
    }
    const environments = ruleEnvironments(declared);
    schema['x-kubernetes-validations']!.forEach((rule, i) => {
      const at = `${path}.x-kubernetes-validations[${i}]`;
      const compiled = compileRule(rule, schema, environments);
      this.checkCost(compiled, at, context);
      this.checkOldSelf(compiled, at, uncorrelated);
    });
  }

  private checkLimit(at: string, what: string, cost: number): void {
    if (!this.options.isUnchanged && cost > ruleCostLimit)
      this.errors.push(forbiddenField(new FieldPath(at), costText(what, cost, ruleCostLimit)));
    this.total.add(at, cost);
  }

  private checkCost(compiled: CompiledRule, at: string, context: SchemaContext): void {
    const { rule, program, fault, message, messageFault } = compiled;
    const maxCost = program?.estimateCost().max ?? 0;
    this.checkLimit(`${at}.rule`, 'estimated rule cost', context.costOf(maxCost));
    if (fault !== undefined) this.errors.push(invalid(new FieldPath(`${at}.rule`), printed(rule), fault));
    if (messageFault !== undefined)
      this.errors.push(invalid(new FieldPath(`${at}.messageExpression`), printed(rule), messageFault));
    else if (message !== undefined)
      this.checkLimit(
        `${at}.messageExpression`,
        'estimated messageExpression cost',
        message.estimateCost().max,
      );
  }

  private checkOldSelf(
    { rule, usesOldSelf }: CompiledRule,
    at: string,
    uncorrelated: string | undefined,
  ): void {
    if (usesOldSelf) {
      if (uncorrelated === undefined) return;
      const detail = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelated}`;
      this.errors.push(invalid(new FieldPath(`${at}.rule`), rule.rule, detail));
    } else if (rule.optionalOldSelf !== undefined)
      this.errors.push(
        invalid(
          new FieldPath(`${at}.optionalOldSelf`),
          rule.optionalOldSelf,
          'may not be set if oldSelf is not used in rule',
        ),
      );
  }
}

/**
 * The errors of the rules in a structural schema without other faults; `path` is the schema's in the CRD, such as
 * `spec.versions[0].schema.openAPIV3Schema`.
 */
export function ruleErrors(
  schema: JSONSchemaProps,
  path: string,
  options: RuleErrorsOptions = {},
): readonly FieldError[] {
  const checker = new RuleChecker(options);
  checker.check(schema, path, SchemaContext.root(schema), undefined);
  return [...checker.errors, ...checker.total.errors(path)];
}
