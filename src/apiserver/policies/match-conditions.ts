// Conditions that a request must meet before a webhook or a policy looks at it.
// Upstream: k8s.io/apiserver/pkg/admission/plugin/webhook/matchconditions/matcher.go.
import type {
  MatchCondition,
  MutatingWebhook,
  ValidatingWebhook,
} from '#types/admissionregistration.k8s.io_v1';
import { aggregateText } from '../../api/field-error.ts';
import {
  type CompiledExpression,
  ExpressionCompiler,
  toBool,
} from '../../kinds/admissionregistration/expressions/expression-compiler.ts';
import {
  type CompiledVariable,
  Evaluation,
  type EvaluationInputs,
  matchConditionsBudget,
  OutOfBudgetError,
} from './evaluation.ts';

/**
 * Whether all conditions are met. Throws Error where that cannot be told, none is false and `failurePolicy` is not Ignore; with
 * Ignore they are not met then.
 */
export function meetsConditions(
  conditions: readonly CompiledExpression[],
  variables: readonly CompiledVariable[],
  inputs: EvaluationInputs,
  failurePolicy: string | undefined,
): boolean {
  const { namespace: _, ...visible } = inputs;
  const evaluation = new Evaluation(variables, visible, matchConditionsBudget);
  const errors: string[] = [];
  let isUnmet = false;
  try {
    // all of them: the budget may end with one that comes after the first that is false
    for (const condition of conditions) {
      const result = evaluation.evaluate(condition);
      if (result.error !== undefined) errors.push(result.error);
      else if (result.value === false) isUnmet = true;
    }
  } catch (error) {
    if (!(error instanceof OutOfBudgetError)) throw error;
    if (failurePolicy === 'Ignore') return false;
    throw error;
  }
  if (isUnmet) return false;
  if (errors.length === 0) return true;
  if (failurePolicy === 'Ignore') return false;
  throw new Error(aggregateText(errors));
}

type Webhook = ValidatingWebhook | MutatingWebhook;

// Webhooks are parsed once per stored state of their configuration.
const compiled = new WeakMap<Webhook, readonly CompiledExpression[]>();

function compiledConditions(hook: Webhook): readonly CompiledExpression[] {
  let found = compiled.get(hook);
  if (found === undefined) {
    const compiler = new ExpressionCompiler(false);
    const scope = { hasParams: false, hasAuthorizer: true };
    found = (hook.matchConditions ?? []).map(({ expression }: MatchCondition) =>
      compiler.compile(expression, toBool, scope),
    );
    compiled.set(hook, found);
  }
  return found;
}

/** Whether a request meets the conditions of a webhook. Throws Error as `meetsConditions` does. */
export function meetsWebhookConditions(hook: Webhook, inputs: EvaluationInputs): boolean {
  return meetsConditions(compiledConditions(hook), [], inputs, hook.failurePolicy);
}
