// A compiled ValidatingAdmissionPolicy, and what it says to one request.
// Upstream: k8s.io/apiserver/pkg/admission/plugin/policy/validating/{plugin,validator}.go.
import type {
  AuditAnnotation,
  ValidatingAdmissionPolicy,
  Validation,
} from '#types/admissionregistration.k8s.io_v1';
import { typeNameOf, type Value } from '../../api/cel/values/value.ts';
import type { KubeObject } from '../../api/object.ts';
import {
  type CompiledExpression,
  ExpressionCompiler,
  toBool,
  toText,
  toTextOrNull,
} from '../../kinds/admissionregistration/expressions/expression-compiler.ts';
import {
  type CompiledVariable,
  costBudget,
  type Evaluated,
  Evaluation,
  type EvaluationInputs,
  OutOfBudgetError,
} from './evaluation.ts';
import { meetsConditions } from './match-conditions.ts';

const longestMessage = 5 * 1024;

/** That a request is denied. */
export interface Denial {
  readonly message: string;
  /** A reason of Status; absent where the policy itself failed. */
  readonly reason?: string;
  /** Whatever the binding says is to be done about denials: it is refused. */
  readonly always?: boolean;
}

interface CompiledValidation {
  readonly validation: Validation;
  readonly compiled: CompiledExpression;
  readonly message: CompiledExpression | undefined;
}

interface CompiledAnnotation {
  readonly annotation: AuditAnnotation;
  readonly compiled: CompiledExpression;
}

/** A policy as it is evaluated; its faults show with the first request. */
export class Validator {
  private readonly failurePolicy: string | undefined;
  private readonly conditions: readonly CompiledExpression[];
  private readonly variables: readonly CompiledVariable[];
  private readonly validations: readonly CompiledValidation[];
  private readonly annotations: readonly CompiledAnnotation[];

  constructor({ spec }: ValidatingAdmissionPolicy) {
    const hasParams = Boolean(spec.paramKind);
    const scope = { hasParams, hasAuthorizer: true };
    const compiler = new ExpressionCompiler(true);
    this.failurePolicy = spec.failurePolicy;
    this.variables = (spec.variables ?? []).map((variable) => ({
      name: variable.name,
      compiled: compiler.variable(variable, scope),
    }));
    this.conditions = (spec.matchConditions ?? []).map(({ expression }) =>
      compiler.compile(expression, toBool, scope),
    );
    this.validations = (spec.validations ?? []).map((validation) => ({
      validation,
      compiled: compiler.compile(validation.expression, toBool, scope),
      message: validation.messageExpression
        ? compiler.compile(validation.messageExpression, toText, { hasParams, hasAuthorizer: false })
        : undefined,
    }));
    this.annotations = (spec.auditAnnotations ?? []).map((annotation) => ({
      annotation,
      compiled: compiler.compile(annotation.valueExpression, toTextOrNull, scope),
    }));
  }

  private get ignoresFailures(): boolean {
    return this.failurePolicy === 'Ignore';
  }

  private failed(message: string): Denial[] {
    return this.ignoresFailures ? [] : [{ message }];
  }

  /** Why the request is denied; nothing where it is not. */
  validate(inputs: EvaluationInputs): Denial[] {
    try {
      const meets = meetsConditions(this.conditions, this.variables, inputs, this.failurePolicy);
      if (!meets) return [];
    } catch (error) {
      return this.failed((error as Error).message);
    }
    try {
      return [...this.judge(inputs), ...this.annotate(inputs)];
    } catch (error) {
      if (error instanceof OutOfBudgetError) return this.failed(error.message);
      throw error;
    }
  }

  private judge(inputs: EvaluationInputs): Denial[] {
    const evaluation = new Evaluation(this.variables, inputs, costBudget);
    const results = this.validations.map(({ compiled }) => evaluation.evaluate(compiled));
    const messages = this.messages(inputs, evaluation.budget);
    return this.validations.flatMap(({ validation }, i) => {
      const result = results[i]!;
      if (result.error !== undefined) return this.failed(result.error);
      if (messages instanceof OutOfBudgetError)
        return this.failed(`failed messageExpression: ${messages.message}`);
      if (result.value === true) return [];
      return [{ message: denialText(validation, messages[i]), reason: validation.reason ?? 'Invalid' }];
    });
  }

  /** The messages of all validations, also of those that hold: all of them go by the same budget. */
  private messages(
    inputs: EvaluationInputs,
    budget: number,
  ): readonly (Evaluated | undefined)[] | OutOfBudgetError {
    const { authorizer: _, ...visible } = inputs;
    const evaluation = new Evaluation(this.variables, visible, budget);
    try {
      return this.validations.map(({ message }) => message && evaluation.evaluate(message));
    } catch (error) {
      if (error instanceof OutOfBudgetError) return error;
      throw error;
    }
  }

  /** Nobody reads annotations, for there is no audit log; but those that fail deny the request. */
  private annotate(inputs: EvaluationInputs): Denial[] {
    const { authorizer: _, ...visible } = inputs;
    const evaluation = new Evaluation(this.variables, visible, costBudget);
    return this.annotations.flatMap(({ annotation, compiled }) => {
      const result = evaluation.evaluate(compiled);
      const why = result.error ?? annotationFault(annotation, result.value);
      if (why === undefined || (result.error !== undefined && this.ignoresFailures)) return [];
      return [{ message: why, always: true }];
    });
  }
}

function annotationFault({ valueExpression }: AuditAnnotation, value: Value): string | undefined {
  if (value === null || typeof value === 'string') return undefined;
  return `valueExpression '${valueExpression}' resulted in unsupported return type: ${typeNameOf(value)}. Return type must be either string or null.`;
}

function denialText({ expression, message }: Validation, result: Evaluated | undefined): string {
  const value = result?.error === undefined ? result?.value : undefined;
  const text = typeof value === 'string' ? value.trim() : '';
  if (text !== '' && Buffer.byteLength(text) <= longestMessage && !text.includes('\n')) return text;
  return message?.trim() || `failed expression: ${expression.trim()}`;
}

// Policies are parsed once per stored state.
const validators = new WeakMap<KubeObject, Validator>();

/** The validator of a policy, made once. */
export function validatorOf(policy: ValidatingAdmissionPolicy & KubeObject): Validator {
  let validator = validators.get(policy);
  if (validator === undefined) {
    validator = new Validator(policy);
    validators.set(policy, validator);
  }
  return validator;
}
