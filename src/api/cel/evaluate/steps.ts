// Logic, equality and the making of lists and maps. Upstream: cel-go interpreter/interpretable.go.
import { ArrayList, KeyedMap, keyText } from '../values/collections.ts';
import { equal } from '../values/equality.ts';
import { EvaluationError, isError, noSuchOverload, Optional, type Value } from '../values/value.ts';
import type { Run, Step } from './run.ts';

/** && (`stop` false) and || (`stop` true): a decisive operand absorbs the error of the other. */
export class LogicStep implements Step {
  private readonly terms: readonly Step[];
  private readonly stop: boolean;

  constructor(terms: readonly Step[], stop: boolean) {
    this.terms = terms;
    this.stop = stop;
  }

  evaluate(run: Run): Value {
    let error: EvaluationError | undefined;
    for (const term of this.terms) {
      const value = term.evaluate(run);
      if (value === this.stop) return value;
      if (typeof value !== 'boolean') error ??= noSuchOverload(value);
    }
    return error ?? !this.stop;
  }
}

/** The cost of a call with these arguments. */
export type CallCost = (args: readonly Value[], result: Value) => number;

/** == and !=. */
export class EqualityStep implements Step {
  private readonly left: Step;
  private readonly right: Step;
  private readonly negated: boolean;
  private readonly cost: CallCost;

  constructor(left: Step, right: Step, negated: boolean, cost: CallCost) {
    this.left = left;
    this.right = right;
    this.negated = negated;
    this.cost = cost;
  }

  evaluate(run: Run): Value {
    const left = this.left.evaluate(run);
    const right = this.right.evaluate(run);
    const result = this.compare(left, right);
    run.charge(this.cost([left, right], result));
    return result;
  }

  private compare(left: Value, right: Value): Value {
    if (isError(left)) return left;
    if (isError(right)) return right;
    const result = equal(left, right);
    return this.negated ? result !== true : result;
  }
}

/** `x in [constants]`: costs nothing but its operand. */
export class MembershipStep implements Step {
  private readonly operand: Step;
  private readonly keys: ReadonlySet<string>;
  private readonly keyOf: (value: Value) => string | undefined;

  constructor(operand: Step, keys: ReadonlySet<string>, keyOf: (value: Value) => string | undefined) {
    this.operand = operand;
    this.keys = keys;
    this.keyOf = keyOf;
  }

  evaluate(run: Run): Value {
    const value = this.operand.evaluate(run);
    if (isError(value)) return value;
    const key = this.keyOf(value);
    return key !== undefined && this.keys.has(key);
  }
}

const listCost = 10;
const mapCost = 30;

/** `[a, ?b]`. */
export class ListStep implements Step {
  private readonly elements: readonly Step[];
  private readonly optionals: ReadonlySet<number>;

  constructor(elements: readonly Step[], optionals: ReadonlySet<number>) {
    this.elements = elements;
    this.optionals = optionals;
  }

  evaluate(run: Run): Value {
    const result = this.make(run);
    run.charge(listCost);
    return result;
  }

  private make(run: Run): Value {
    const items: Value[] = [];
    for (let i = 0; i < this.elements.length; i++) {
      const value = this.elements[i]!.evaluate(run);
      if (isError(value)) return value;
      if (!this.optionals.has(i)) items.push(value);
      else if (!(value instanceof Optional))
        return new EvaluationError(
          `cannot initialize optional list element from non-optional value ${shown(value)}`,
        );
      else if (value.value !== undefined) items.push(value.value);
    }
    return new ArrayList(items);
  }
}

function shown(value: Value): string {
  return typeof value === 'object' ? 'null' : String(value);
}

/** An entry of a map literal. */
export interface EntrySteps {
  readonly key: Step;
  readonly value: Step;
  readonly optional: boolean;
}

/** `{a: b, ?c: d}`. */
export class MapStep implements Step {
  private readonly entries: readonly EntrySteps[];

  constructor(entries: readonly EntrySteps[]) {
    this.entries = entries;
  }

  evaluate(run: Run): Value {
    const result = this.make(run);
    run.charge(mapCost);
    return result;
  }

  private make(run: Run): Value {
    const map = new KeyedMap();
    for (const entry of this.entries) {
      const key = entry.key.evaluate(run);
      if (isError(key)) return key;
      const value = entry.value.evaluate(run);
      if (isError(value)) return value;
      if (!entry.optional) map.set(key, value);
      else if (!(value instanceof Optional))
        return new EvaluationError(
          `cannot initialize optional entry '${keyText(key)}' from non-optional value ${shown(value)}`,
        );
      else if (value.value !== undefined) map.set(key, value.value);
    }
    return map;
  }
}

/** `optional.or(other)` and `optional.orValue(value)`: the other one is looked at only when needed; costs nothing. */
export class OptionalOrStep implements Step {
  private readonly optional: Step;
  private readonly other: Step;
  private readonly unwraps: boolean;

  constructor(optional: Step, other: Step, unwraps: boolean) {
    this.optional = optional;
    this.other = other;
    this.unwraps = unwraps;
  }

  evaluate(run: Run): Value {
    const optional = this.optional.evaluate(run);
    if (!(optional instanceof Optional)) return isError(optional) ? optional : noSuchOverload(optional);
    if (optional.value === undefined) return this.other.evaluate(run);
    return this.unwraps ? optional.value : optional;
  }
}
