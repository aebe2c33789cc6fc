// One evaluation: its variables, its cost so far, and the cost past which it is cancelled.
import type { Value } from '../values/value.ts';

/** The evaluation ends here, whatever && and || would make of an error. `message` is cel-go's. */
export class CancelledError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CancelledError';
  }
}

/** Values of variables by name; undefined for those that have none. */
export type Bindings = (name: string) => Value | undefined;

/** The state of one evaluation. */
export class Run {
  readonly bindings: Bindings;
  /** The variables of comprehensions. */
  readonly slots: (Value | undefined)[] = [];
  cost = 0;
  private readonly limit: number;

  constructor(bindings: Bindings, limit: number) {
    this.bindings = bindings;
    this.limit = limit;
  }

  /** Adds to the cost; throws CancelledError. */
  charge(cost: number): void {
    this.cost += cost;
    if (this.cost > this.limit) throw new CancelledError('operation cancelled: actual cost limit exceeded');
  }
}

/** A planned part of an expression. */
export interface Step {
  /** The value; errors are values. Throws CancelledError. */
  evaluate(run: Run): Value;
  /** The value when it is known beforehand. */
  readonly constant?: Value;
}

/** A value that is known beforehand; costs nothing. */
export class ConstantStep implements Step {
  readonly constant: Value;

  constructor(value: Value) {
    this.constant = value;
  }

  evaluate(): Value {
    return this.constant;
  }
}

/** Whether the step is a value known beforehand. */
export function isConstant(step: Step): step is ConstantStep {
  return step instanceof ConstantStep;
}
