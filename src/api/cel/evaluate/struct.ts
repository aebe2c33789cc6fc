// `Object.spec{replicas: 1, ?paused: x}`. Upstream: evalObj of cel-go interpreter/interpretable.go.
import { EvaluationError, isError, Optional, type Value } from '../values/value.ts';
import type { Run, Step } from './run.ts';

/** Makes a struct of its fields; an error where they do not fit. */
export type MakeStruct = (typeName: string, fields: ReadonlyMap<string, Value>) => Value;

/** A field of a struct literal. */
export interface FieldStep {
  readonly name: string;
  readonly value: Step;
  readonly optional: boolean;
}

const structCost = 40;

/** A struct literal. */
export class StructStep implements Step {
  private readonly typeName: string;
  private readonly fields: readonly FieldStep[];
  private readonly makeStruct: MakeStruct;

  constructor(typeName: string, fields: readonly FieldStep[], makeStruct: MakeStruct) {
    this.typeName = typeName;
    this.fields = fields;
    this.makeStruct = makeStruct;
  }

  evaluate(run: Run): Value {
    const result = this.make(run);
    run.charge(structCost);
    return result;
  }

  private make(run: Run): Value {
    const fields = new Map<string, Value>();
    for (const { name, value: step, optional } of this.fields) {
      const value = step.evaluate(run);
      if (isError(value)) return value;
      if (!optional) fields.set(name, value);
      else if (!(value instanceof Optional))
        return new EvaluationError(
          `cannot initialize optional entry '${name}' from non-optional value ${typeof value === 'object' ? 'null' : String(value)}`,
        );
      else if (value.value !== undefined) fields.set(name, value.value);
      else fields.delete(name);
    }
    return this.makeStruct(this.typeName, fields);
  }
}
