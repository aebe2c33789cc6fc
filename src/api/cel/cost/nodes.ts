// What the estimate of a call sees of its arguments.
import type { Type } from '../check/types.ts';
import type { Expr } from '../syntax/ast.ts';
import { type Estimate, unknownSize } from './estimates.ts';

/** The way from a variable to a value: names of fields, @items, @keys, @values. */
export type SizePath = readonly string[];

/** What is known of the size of the data at a path; undefined when nothing is. */
export type SizeOfPath = (path: SizePath) => Estimate | undefined;

/** An argument. `size` is what the expression itself tells of its size. */
export interface CostNode {
  readonly path: SizePath | undefined;
  readonly type: Type;
  readonly expr: Expr | undefined;
  readonly size: Estimate | undefined;
}

/** The cost of a call without its arguments, and the size of its result where that is a string, a list or a map. */
export interface CallEstimate {
  readonly cost: Estimate;
  readonly resultSize?: Estimate | undefined;
}

/** The size of an argument by all that is known. */
export function sizeOfNode(node: CostNode, sizeOfPath: SizeOfPath): Estimate {
  return node.size ?? (node.path && node.path.length > 0 ? sizeOfPath(node.path) : undefined) ?? unknownSize;
}

/** The items of a list as an argument. */
export function itemsNode(list: CostNode): CostNode | undefined {
  const type = list.type.params[0];
  if (type === undefined) return undefined;
  return { path: list.path && [...list.path, '@items'], type, expr: undefined, size: undefined };
}
