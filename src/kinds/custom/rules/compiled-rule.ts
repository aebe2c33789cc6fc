// One rule of x-kubernetes-validations, compiled.
// Upstream: compileRule of k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/compilation.go.
import type { JSONSchemaProps, ValidationRule } from '#types/apiextensions.k8s.io_v1';
import { type Compiled, compile, type Environment, type Program } from '../../../api/cel/compile.ts';
import type { RuleEnvironments } from './environment.ts';
import { resolveFieldPath } from './field-path-syntax.ts';

/** A rule and all that is known of it before any object comes. */
export interface CompiledRule {
  readonly rule: ValidationRule;
  /** Absent when the rule is empty or faulty. */
  readonly program?: Program;
  /** What is wrong with the rule. */
  readonly fault?: string;
  /** Whether it compares with the old value. */
  readonly usesOldSelf: boolean;
  readonly message?: Program;
  /** What is wrong with the messageExpression. */
  readonly messageFault?: string;
  /** Where errors are reported below the node; empty for the node itself. */
  readonly fieldPath: string;
}

interface Wanted {
  readonly type: string;
  /** The text when it is of another type. */
  readonly otherwise: string;
  readonly prefix: string;
}

const bool: Wanted = { type: 'bool', otherwise: 'cel expression must evaluate to a bool', prefix: '' };
const string: Wanted = {
  type: 'string',
  otherwise: 'messageExpression must evaluate to a string',
  prefix: 'messageExpression ',
};

function compileTo(
  text: string,
  environment: Environment,
  wanted: Wanted,
): { program?: Program; fault?: string } {
  const compiled: Compiled = compile(text, environment);
  if (compiled.issues !== undefined)
    return { fault: `${wanted.prefix}compilation failed: ${compiled.issues}` };
  const type = compiled.program === undefined ? compiled.outputType : compiled.program.outputType;
  if (type.text !== wanted.type) return { fault: wanted.otherwise };
  if (compiled.program !== undefined) return { program: compiled.program };
  return { fault: `${wanted.prefix || 'program '}instantiation failed: ${compiled.fault}` };
}

/** Compiles a rule of a schema node. */
export function compileRule(
  rule: ValidationRule,
  schema: JSONSchemaProps,
  environments: RuleEnvironments,
): CompiledRule {
  const nothing: CompiledRule = { rule, usesOldSelf: false, fieldPath: '' };
  if (rule.rule.trim() === '') return nothing;
  const environment = rule.optionalOldSelf ? environments.optional : environments.plain;
  const { program, fault } = compileTo(rule.rule, environment, bool);
  if (program === undefined) return { ...nothing, fault: fault! };
  const compiled = { rule, program, usesOldSelf: program.refersTo('oldSelf') };
  const path = rule.fieldPath ? resolveFieldPath(rule.fieldPath, schema) : undefined;
  const fieldPath = path === undefined ? '' : String(path);
  if (!rule.messageExpression) return { ...compiled, fieldPath };
  const message = compileTo(rule.messageExpression, environment, string);
  if (message.program !== undefined) return { ...compiled, fieldPath, message: message.program };
  return { ...compiled, fieldPath: '', messageFault: message.fault! };
}
