// The tree of an expression. The checker writes types and resolved names into it.
// Upstream: cel-go common/ast/expr.go.
import type { Type } from '../check/types.ts';
import type { Value } from '../values/value.ts';

interface Node {
  /** Offset in the source (UTF-16). */
  readonly at: number;
  /** Set by the checker. */
  type?: Type;
}

export interface Literal extends Node {
  readonly kind: 'literal';
  readonly value: Value;
}
export interface Ident extends Node {
  readonly kind: 'ident';
  name: string;
  /** Set by the checker when the name is that of a type. */
  namesType?: string;
}
export interface Select extends Node {
  readonly kind: 'select';
  readonly operand: Expr;
  readonly field: string;
  /** has(operand.field). */
  readonly testOnly: boolean;
  /** Set by the checker when the whole path is one name (of a type). */
  qualified?: Ident;
}
export interface Call extends Node {
  readonly kind: 'call';
  readonly name: string;
  /** The checker takes it away when it is only the namespace of the function: `optional.of(x)`. */
  target: Expr | undefined;
  readonly args: readonly Expr[];
  /** With the namespace; set by the checker. */
  qualifiedName?: string;
  /** The overloads that may apply; set by the checker. */
  overloads?: readonly string[];
}
export interface ListLiteral extends Node {
  readonly kind: 'list';
  readonly elements: readonly Expr[];
  /** Indexes of `?x` elements. */
  readonly optionals: ReadonlySet<number>;
}
export interface MapEntry {
  readonly at: number;
  readonly key: Expr;
  readonly value: Expr;
  readonly optional: boolean;
}
export interface MapLiteral extends Node {
  readonly kind: 'map';
  readonly entries: readonly MapEntry[];
}
export interface StructField {
  readonly at: number;
  readonly name: string;
  readonly value: Expr;
  readonly optional: boolean;
}
export interface StructLiteral extends Node {
  readonly kind: 'struct';
  /** The checker writes the type's full name. */
  typeName: string;
  readonly fields: readonly StructField[];
}
export interface Comprehension extends Node {
  readonly kind: 'comprehension';
  readonly range: Expr;
  readonly iterVar: string;
  readonly iterVar2: string | undefined;
  readonly accuVar: string;
  readonly init: Expr;
  readonly condition: Expr;
  readonly step: Expr;
  readonly result: Expr;
}

/** A node of the tree. Every node stands at one place only. */
export type Expr = Literal | Ident | Select | Call | ListLiteral | MapLiteral | StructLiteral | Comprehension;

/** `a.b.c` when the expression is nothing but selections of a name. */
export function qualifiedName(expr: Expr): string | undefined {
  if (expr.kind === 'ident') return expr.name;
  if (expr.kind !== 'select' || expr.testOnly) return undefined;
  const operand = qualifiedName(expr.operand);
  return operand === undefined ? undefined : `${operand}.${expr.field}`;
}

/** A tree of new nodes at the same places. */
export function copyExpr(expr: Expr): Expr {
  switch (expr.kind) {
    case 'literal':
    case 'ident':
      return { ...expr };
    case 'select':
      return { ...expr, operand: copyExpr(expr.operand) };
    case 'call':
      return { ...expr, target: expr.target && copyExpr(expr.target), args: expr.args.map(copyExpr) };
    case 'list':
      return { ...expr, elements: expr.elements.map(copyExpr) };
    case 'map':
      return {
        ...expr,
        entries: expr.entries.map((entry) => ({
          ...entry,
          key: copyExpr(entry.key),
          value: copyExpr(entry.value),
        })),
      };
    case 'struct':
      return { ...expr, fields: expr.fields.map((field) => ({ ...field, value: copyExpr(field.value) })) };
    case 'comprehension':
      return {
        ...expr,
        range: copyExpr(expr.range),
        init: copyExpr(expr.init),
        condition: copyExpr(expr.condition),
        step: copyExpr(expr.step),
        result: copyExpr(expr.result),
      };
  }
}
