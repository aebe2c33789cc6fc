// The estimated cost of a checked expression, from the least to the most it can come to.
// Upstream: Cost of cel-go checker/cost.go.
import type { Type } from '../check/types.ts';
import { isOptional } from '../check/types.ts';
import { stringFactor } from '../evaluate/call-cost.ts';
import type { Call, Comprehension, Expr } from '../syntax/ast.ts';
import { codePointCount } from '../values/value.ts';
import { add, type Estimate, exactly, multiply, scale, unbounded, union, unknownSize } from './estimates.ts';
import { type EstimatedCall, estimateKubernetesCall } from './kubernetes.ts';
import type { CallEstimate, CostNode, SizeOfPath, SizePath } from './nodes.ts';
import { estimateListCall, estimateStandardCall } from './standard.ts';

const zero = exactly(0);
const one = exactly(1);

/** The sizes of what is in a list or a map. */
interface EntrySizes {
  readonly isList: boolean;
  readonly key: Estimate;
  readonly value: Estimate;
}

interface Local {
  readonly path: SizePath;
  readonly size: Estimate | undefined;
  readonly entries: EntrySizes | undefined;
}

function isScalar(type: Type): boolean {
  if (isOptional(type)) return isScalar(type.params[0]!);
  return ['bool', 'double', 'duration', 'int', 'timestamp', 'uint'].includes(type.kind);
}

function literalSize(expr: Expr): Estimate | undefined {
  switch (expr.kind) {
    case 'literal':
      if (typeof expr.value === 'string') return exactly(codePointCount(expr.value));
      return exactly(expr.value instanceof Uint8Array ? expr.value.length : 1);
    case 'list':
      return exactly(expr.elements.length);
    case 'map':
      return exactly(expr.entries.length);
    default:
      return undefined;
  }
}

function isBind({ range, condition }: Comprehension): boolean {
  return (
    range.kind === 'list' &&
    range.elements.length === 0 &&
    condition.kind === 'literal' &&
    condition.value === false
  );
}

/** The sum of the costs. */
function total(costs: readonly Estimate[]): Estimate {
  return costs.reduce(add, zero);
}

class Coster {
  private readonly sizeOfPath: SizeOfPath;
  private readonly paths = new Map<Expr, SizePath>();
  private readonly sizes = new Map<Expr, Estimate>();
  private readonly entries = new Map<Expr, EntrySizes>();
  private readonly locals = new Map<string, Local[]>();

  constructor(sizeOfPath: SizeOfPath) {
    this.sizeOfPath = sizeOfPath;
  }

  cost(expr: Expr): Estimate {
    switch (expr.kind) {
      case 'literal':
        return zero;
      case 'ident':
        this.paths.set(expr, this.local(expr.name)?.path ?? [expr.name]);
        return one;
      case 'select':
        return this.select(expr);
      case 'call':
        return this.call(expr);
      case 'list':
        return this.list(expr);
      case 'map':
        return this.map(expr);
      case 'struct':
        return add(total(expr.fields.map(({ value }) => this.cost(value))), exactly(40));
      case 'comprehension':
        return isBind(expr) ? this.bind(expr) : this.fold(expr);
    }
  }

  private local(name: string): Local | undefined {
    return this.locals.get(name)?.at(-1);
  }

  private push(name: string, local: Local): void {
    const stack = this.locals.get(name);
    if (stack === undefined) this.locals.set(name, [local]);
    else stack.push(local);
  }

  private pop(name: string): void {
    this.locals.get(name)!.pop();
  }

  private pathOf(expr: Expr): SizePath {
    return (expr.kind === 'ident' ? this.local(expr.name)?.path : undefined) ?? this.paths.get(expr) ?? [];
  }

  private sizeOf(expr: Expr): Estimate | undefined {
    const before = this.sizes.get(expr) ?? literalSize(expr);
    if (before !== undefined) return before;
    const path = this.pathOf(expr);
    const declared = path.length > 0 ? this.sizeOfPath(path) : undefined;
    if (declared !== undefined) {
      this.sizes.set(expr, declared);
      return declared;
    }
    if (isScalar(expr.type!)) return one;
    return expr.kind === 'ident' ? this.local(expr.name)?.size : undefined;
  }

  private sizeOrUnknown(expr: Expr): Estimate {
    return this.sizeOf(expr) ?? unknownSize;
  }

  private entriesOf(expr: Expr): EntrySizes | undefined {
    return this.entries.get(expr) ?? (expr.kind === 'ident' ? this.local(expr.name)?.entries : undefined);
  }

  private setSize(expr: Expr, size: Estimate | undefined): void {
    if (size !== undefined) this.sizes.set(expr, size);
  }

  private setEntries(expr: Expr, entries: EntrySizes | undefined): void {
    if (entries !== undefined) this.entries.set(expr, entries);
  }

  private select(expr: Expr & { kind: 'select' }): Estimate {
    if (expr.qualified !== undefined) {
      this.paths.set(expr, [expr.qualified.name]);
      return one;
    }
    // has() itself is free in Kubernetes.
    const operand = this.cost(expr.operand);
    if (expr.testOnly) return operand;
    this.paths.set(expr, [...this.pathOf(expr.operand), expr.field]);
    const { kind } = expr.operand.type!;
    return kind === 'map' || kind === 'struct' || kind === 'param' ? add(operand, one) : operand;
  }

  private node(expr: Expr): CostNode {
    const path = this.pathOf(expr);
    const isOwn = path.length === 0 || path[0] === '@result' || path[0] === '__result__';
    return { path: isOwn ? undefined : path, type: expr.type!, expr, size: this.sizeOf(expr) };
  }

  private call(expr: Call): Estimate {
    const name = expr.qualifiedName ?? expr.name;
    if (name === 'dyn') {
      const cost = this.cost(expr.args[0]!);
      this.setSize(expr, this.sizeOf(expr.args[0]!));
      this.setEntries(expr, this.entriesOf(expr.args[0]!));
      return add(one, cost);
    }
    const costs = expr.args.map((arg) => this.cost(arg));
    const args = expr.args.map((arg) => this.node(arg));
    const targetCost = expr.target ? this.cost(expr.target) : zero;
    const target = expr.target && this.node(expr.target);
    let cost: Estimate = { min: unbounded, max: 0 };
    let resultSize: Estimate | undefined;
    for (const overload of expr.overloads ?? []) {
      const found = this.overload(expr, { name, overload, target, args, sizeOfPath: this.sizeOfPath }, costs);
      cost = union(cost, found.cost);
      if (found.resultSize) resultSize = resultSize ? union(resultSize, found.resultSize) : found.resultSize;
      if (overload === 'index_list' || overload === 'index_map') {
        resultSize = this.entriesOf(expr.args[0]!)?.value;
        const part = overload === 'index_list' ? '@items' : '@values';
        this.paths.set(expr, [...this.pathOf(expr.args[0]!), part]);
      }
      resultSize ??= this.sizeOf(expr);
    }
    this.setSize(expr, resultSize);
    return add(targetCost, cost);
  }

  /** With the cost of the arguments. */
  private overload(expr: Call, call: EstimatedCall, costs: readonly Estimate[]): CallEstimate {
    const own = estimateListCall(call) ?? estimateKubernetesCall(call);
    if (own !== undefined) return { cost: add(own.cost, total(costs)), resultSize: own.resultSize };
    switch (call.overload) {
      case 'logical_and':
      case 'logical_or':
        return { cost: { min: costs[0]!.min, max: add(costs[0]!, costs[1]!).max } };
      case 'conditional':
        return this.conditional(expr, costs);
      case 'add_string':
      case 'add_bytes':
      case 'add_list':
        return this.addition(expr, call.overload, costs);
    }
    const standard = estimateStandardCall(call);
    return { cost: add(standard.cost, total(costs)), resultSize: standard.resultSize };
  }

  private joinedEntries(a: Expr, b: Expr): EntrySizes | undefined {
    const [first, second] = [this.entriesOf(a), this.entriesOf(b)];
    if (first === undefined || second === undefined) return undefined;
    return {
      isList: first.isList,
      key: union(first.key, second.key),
      value: union(first.value, second.value),
    };
  }

  private conditional(expr: Call, costs: readonly Estimate[]): CallEstimate {
    const [, yes, no] = expr.args;
    this.setEntries(expr, this.joinedEntries(yes!, no!));
    return {
      cost: add(costs[0]!, union(costs[1]!, costs[2]!)),
      resultSize: union(this.sizeOrUnknown(yes!), this.sizeOrUnknown(no!)),
    };
  }

  private addition(expr: Call, overload: string, costs: readonly Estimate[]): CallEstimate {
    const [left, right] = expr.args;
    const size = add(this.sizeOrUnknown(left!), this.sizeOrUnknown(right!));
    this.setEntries(expr, this.joinedEntries(left!, right!));
    const own = overload === 'add_list' ? one : scale(size, stringFactor);
    return { cost: add(own, total(costs)), resultSize: size };
  }

  private list(expr: Expr & { kind: 'list' }): Estimate {
    let value: Estimate = { min: expr.elements.length === 0 ? 0 : unbounded, max: 0 };
    let cost = exactly(10);
    for (const element of expr.elements) {
      cost = add(cost, this.cost(element));
      value = union(value, this.sizeOrUnknown(element));
    }
    this.entries.set(expr, { isList: true, key: one, value });
    return cost;
  }

  private map(expr: Expr & { kind: 'map' }): Estimate {
    const none: Estimate = { min: expr.entries.length === 0 ? 0 : unbounded, max: 0 };
    let [key, value, cost] = [none, none, exactly(30)];
    for (const entry of expr.entries) {
      cost = add(cost, add(this.cost(entry.key), this.cost(entry.value)));
      key = union(key, this.sizeOrUnknown(entry.key));
      value = union(value, this.sizeOrUnknown(entry.value));
    }
    this.entries.set(expr, { isList: false, key, value });
    return cost;
  }

  private pushAccumulator(expr: Comprehension): void {
    const { init, accuVar } = expr;
    this.push(accuVar, { path: this.pathOf(init), size: this.sizeOf(init), entries: this.entriesOf(init) });
  }

  private pushIteration(name: string, range: Expr, wants: 'key' | 'value' | 'single'): void {
    const entries = this.entriesOf(range);
    const isList = entries?.isList ?? range.type!.kind === 'list';
    const isValue = wants === 'value' || (wants === 'single' && isList);
    const keyPart = isList ? '@indices' : '@keys';
    const part = isValue ? (isList ? '@items' : '@values') : keyPart;
    const size = isValue ? entries?.value : entries?.key;
    this.push(name, { path: [...this.pathOf(range), part], size, entries: undefined });
  }

  private fold(expr: Comprehension): Estimate {
    const { range, init, iterVar, iterVar2, accuVar, condition, step, result } = expr;
    let cost = add(this.cost(range), this.cost(init));
    this.pushAccumulator(expr);
    this.pushIteration(iterVar, range, iterVar2 === undefined ? 'single' : 'key');
    if (iterVar2 !== undefined) this.pushIteration(iterVar2, range, 'value');
    const conditionCost = this.cost(condition);
    const loopCost = add(this.cost(step), conditionCost);
    this.pop(iterVar);
    if (iterVar2 !== undefined) this.pop(iterVar2);
    cost = add(cost, this.cost(result));
    this.pop(accuVar);
    const count = this.sizeOrUnknown(range);
    if (init.kind === 'literal') this.setSize(expr, this.sizeOf(init));
    else if (init.kind === 'list' || init.kind === 'map') {
      this.setSize(expr, count);
      this.setEntries(expr, this.entriesOf(step));
    }
    return add(cost, multiply(count, loopCost));
  }

  private bind(expr: Comprehension): Estimate {
    const before = add(this.cost(expr.range), this.cost(expr.init));
    this.pushAccumulator(expr);
    const cost = add(before, this.cost(expr.result));
    this.pop(expr.accuVar);
    this.setSize(expr, this.sizeOf(expr.result));
    this.setEntries(expr, this.entriesOf(expr.result));
    return cost;
  }
}

/** The estimated cost of a checked tree. `sizeOfPath` tells what is known of the data. */
export function estimateCost(expr: Expr, sizeOfPath: SizeOfPath): Estimate {
  return new Coster(sizeOfPath).cost(expr);
}
