// The messageExpression of a rule.
// Upstream: evalMessageExpression of k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go.
import type { Program } from '../../../api/cel/compile.ts';
import type { Bindings } from '../../../api/cel/evaluate/run.ts';
import { goQuote } from '../../../api/go-text.ts';

const maxBytes = 5 * 1024;

/** The message, or `fault` that ends the validation; without either the rule's own message stands. */
export interface Message {
  readonly text?: string;
  readonly fault?: string;
  /** What is left to spend. */
  readonly budget: number;
}

/** Evaluates the message of a broken rule. */
export function evaluateMessage(
  program: Program,
  source: string,
  bindings: Bindings,
  budget: number,
): Message {
  const { cost, error, value } = program.evaluate(bindings);
  if (cost > budget)
    return {
      budget,
      fault:
        'messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run',
    };
  if (error?.startsWith('operation cancelled: actual cost limit exceeded'))
    return {
      budget,
      fault: `no further validation rules will be run due to call cost exceeds limit for messageExpression: ${goQuote(source)}`,
    };
  const left = { budget: budget - cost };
  if (typeof value !== 'string') return left;
  const text = value.trim();
  if (text === '' || text.includes('\n') || Buffer.byteLength(text) > maxBytes) return left;
  return { ...left, text };
}
