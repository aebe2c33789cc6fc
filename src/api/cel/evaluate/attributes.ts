// Paths into values: a.b, a[0].c, a.?b, has(a.b), c ? a : b. A path costs 1, and 1 for each part that is looked up.
// Upstream: cel-go interpreter/attributes.go.
import { keyText } from '../values/collections.ts';
import {
  EvaluationError,
  isError,
  isList,
  isMap,
  isOpaque,
  noSuchOverload,
  Optional,
  typeNameOf,
  Uint,
  type Value,
} from '../values/value.ts';
import type { Run, Step } from './run.ts';

/** One part of a path. */
export interface Qualifier {
  /** The key or index. A path stands for itself, without the cost of a path. */
  readonly key: Step | AttributeStep;
  /** `.?x` and `[?x]`. */
  readonly optional: boolean;
  /** has(): only whether it is there. */
  readonly testOnly: boolean;
}

/** Where a path begins. */
export type Root =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'slot'; readonly index: number; readonly initial: Step | undefined }
  | { readonly kind: 'step'; readonly step: Step }
  | { readonly kind: 'conditional'; readonly condition: Step; readonly yes: Step; readonly no: Step };

function unsupportedIndex(key: Value): EvaluationError {
  return new EvaluationError(`unsupported index value ${keyText(key)} in list`);
}

function listIndex(key: Value): number | EvaluationError {
  if (typeof key === 'bigint') return Number(key);
  if (key instanceof Uint) return Number(key.value);
  if (typeof key === 'number') return Number.isInteger(key) ? key : unsupportedIndex(key);
  return new EvaluationError(`unsupported index type '${typeNameOf(key)}' in list`);
}

function missingKey(key: Value): EvaluationError {
  return new EvaluationError(`no such key: ${keyText(key)}`);
}

/** What is at a key; undefined when nothing is. */
function lookUp(operand: Value, key: Value, isTest: boolean): Value | undefined {
  if (isMap(operand)) return operand.find(key);
  if (isOpaque(operand)) return typeof key === 'string' ? operand.field?.(key, isTest) : undefined;
  if (!isList(operand)) return undefined;
  const index = listIndex(key);
  if (typeof index !== 'number') return index;
  return index >= 0 && index < operand.size ? operand.get(index) : undefined;
}

function missing(operand: Value, key: Value): EvaluationError {
  return isList(operand) ? new EvaluationError(`index out of bounds: ${keyText(key)}`) : missingKey(key);
}

function isKey(value: Value): boolean {
  return typeof value !== 'object' || value instanceof Uint;
}

/** A planned path. */
export class AttributeStep implements Step {
  private readonly root: Root;
  private readonly qualifiers: readonly Qualifier[];

  constructor(root: Root, qualifiers: readonly Qualifier[] = []) {
    this.root = root;
    this.qualifiers = qualifiers;
  }

  /** The path with one more part. */
  with(qualifier: Qualifier): AttributeStep {
    return new AttributeStep(this.root, [...this.qualifiers, qualifier]);
  }

  evaluate(run: Run): Value {
    const value = this.resolve(run);
    const isTest = this.qualifiers.at(-1)?.testOnly === true;
    if (this.root.kind !== 'conditional' && !isTest) run.charge(1);
    if (isTest && value instanceof Optional) return value.value !== undefined;
    return value;
  }

  /** The value without the cost of the path itself. */
  resolve(run: Run): Value {
    const value = this.rootValue(run);
    if (isError(value)) return value;
    return this.qualify(run, value);
  }

  private rootValue(run: Run): Value {
    const { root } = this;
    switch (root.kind) {
      case 'variable':
        return variableValue(run, root.name);
      case 'slot':
        return slotValue(run, root.index, root.initial);
      case 'step':
        return root.step.evaluate(run);
      case 'conditional': {
        const condition = root.condition.evaluate(run);
        if (typeof condition !== 'boolean') return noSuchOverload(condition);
        const branch = condition ? root.yes : root.no;
        return branch instanceof AttributeStep ? branch.resolve(run) : branch.evaluate(run);
      }
    }
  }

  private qualify(run: Run, start: Value): Value {
    let value = start;
    let isOptional = value instanceof Optional;
    if (value instanceof Optional) {
      if (value.value === undefined) return value;
      value = value.value;
    }
    for (const qualifier of this.qualifiers) {
      isOptional ||= qualifier.optional;
      const next = this.step(run, value, qualifier, isOptional);
      if (next === undefined) return new Optional(undefined);
      if (isError(next)) return next;
      value = next;
    }
    return isOptional ? new Optional(value) : value;
  }

  /** Follows one part; undefined when it may be missing and is. */
  private step(run: Run, operand: Value, qualifier: Qualifier, isOptional: boolean): Value | undefined {
    const key =
      qualifier.key instanceof AttributeStep ? qualifier.key.resolve(run) : qualifier.key.evaluate(run);
    if (isError(key)) return key;
    if (!isKey(key)) return new EvaluationError('invalid qualifier type');
    const found = lookUp(operand, key, qualifier.testOnly);
    if (qualifier.testOnly) {
      run.charge(1);
      return isError(found) ? found : found !== undefined;
    }
    if (!isOptional || (found !== undefined && !isError(found))) run.charge(1);
    if (found !== undefined || isOptional) return found;
    return missing(operand, key);
  }
}

function variableValue(run: Run, name: string): Value {
  const value = run.bindings(name);
  return value === undefined ? new EvaluationError(`no such attribute(s): ${name}`) : value;
}

/** The accumulator is made when it is first looked at. */
export function slotValue(run: Run, index: number, initial: Step | undefined): Value {
  const value = run.slots[index];
  if (value !== undefined || initial === undefined) return value ?? null;
  const made = initial.evaluate(run);
  run.slots[index] = made;
  return made;
}
