// The faults of expressions in admission configurations: they are compiled where the expression language is loaded, which
// whoever admits such configurations takes care of.
// Upstream: validateCELCondition in k8s.io/kubernetes/pkg/apis/admissionregistration/validation/validation.go.
import type { Variable } from '#types/admissionregistration.k8s.io_v1';
import type { FieldErrors } from '../validation/field-errors.ts';
import type { ExpressionScope } from './expressions/environment.ts';
import type { CompiledExpression } from './expressions/expression-compiler.ts';
import { type ExpressionCompiler, loadedExpressions } from './expressions/lazy-expressions.ts';

/** What an expression must evaluate to. */
export type Result = 'toBool' | 'toText' | 'toTextOrNull' | 'toObject' | 'toPatches';

/** Compiles the expressions of one configuration and collects what is wrong with them. */
export class ExpressionRules {
  private readonly errors: FieldErrors;
  private readonly composes: boolean;
  private compiler: ExpressionCompiler | undefined;

  /** `composes`: the expressions see the variables of their policy. */
  constructor(errors: FieldErrors, composes: boolean) {
    this.errors = errors;
    this.composes = composes;
  }

  private loaded() {
    const expressions = loadedExpressions();
    if (expressions === undefined) return undefined;
    this.compiler ??= new expressions.ExpressionCompiler(this.composes);
    return { compiler: this.compiler, expressions };
  }

  private report(path: string, shown: string, { fault, isInternal }: CompiledExpression): void {
    if (fault === undefined) return;
    if (isInternal) this.errors.internal(path, fault);
    else this.errors.invalid(path, shown, fault);
  }

  /** Checks one expression; `shown`: what the error names, where it is not the expression as it is compiled. */
  check(path: string, source: string, result: Result, scope: ExpressionScope, shown = source): void {
    const loaded = this.loaded();
    if (loaded === undefined) return;
    const { compiler, expressions } = loaded;
    this.report(path, shown, compiler.compile(source, expressions[result], scope));
  }

  /** Checks a variable, which later expressions may refer to. */
  variable(path: string, variable: Variable, scope: ExpressionScope): void {
    const compiled = this.loaded()?.compiler.variable(variable, scope);
    if (compiled !== undefined) this.report(path, variable.expression, compiled);
  }
}
