// From a checked tree to steps. Calls with known arguments are made while planning.
// Upstream: cel-go interpreter/planner.go and decorators.go (decOptimize).

import { typeNames } from '../check/declarations.ts';
import { compileConstantPattern } from '../functions/regex.ts';
import type { Call, Comprehension, Expr, Ident } from '../syntax/ast.ts';
import { canonicalKey } from '../values/keys.ts';
import { EvaluationError, isError, isList, itemsOf, TypeValue, Uint, type Value } from '../values/value.ts';
import { AttributeStep } from './attributes.ts';
import { CallStep, implementationOf, NotFalseStep } from './call.ts';
import { callCost } from './call-cost.ts';
import { FoldStep, InitialStep } from './fold.ts';
import { ConstantStep, isConstant, Run, type Step } from './run.ts';
import { EqualityStep, ListStep, LogicStep, MapStep, MembershipStep, OptionalOrStep } from './steps.ts';
import { type MakeStruct, StructStep } from './struct.ts';

/** A call of constants fails, so the program cannot be made. `message` is the error's. */
export class PlanError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PlanError';
  }
}

const conversions = new Set('bool bytes double duration dyn int string timestamp type uint'.split(' '));

interface Slot {
  readonly index: number;
  readonly initial: Step | undefined;
}
type Scope = ReadonlyMap<string, Slot>;

function evaluateConstant(step: Step): Value {
  return step.evaluate(new Run(() => undefined, Number.POSITIVE_INFINITY));
}

function folded(step: Step, parts: readonly Step[]): Step {
  return parts.every(isConstant) ? new ConstantStep(evaluateConstant(step)) : step;
}

/** The text under which a set holds a value; undefined for what no set holds. */
function setKey(value: Value): string | undefined {
  if (typeof value === 'object' && !(value instanceof Uint)) return value === null ? 'null' : undefined;
  return typeof value === 'boolean' ? `b${value}` : canonicalKey(value);
}

class Planner {
  private slotCount = 0;
  private readonly makeStruct: MakeStruct;

  constructor(makeStruct: MakeStruct) {
    this.makeStruct = makeStruct;
  }

  plan(expr: Expr, scope: Scope): Step {
    switch (expr.kind) {
      case 'literal':
        return new ConstantStep(expr.value);
      case 'ident':
        return this.ident(expr, scope);
      case 'select':
        if (expr.qualified !== undefined) return this.ident(expr.qualified, scope);
        return this.attribute(expr.operand, scope).with({
          key: new ConstantStep(expr.field),
          optional: false,
          testOnly: expr.testOnly,
        });
      case 'call':
        return this.call(expr, scope);
      case 'list': {
        const elements = expr.elements.map((element) => this.plan(element, scope));
        return folded(new ListStep(elements, expr.optionals), elements);
      }
      case 'map': {
        const entries = expr.entries.map(({ key, value, optional }) => ({
          key: this.plan(key, scope),
          value: this.plan(value, scope),
          optional,
        }));
        return folded(
          new MapStep(entries),
          entries.flatMap(({ key, value }) => [key, value]),
        );
      }
      case 'struct':
        return new StructStep(
          expr.typeName,
          expr.fields.map(({ name, value, optional }) => ({
            name,
            value: this.plan(value, scope),
            optional,
          })),
          this.makeStruct,
        );
      case 'comprehension':
        return this.fold(expr, scope);
    }
  }

  private ident({ name, namesType }: Ident, scope: Scope): Step {
    if (namesType !== undefined) {
      // what can be made cannot be named
      if (namesType !== 'type' && !typeNames.has(namesType))
        throw new PlanError(`reference to undefined type: ${namesType}`);
      return new ConstantStep(new TypeValue(namesType));
    }
    const slot = scope.get(name);
    return new AttributeStep(slot ? { kind: 'slot', ...slot } : { kind: 'variable', name });
  }

  /** The expression as the beginning of a path. */
  private attribute(expr: Expr, scope: Scope): AttributeStep {
    const step = this.plan(expr, scope);
    return step instanceof AttributeStep ? step : new AttributeStep({ kind: 'step', step });
  }

  private call(expr: Call, scope: Scope): Step {
    const name = expr.qualifiedName ?? expr.name;
    if (name === '_[_]' || name === '_[?_]' || name === '_?._') {
      const key = this.plan(expr.args[1]!, scope);
      const optional = name !== '_[_]';
      return this.attribute(expr.args[0]!, scope).with({ key, optional, testOnly: false });
    }
    const args = [...(expr.target ? [expr.target] : []), ...expr.args].map((arg) => this.plan(arg, scope));
    const overloads = expr.overloads ?? [];
    const overload = overloads.length === 1 ? overloads[0]! : '';
    switch (name) {
      case '_&&_':
        return new LogicStep(args, false);
      case '_||_':
        return new LogicStep(args, true);
      case '_?_:_':
        return new AttributeStep({ kind: 'conditional', condition: args[0]!, yes: args[1]!, no: args[2]! });
      case '_==_':
        return new EqualityStep(args[0]!, args[1]!, false, callCost(name, 'equals'));
      case '_!=_':
        return new EqualityStep(args[0]!, args[1]!, true, callCost(name, 'not_equals'));
      case '@not_strictly_false':
        return new NotFalseStep(args[0]!);
      case 'or':
      case 'orValue':
        return new OptionalOrStep(args[0]!, args[1]!, name === 'orValue');
      case '@in':
        return this.membership(args, overload);
    }
    const hasPattern = name === 'matches' || name === 'find' || name === 'findAll';
    const isKnownPattern = hasPattern && this.checkPattern(args[1]);
    const step = new CallStep(
      args,
      implementationOf(name, overloads),
      callCost(name, overload),
      isKnownPattern || args.length > 2,
    );
    return conversions.has(name) && args.length === 1 ? this.conversion(step, args[0]!) : step;
  }

  private conversion(step: Step, arg: Step): Step {
    if (!isConstant(arg)) return step;
    const value = evaluateConstant(step);
    if (isError(value)) throw new PlanError(value.message);
    return new ConstantStep(value);
  }

  /** A constant pattern is compiled now; whether it is one. */
  private checkPattern(pattern: Step | undefined): boolean {
    if (pattern === undefined || !isConstant(pattern) || typeof pattern.constant !== 'string') return false;
    const fault = compileConstantPattern(pattern.constant);
    if (fault !== undefined) throw new PlanError(fault);
    return true;
  }

  private membership(args: readonly Step[], overload: string): Step {
    const call = new CallStep(args, implementationOf('@in', [overload]), callCost('@in', overload));
    const list = args[1]!;
    if (overload !== 'in_list' || !isConstant(list) || !isList(list.constant)) return call;
    if (list.constant.size === 0) return new ConstantStep(false);
    const keys = new Set<string>();
    for (const item of itemsOf(list.constant)) {
      const key = setKey(item);
      if (key === undefined) return call;
      keys.add(key);
    }
    return new MembershipStep(args[0]!, keys, setKey);
  }

  private fold(expr: Comprehension, scope: Scope): Step {
    const initial = new InitialStep(this.plan(expr.init, scope));
    const range = this.plan(expr.range, scope);
    const accu: Slot = { index: this.slotCount++, initial };
    const first: Slot = { index: this.slotCount++, initial: undefined };
    const outer = new Map(scope).set(expr.accuVar, accu);
    const inner = new Map(outer).set(expr.iterVar, first);
    let second: Slot | undefined;
    if (expr.iterVar2 !== undefined) {
      second = { index: this.slotCount++, initial: undefined };
      inner.set(expr.iterVar2, second);
    }
    return new FoldStep({
      range,
      condition: this.plan(expr.condition, inner),
      step: this.plan(expr.step, inner),
      result: this.plan(expr.result, outer),
      accuSlot: accu.index,
      iterSlot: first.index,
      iterSlot2: second?.index,
    });
  }
}

const makesNone: MakeStruct = (typeName) => new EvaluationError(`unknown type: ${typeName}`);

/** The steps of a checked tree; throws PlanError. */
export function plan(expr: Expr, makeStruct = makesNone): Step {
  return new Planner(makeStruct).plan(expr, new Map());
}
