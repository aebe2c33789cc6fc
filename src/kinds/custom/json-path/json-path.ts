// Finds what a JSONPath points at, and prints it. Keys that are not there find nothing.
// Upstream: k8s.io/client-go/util/jsonpath/jsonpath.go, with AllowMissingKeys.
import { isInt64, numberText, sortedJson } from '../schema/print-value.ts';
import { JsonPathError, parseJsonPath, type Step } from './parse.ts';

/** A compiled path. */
export interface JsonPath {
  /** What each top-level part of the template finds. Throws JsonPathError where upstream has an error. */
  find(object: unknown): unknown[][];
}

/** A number that was written with a point, in the path itself. */
class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

function childrenOf(value: unknown): unknown[] {
  if (typeof value === 'string') return [...Buffer.from(value)];
  if (Array.isArray(value)) return value;
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}

function slice(list: readonly unknown[], step: Extract<Step, { step: 'array' }>): unknown[] | undefined {
  const size = list.length;
  let from = step.from ?? 0;
  if (from < 0) from += size;
  let to = step.to ?? size;
  if (to < 0 || (to === 0 && step.single)) to += size;
  if (from === to) return undefined;
  if (from >= size || from < 0)
    throw new JsonPathError(`array index out of bounds: index ${from}, length ${size}`);
  if (to > size || to < 0)
    throw new JsonPathError(`array index out of bounds: index ${to - 1}, length ${size}`);
  if (from > to) throw new JsonPathError(`starting index ${from} is greater than ending index ${to}`);
  const { every = 1 } = step;
  if (every <= 0) throw new JsonPathError('step must be > 0');
  return list.slice(from, to).filter((_, i) => i % every === 0);
}

function evalArray(input: readonly unknown[], step: Extract<Step, { step: 'array' }>): unknown[] {
  const found: unknown[] = [];
  for (const value of input) {
    if (value === null) continue;
    if (!Array.isArray(value)) throw new JsonPathError(`${typeof value} is not array or slice`);
    const part = slice(value, step);
    if (part === undefined) return found;
    found.push(...part);
  }
  return found;
}

function evalRecursive(input: readonly unknown[]): unknown[] {
  const found: unknown[] = [];
  for (const value of input) {
    const children = childrenOf(value);
    if (children.length > 0) found.push(value, ...evalRecursive(children));
  }
  return found;
}

function kindOf(value: unknown): string {
  if (value instanceof Float) return 'float';
  if (typeof value === 'number') return isInt64(value) ? 'int' : 'float';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'string' || typeof value === 'boolean') return typeof value;
  throw new JsonPathError('invalid type for comparison');
}

function plain(value: unknown): string | number | boolean {
  return value instanceof Float ? value.value : (value as string | number | boolean);
}

function isLess(left: unknown, right: unknown, kind: string): boolean {
  if (kind === 'boolean') throw new JsonPathError('invalid type for comparison');
  if (kind === 'string') return Buffer.compare(Buffer.from(left as string), Buffer.from(right as string)) < 0;
  return plain(left) < plain(right);
}

function compare(left: unknown, right: unknown, operator: string): boolean {
  const kind = kindOf(left);
  const other = kindOf(right);
  if (!['<', '>', '==', '!=', '<=', '>='].includes(operator))
    throw new JsonPathError(`unrecognized filter operator ${operator}`);
  if (kind !== other) throw new JsonPathError('incompatible types for comparison');
  const equal = plain(left) === plain(right);
  if (operator === '==') return equal;
  if (operator === '!=') return !equal;
  const less = isLess(left, right, kind);
  if (operator === '<') return less;
  if (operator === '>=') return !less;
  return operator === '<=' ? less || equal : !(less || equal);
}

function one(found: readonly unknown[]): unknown {
  if (found.length > 1) throw new JsonPathError('can only compare one element at a time');
  return found[0];
}

function passes(item: unknown, { left, right, operator }: Extract<Step, { step: 'filter' }>): boolean {
  if (operator === 'exists') return walk([item], left).length > 0;
  const lefts = walk([item], left);
  if (lefts.length === 0) return false;
  const first = one(lefts);
  const rights = walk([item], right);
  if (rights.length === 0) return false;
  return compare(first, one(rights), operator);
}

function evalFilter(input: readonly unknown[], step: Extract<Step, { step: 'filter' }>): unknown[] {
  return input.flatMap((value) => {
    if (!Array.isArray(value))
      throw new JsonPathError(`${printValue(value)} is not array or slice and cannot be filtered`);
    return value.filter((item) => passes(item, step));
  });
}

function evalField(input: readonly unknown[], name: string): unknown[] {
  const found: unknown[] = [];
  for (const value of input)
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name))
      found.push((value as Record<string, unknown>)[name]);
  return found;
}

function walk(input: readonly unknown[], steps: readonly Step[]): readonly unknown[] {
  let current = input;
  for (const step of steps) current = evaluate(current, step);
  return current;
}

function evaluate(input: readonly unknown[], step: Step): readonly unknown[] {
  switch (step.step) {
    case 'list':
      return walk(input, step.steps);
    case 'value': {
      const value = step.float ? new Float(step.value as number) : step.value;
      // A text stands for itself, however many values there are.
      return typeof value === 'string' ? [value] : input.map(() => value);
    }
    case 'field':
      return evalField(input, step.name);
    case 'array':
      return evalArray(input, step);
    case 'filter':
      return evalFilter(input, step);
    case 'wildcard':
      return input.flatMap(childrenOf);
    case 'recursive':
      return evalRecursive(input);
    case 'union':
      return step.paths.flatMap((path) => walk(input, path));
    case 'identifier':
      throw new JsonPathError(`unrecognized identifier ${step.name}`);
  }
}

function keyword(step: Step): string | undefined {
  if (step.step !== 'list' || step.steps[0]?.step !== 'identifier') return undefined;
  return step.steps[0].name;
}

/** Runs steps until `{end}`; the index of the step behind it. */
function run(
  steps: readonly Step[],
  from: number,
  value: unknown,
  found: unknown[][],
  inRange: boolean,
): number {
  for (let i = from; i < steps.length; i++) {
    const step = steps[i]!;
    const word = keyword(step);
    if (word === 'end') {
      if (!inRange) throw new JsonPathError('not in range, nothing to end');
      return i + 1;
    }
    if (word !== 'range') {
      found.push(evaluate([value], step).map(plainOf));
      continue;
    }
    const values = walk([value], (step as Extract<Step, { step: 'list' }>).steps.slice(1));
    let next = steps.length;
    for (const item of values) next = run(steps, i + 1, item, found, true);
    if (values.length === 0) next = run(steps, i + 1, null, [], true);
    i = next - 1;
  }
  return steps.length;
}

function plainOf(value: unknown): unknown {
  return value instanceof Float ? value.value : value;
}

/** Compiles a template (`{.spec.size}`); throws JsonPathError when it is none. */
export function compileJsonPath(template: string): JsonPath {
  const steps = parseJsonPath(template);
  return {
    find(object) {
      const found: unknown[][] = [];
      run(steps, 0, object, found, false);
      return found;
    },
  };
}

/** A value that was found, as text: objects and lists as JSON. */
export function printValue(value: unknown): string {
  if (value === null || value === undefined) return '<no value>';
  if (typeof value === 'object') return sortedJson(value);
  return typeof value === 'number' ? numberText(value) : String(value);
}
