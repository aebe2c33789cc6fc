// Estimated costs of the standard functions and of cel-go's lists and sets.
// Upstream: functionCost of cel-go checker/cost.go, the estimators of ext/lists.go and ext/sets.go.
import { regexFactor, stringFactor } from '../evaluate/call-cost.ts';
import { add, type Estimate, exactly, multiply, scale, unbounded, unknownSize } from './estimates.ts';
import type { EstimatedCall } from './kubernetes.ts';
import { type CallEstimate, type CostNode, sizeOfNode } from './nodes.ts';

const one = exactly(1);
const listCost = exactly(10);

function known(node: CostNode | undefined): Estimate {
  return node?.size ?? unknownSize;
}

/** A call that makes a list. */
function making(factor: number, size: Estimate): CallEstimate {
  return { cost: add(add(scale(size, factor), one), listCost), resultSize: size };
}

function literalOr(node: CostNode | undefined, other: number): number {
  if (node?.expr?.kind !== 'literal' || typeof node.expr.value !== 'bigint') return other;
  return Math.max(Number(node.expr.value), 0);
}

function sorting({ overload, target, args, sizeOfPath }: EstimatedCall): CallEstimate {
  const size = sizeOfNode(overload.endsWith('_sort') ? target! : args[0]!, sizeOfPath);
  const isText = /^list_(?:string|bytes)_/.test(overload);
  return making(isText ? 2 + stringFactor : 2, multiply(size, size));
}

/** Estimates that come before all others. */
export function estimateListCall(call: EstimatedCall): CallEstimate | undefined {
  const { overload, target, args, sizeOfPath } = call;
  const size = (node: CostNode | undefined): Estimate => (node ? sizeOfNode(node, sizeOfPath) : unknownSize);
  if (/_sort(?:ByAssociatedKeys)?$/.test(overload)) return sorting(call);
  switch (overload) {
    case 'list_slice': {
      const end = literalOr(args[1], size(target).max);
      return making(1, exactly(Math.max(end - literalOr(args[0], 0), 0)));
    }
    case 'list_flatten':
      return making(1, size(target));
    case 'list_flatten_int':
      return making(literalOr(args[0], unbounded), size(target));
    case 'lists_range':
      return making(1, exactly(literalOr(args[0], unbounded)));
    case 'list_reverse':
      return making(1, size(target));
    case 'list_distinct':
      return making(2, multiply(size(target), size(target)));
    case 'list_sets_contains_list':
    case 'list_sets_intersects_list':
      return { cost: add(multiply(size(args[0]), size(args[1])), one) };
    case 'list_sets_equivalent_list':
      return { cost: add(scale(multiply(size(args[0]), size(args[1])), 2), one) };
    default:
      return undefined;
  }
}

function comparison([a, b]: readonly CostNode[]): CallEstimate {
  const max = Math.min(known(a).max, known(b).max);
  return { cost: scale({ min: max > 0 ? 1 : 0, max }, stringFactor) };
}

/** Estimates of the standard functions but for logic, the conditional and +. */
export function estimateStandardCall({ overload, target, args }: EstimatedCall): CallEstimate {
  const first = known(args[0]);
  switch (overload) {
    case 'string_format':
      return { cost: scale(known(target), stringFactor) };
    case 'string_to_bytes':
      return {
        cost: scale(first, stringFactor),
        resultSize: { min: first.min, max: Math.min(first.max * 4, unbounded) },
      };
    case 'bytes_to_string':
      return {
        cost: scale(first, stringFactor),
        resultSize: { min: Math.trunc(first.min / 4), max: first.max },
      };
    case 'strings_quote':
      return {
        cost: scale(first, stringFactor),
        resultSize: { min: first.min + 2, max: Math.min(first.max * 2 + 2, unbounded) },
      };
    case 'starts_with_string':
    case 'ends_with_string':
      return { cost: scale(first, stringFactor) };
    case 'in_list':
      return { cost: known(args[1]) };
    case 'matches_string': {
      const text = scale(add(known(target), one), stringFactor);
      return { cost: multiply(text, scale(first, regexFactor)) };
    }
    case 'contains_string':
      return { cost: multiply(scale(known(target), stringFactor), scale(first, stringFactor)) };
    case 'equals':
    case 'not_equals':
      return comparison(args);
  }
  return /^(?:less|greater)(?:_equals)?_(?:string|bytes)$/.test(overload) ? comparison(args) : { cost: one };
}
