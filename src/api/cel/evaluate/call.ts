// Calls of functions. Upstream: evalUnary, evalBinary and evalVarArgs of cel-go interpreter/interpretable.go, and the
// dispatch of common/decls/decls.go.
import { type Overload, overloadsOf } from '../check/declarations.ts';
import type { Type } from '../check/types.ts';
import { implementations } from '../functions/implementations.ts';
import { binaryOperators, unaryOperators } from '../functions/operators.ts';
import {
  EvaluationError,
  isError,
  isList,
  isMap,
  Optional,
  typeNameOf,
  type Value,
} from '../values/value.ts';
import type { Run, Step } from './run.ts';
import type { CallCost } from './steps.ts';

/** What a function does with its arguments, none of which is an error. */
export type Implementation = (...args: Value[]) => Value;

/** Whether a value may be an argument of a type, as far as can be seen from outside. */
function fits(type: Type, value: Value): boolean {
  if (type.kind === 'dyn' || type.kind === 'param') return true;
  if (type.name !== typeNameOf(value)) return false;
  if (type.kind === 'list' && isList(value)) return value.size === 0 || fits(type.params[0]!, value.get(0));
  if (type.kind === 'map' && isMap(value)) {
    for (const key of value.keys())
      return fits(type.params[0]!, key) && fits(type.params[1]!, value.find(key) ?? null);
    return true;
  }
  if (value instanceof Optional && value.value !== undefined && type.params[0])
    return fits(type.params[0], value.value);
  return true;
}

function fitsAll({ args }: Overload, values: readonly Value[]): boolean {
  return args.length === values.length && args.every((type, i) => fits(type, values[i]!));
}

function dispatch(name: string, overloads: readonly Overload[]): Implementation {
  return (...values) => {
    const overload = overloads.find((candidate) => fitsAll(candidate, values));
    const implementation = overload && implementations[overload.id];
    if (implementation !== undefined) return implementation(...values);
    const types = values.map(typeNameOf).join(', ');
    return new EvaluationError(`no such overload: ${name}(${types})`);
  };
}

/** What a call of a function does; `ids` are the overloads that the checker found. */
export function implementationOf(name: string, ids: readonly string[]): Implementation {
  const own = binaryOperators[name] ?? unaryOperators[name] ?? implementations[name];
  if (own !== undefined) return own as Implementation;
  const overloads = overloadsOf(name) ?? [];
  const only = ids.length === 1 ? overloads.filter(({ id }) => id === ids[0]) : overloads;
  return dispatch(name, only);
}

/** `@not_strictly_false`: errors count as true. */
export class NotFalseStep implements Step {
  private readonly operand: Step;

  constructor(operand: Step) {
    this.operand = operand;
  }

  evaluate(run: Run): Value {
    const value = this.operand.evaluate(run);
    run.charge(1);
    return value !== false;
  }
}

/** A planned call. An argument that is an error is its result; `isEager`: further arguments are not looked at then. */
export class CallStep implements Step {
  private readonly args: readonly Step[];
  private readonly implementation: Implementation;
  private readonly cost: CallCost;
  private readonly isEager: boolean;

  constructor(
    args: readonly Step[],
    implementation: Implementation,
    cost: CallCost,
    isEager = args.length > 2,
  ) {
    this.args = args;
    this.isEager = isEager;
    this.implementation = implementation;
    this.cost = cost;
  }

  evaluate(run: Run): Value {
    const values: Value[] = [];
    for (const arg of this.args) {
      const value = arg.evaluate(run);
      values.push(value);
      // Upstream does not count a call that it leaves before its last argument.
      if (this.isEager && values.length < this.args.length && isError(value)) return value;
    }
    const result = values.find(isError) ?? this.implementation(...values);
    run.charge(this.cost(values, result));
    return result;
  }
}
