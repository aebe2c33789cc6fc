// Expressions of admission on one request: their variables, the variables of their policy, and what they may cost.
// Upstream: k8s.io/apiserver/pkg/admission/plugin/cel/{activation,composition}.go.

import { AuthorizerValue, ResourceCheckValue } from '../../api/cel/functions/authorizer.ts';
import { valueOfJson } from '../../api/cel/values/json-value.ts';
import { EvaluationError, type MapValue, noSuchOverload, type Value } from '../../api/cel/values/value.ts';
import { goQuote } from '../../api/go-text.ts';
import type { KubeObject } from '../../api/object.ts';
import type { CompiledExpression } from '../../kinds/admissionregistration/expressions/expression-compiler.ts';
import type { VersionedRequest } from '../admission/versioned-request.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import { admissionRequest } from '../webhooks/admission-review.ts';
import { accessOf } from './request-access.ts';

/** Upstream: RuntimeCELCostBudget and RuntimeCELCostBudgetMatchConditions of k8s.io/apiserver/pkg/apis/cel/config.go. */
export const costBudget = 10_000_000;
export const matchConditionsBudget = 2_500_000;

/** A variable of a policy. */
export interface CompiledVariable {
  readonly name: string;
  readonly compiled: CompiledExpression;
}

/** What expressions see. */
export interface EvaluationInputs {
  readonly shown: VersionedRequest;
  readonly params?: KubeObject | undefined;
  /** The namespace of the request; undefined for cluster-scoped resources, and where expressions do not see it. */
  readonly namespace?: KubeObject | undefined;
  /** Absent: the expressions may not ask it. */
  readonly authorizer?: Authorizer | undefined;
}

/** What came out of one expression. */
export type Evaluated = { readonly value: Value; readonly error?: undefined } | { readonly error: string };

/** There is nothing left to spend: no further expression is looked at. */
export class OutOfBudgetError extends Error {
  constructor() {
    super('validation failed due to running out of cost budget, no further validation rules will be run');
    this.name = 'OutOfBudgetError';
  }
}

/** What expressions see of a namespace. Upstream: CreateNamespaceObject. */
function visibleNamespace({ metadata, spec, status }: KubeObject & { spec?: unknown; status?: unknown }) {
  const { ownerReferences: _o, managedFields: _m, selfLink: _s, ...visible } = metadata;
  return { metadata: visible, spec: spec ?? {}, status: status ?? {} };
}

/** The variables of a policy as a map: each is evaluated when it is first looked at. */
class VariableValues implements MapValue {
  readonly tag = 'map';
  readonly typeName = 'kubernetes.variables';
  private readonly variables: ReadonlyMap<string, CompiledExpression>;
  private readonly evaluate: (name: string, compiled: CompiledExpression) => Value;
  private readonly known = new Map<string, Value>();

  constructor(
    variables: readonly CompiledVariable[],
    evaluate: (name: string, compiled: CompiledExpression) => Value,
  ) {
    this.variables = new Map(variables.map(({ name, compiled }) => [name, compiled]));
    this.evaluate = evaluate;
  }

  get size(): number {
    return this.variables.size;
  }

  find(key: Value): Value | undefined {
    if (typeof key !== 'string') return noSuchOverload(key);
    const compiled = this.variables.get(key);
    if (compiled === undefined) return undefined;
    let value = this.known.get(key);
    if (value === undefined) {
      value = this.evaluate(key, compiled);
      this.known.set(key, value);
    }
    return value;
  }

  keys(): Iterable<Value> {
    return this.variables.keys();
  }
}

/** Evaluates expressions one after another until the budget is spent. */
export class Evaluation {
  private readonly inputs: EvaluationInputs;
  private readonly variables: VariableValues;
  private readonly values = new Map<string, Value>();
  private left: number;
  /** What variables have cost since it was last taken off the budget. */
  private variablesCost = 0;

  constructor(variables: readonly CompiledVariable[], inputs: EvaluationInputs, budget: number) {
    this.inputs = inputs;
    this.left = budget;
    this.variables = new VariableValues(variables, (name, compiled) => this.variable(name, compiled));
  }

  /** What is left to spend. */
  get budget(): number {
    return this.left;
  }

  /** Throws OutOfBudgetError. */
  evaluate({ source, program, fault }: CompiledExpression): Evaluated {
    if (program === undefined) return { error: `compilation error: ${fault}` };
    const { value, error, cost } = program.evaluate((name) => this.value(name));
    this.spend(this.variablesCost);
    this.variablesCost = 0;
    this.spend(cost);
    if (error !== undefined) return { error: `expression '${source}' resulted in error: ${error}` };
    return { value };
  }

  private spend(cost: number): void {
    if (cost > this.left) throw new OutOfBudgetError();
    this.left -= cost;
  }

  private variable(name: string, { program, fault }: CompiledExpression): Value {
    const failed = (how: string, why = ''): EvaluationError =>
      new EvaluationError(`composited variable ${goQuote(name)} fails to ${how}: ${why}`);
    if (program === undefined) return failed('compile', fault);
    const { value, error, cost } = program.evaluate((variable) => this.value(variable));
    this.variablesCost += cost;
    return error === undefined ? value : failed('evaluate', error);
  }

  private value(name: string): Value | undefined {
    if (name === 'variables') return this.variables;
    let value = this.values.get(name);
    if (value === undefined) {
      value = this.make(name);
      if (value !== undefined) this.values.set(name, value);
    }
    return value;
  }

  private make(name: string): Value | undefined {
    const { shown, params, namespace, authorizer } = this.inputs;
    const { request } = shown;
    switch (name) {
      case 'object':
        return valueOfJson(shown.object);
      case 'oldObject':
        return valueOfJson(shown.oldObject);
      case 'request':
        // the objects are variables of their own
        return valueOfJson({ uid: '', ...admissionRequest(shown), object: null, oldObject: null });
      case 'params':
        return valueOfJson(params);
      case 'namespaceObject':
        return valueOfJson(namespace && visibleNamespace(namespace));
      case 'authorizer':
        return authorizer && new AuthorizerValue(accessOf(authorizer, request.user));
      case 'authorizer.requestResource': {
        if (authorizer === undefined) return undefined;
        const { resource, subresource, namespace: of, name: named } = request;
        const question = { ...resource.groupResource, subresource, namespace: of, name: named };
        return new ResourceCheckValue(accessOf(authorizer, request.user), {
          ...question,
          fieldSelector: '',
          labelSelector: '',
        });
      }
      default:
        return undefined;
    }
  }
}
