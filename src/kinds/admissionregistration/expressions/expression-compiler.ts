// Compiles expressions of admission to what their fields must evaluate to.
// Upstream: CompileCELExpression of k8s.io/apiserver/pkg/admission/plugin/cel/compile.go, and composition.go beside it.
import {
  boolType,
  listType,
  nullType,
  stringType,
  structType,
  type Type,
} from '../../../api/cel/check/types.ts';
import { compile, type Environment, type Program } from '../../../api/cel/compile.ts';
import { admissionEnvironment, type ExpressionScope, VariableTypes } from './environment.ts';

/** What an expression must evaluate to; undefined: to anything. */
export type Wanted = readonly Type[] | undefined;

export const toBool: Wanted = [boolType];
export const toText: Wanted = [stringType];
export const toTextOrNull: Wanted = [stringType, nullType];
export const toObject: Wanted = [structType('Object')];
export const toPatches: Wanted = [listType(structType('JSONPatch'))];

/** A compiled expression, or why there is none. */
export interface CompiledExpression {
  readonly source: string;
  readonly program?: Program;
  readonly outputType?: Type;
  readonly fault?: string;
  /** Whether the fault is not the author's but that of the server. */
  readonly isInternal?: boolean;
}

/** A type as Go prints it: without the short names that errors of the language have for some. */
function typeText({ name, params }: Type): string {
  return params.length === 0 ? name : `${name}(${params.map(typeText).join(', ')})`;
}

function mismatch(wanted: readonly Type[], found: Type): string {
  const texts = wanted.map(typeText);
  const what = texts.length === 1 ? texts[0] : `one of [${texts.join(' ')}]`;
  return `must evaluate to ${what} but got ${typeText(found)}`;
}

/** Compiles one expression. */
export function compileExpression(
  source: string,
  wanted: Wanted,
  environment: Environment,
): CompiledExpression {
  const compiled = compile(source, environment);
  if (compiled.issues !== undefined) return { source, fault: `compilation failed: ${compiled.issues}` };
  const outputType = compiled.program === undefined ? compiled.outputType : compiled.program.outputType;
  if (wanted !== undefined && !wanted.some(({ text }) => text === outputType.text))
    return { source, fault: mismatch(wanted, outputType) };
  if (compiled.program === undefined)
    return { source, fault: `program instantiation failed: ${compiled.fault}`, isInternal: true };
  return { source, program: compiled.program, outputType };
}

/** A variable of a policy. */
export interface NamedExpression {
  readonly name: string;
  readonly expression: string;
}

function scopeKey({ hasParams, hasAuthorizer, hasPatchTypes = false }: ExpressionScope): string {
  return `${hasParams}${hasAuthorizer}${hasPatchTypes}`;
}

/** Compiles the expressions of one policy, or of a webhook. */
export class ExpressionCompiler {
  private readonly types: VariableTypes | undefined;
  private readonly environments = new Map<string, Environment>();

  /** `composes`: expressions see `variables`. */
  constructor(composes: boolean) {
    this.types = composes ? new VariableTypes() : undefined;
  }

  private environment(scope: ExpressionScope): Environment {
    const key = scopeKey(scope);
    let found = this.environments.get(key);
    if (found === undefined) {
      found = admissionEnvironment(scope, this.types);
      this.environments.set(key, found);
    }
    return found;
  }

  compile(source: string, wanted: Wanted, scope: ExpressionScope): CompiledExpression {
    return compileExpression(source, wanted, this.environment(scope));
  }

  /** Compiles a variable, which what is compiled from now on can refer to. */
  variable({ name, expression }: NamedExpression, scope: ExpressionScope): CompiledExpression {
    const compiled = this.compile(expression, undefined, scope);
    this.types?.declare(name, compiled.outputType);
    return compiled;
  }
}
