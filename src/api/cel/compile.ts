// Expressions of the Common Expression Language as Kubernetes 1.36 knows it: compile once, evaluate often.
// Upstream: cel-go v0.26 as set up by k8s.io/apiserver/pkg/cel/environment/base.go. Nothing imports this before it is
// needed: see docs/decisions/cel.md.
import { check, type Declarations, partsOf } from './check/check.ts';
import type { Type } from './check/types.ts';
import { validateLiterals } from './check/validate-literals.ts';
import { estimateCost } from './cost/estimate.ts';
import type { Estimate } from './cost/estimates.ts';
import type { SizeOfPath } from './cost/nodes.ts';
import { PlanError, plan } from './evaluate/plan.ts';
import { type Bindings, CancelledError, Run, type Step } from './evaluate/run.ts';
import type { MakeStruct } from './evaluate/struct.ts';
import type { Expr } from './syntax/ast.ts';
import { parse } from './syntax/parse.ts';
import { displayIssues } from './syntax/source.ts';
import { isError, type Value } from './values/value.ts';

/** What expressions may refer to, and what is known of the size of their data. */
export interface Environment extends Declarations {
  /** Sizes of what variables hold, for estimates; see src/api/cel/schema/declared-type.ts. */
  readonly sizeOfPath?: SizeOfPath;
  /** Makes the structs that `canMake` names. */
  readonly makeStruct?: MakeStruct;
}

/** What came out of an evaluation, and its cost. */
export type Outcome =
  | { readonly value: Value; readonly error?: undefined; readonly cost: number }
  | { readonly value?: undefined; readonly error: string; readonly cost: number };

/** The most that one evaluation may cost. Upstream: PerCallLimit of k8s.io/apiserver/pkg/apis/cel/config.go. */
export const perCallLimit = 1_000_000;

/** A compiled expression; immutable, for any number of evaluations. */
export class Program {
  readonly outputType: Type;
  private readonly expr: Expr;
  private readonly step: Step;
  private readonly environment: Environment;

  constructor(expr: Expr, step: Step, environment: Environment) {
    this.outputType = expr.type!;
    this.expr = expr;
    this.step = step;
    this.environment = environment;
  }

  /** The least and the most that an evaluation can cost. */
  estimateCost(): Estimate {
    return estimateCost(this.expr, this.environment.sizeOfPath ?? (() => undefined));
  }

  /** Whether the expression refers to a variable. */
  refersTo(name: string): boolean {
    return refersTo(this.expr, name);
  }

  /** Evaluates with these variables; never throws for what expressions can do wrong. */
  evaluate(bindings: Bindings, costLimit = perCallLimit): Outcome {
    const run = new Run(bindings, costLimit);
    try {
      const value = this.step.evaluate(run);
      return isError(value) ? { error: value.message, cost: run.cost } : { value, cost: run.cost };
    } catch (error) {
      if (error instanceof CancelledError) return { error: error.message, cost: run.cost };
      throw error;
    }
  }
}

function refersTo(expr: Expr, name: string): boolean {
  return (expr.kind === 'ident' && expr.name === name) || partsOf(expr).some((part) => refersTo(part, name));
}

/** A program, or the texts on why there is none: `issues` from parsing and checking, `fault` from planning. */
export type Compiled =
  | { readonly program: Program; readonly issues?: undefined; readonly fault?: undefined }
  | {
      readonly program?: undefined;
      readonly outputType?: Type;
      readonly issues: string;
      readonly fault?: undefined;
    }
  | {
      readonly program?: undefined;
      readonly outputType: Type;
      readonly issues?: undefined;
      readonly fault: string;
    };

/** Compiles an expression. */
export function compile(source: string, environment: Environment): Compiled {
  const parsed = parse(source);
  if (parsed.issues.length > 0) return { issues: displayIssues(source, parsed.issues) };
  const { expr } = parsed;
  let issues = check(expr, environment);
  if (issues.length === 0) issues = validateLiterals(expr);
  if (issues.length > 0) return { issues: displayIssues(source, issues) };
  try {
    return { program: new Program(expr, plan(expr, environment.makeStruct), environment) };
  } catch (error) {
    if (error instanceof PlanError) return { outputType: expr.type!, fault: error.message };
    throw error;
  }
}
