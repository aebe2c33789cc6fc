// Literals that can be judged before any evaluation: times, patterns, and the items of lists and maps.
// Upstream: cel-go cel/validator.go.
import { compileConstantPattern } from '../functions/regex.ts';
import type { Call, Expr } from '../syntax/ast.ts';
import type { Issue } from '../syntax/source.ts';
import { readDuration, readTimestamp } from '../values/times.ts';
import { EvaluationError, Timestamp } from '../values/value.ts';
import { partsOf } from './check.ts';
import type { Type } from './types.ts';
import { unwrapOptional } from './types.ts';
import { validateFormat } from './validate-formats.ts';

interface Part {
  readonly expr: Expr;
  /** Within a call of format(), whose list may have items of all types. */
  readonly isFormatted: boolean;
}

function* everyPart(expr: Expr, isFormatted = false): Generator<Part> {
  yield { expr, isFormatted };
  const isFormat = isFormatted || (expr.kind === 'call' && expr.name === 'format');
  for (const part of partsOf(expr)) yield* everyPart(part, isFormat);
}

function isTimestamp(value: unknown): boolean {
  if (typeof value === 'string') return readTimestamp(value) instanceof Timestamp;
  return typeof value !== 'bigint' || (value >= -62_135_596_800n && value <= 253_402_300_799n);
}

const checks: Readonly<Record<string, (value: unknown) => boolean>> = {
  duration: (value) => typeof value !== 'string' || readDuration(value) !== undefined,
  timestamp: isTimestamp,
  matches: (value) => typeof value !== 'string' || compileConstantPattern(value) === undefined,
};

function validateCall(expr: Call, name: string, issues: Issue[]): void {
  const arg = expr.args[0];
  if (arg?.kind !== 'literal' || arg.value instanceof EvaluationError) return;
  if (!checks[name]!(arg.value)) issues.push({ message: `invalid ${name} argument`, offset: arg.at });
}

function sameTypes(
  parts: readonly { at: number; type: Type }[],
  issues: Issue[],
  stopsAtFirst: boolean,
): void {
  const first = parts[0]?.type;
  for (const { at, type } of parts.slice(1)) {
    if (type.text === first!.text) continue;
    issues.push({ message: `expected type '${first!.text}' but found '${type.text}'`, offset: at });
    if (stopsAtFirst) return;
  }
}

function validateAggregate(expr: Expr, issues: Issue[]): void {
  const typed = (part: Expr, isOptional: boolean) => ({
    at: part.at,
    type: isOptional ? unwrapOptional(part.type!) : part.type!,
  });
  if (expr.kind === 'list')
    sameTypes(
      expr.elements.map((element, i) => typed(element, expr.optionals.has(i))),
      issues,
      true,
    );
  if (expr.kind !== 'map') return;
  sameTypes(
    expr.entries.map(({ key }) => typed(key, false)),
    issues,
    false,
  );
  sameTypes(
    expr.entries.map(({ value, optional }) => typed(value, optional)),
    issues,
    false,
  );
}

/** What is wrong with the literals of a checked tree. */
export function validateLiterals(expr: Expr): readonly Issue[] {
  const parts = [...everyPart(expr)];
  const issues: Issue[] = [];
  for (const { expr: part } of parts) {
    if (part.kind !== 'call' || part.name !== 'format' || part.target === undefined) continue;
    const issue = validateFormat(part);
    if (issue !== undefined) issues.push(issue);
  }
  for (const name of Object.keys(checks))
    for (const { expr: part } of parts)
      if (part.kind === 'call' && (part.qualifiedName ?? part.name) === name)
        validateCall(part, name, issues);
  for (const { expr: part, isFormatted } of parts) if (!isFormatted) validateAggregate(part, issues);
  return issues;
}
