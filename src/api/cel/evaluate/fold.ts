// Comprehensions. Upstream: evalFold and folder of cel-go interpreter/interpretable.go.
import { GrowingList, KeyedMap, keyText } from '../values/collections.ts';
import { EvaluationError, isError, isList, isMap, typeNameOf, type Value } from '../values/value.ts';
import type { Run, Step } from './run.ts';

/** The parts of a comprehension, and the slots of its variables. */
export interface FoldParts {
  readonly range: Step;
  readonly condition: Step;
  readonly step: Step;
  readonly result: Step;
  readonly accuSlot: number;
  readonly iterSlot: number;
  readonly iterSlot2: number | undefined;
}

const goNames: Readonly<Record<string, string>> = {
  bool: 'types.Bool',
  int: 'types.Int',
  uint: 'types.Uint',
  double: 'types.Double',
  string: 'types.String',
  bytes: 'types.Bytes',
  null_type: 'types.Null',
  'google.protobuf.Timestamp': 'types.Timestamp',
  'google.protobuf.Duration': 'types.Duration',
  type: '*types.Type',
  optional_type: '*types.Optional',
};

function goName(value: Value): string {
  return goNames[typeNameOf(value)] ?? typeNameOf(value);
}

/** The first value of an accumulator: an empty list or map grows in place. */
export class InitialStep implements Step {
  private readonly init: Step;

  constructor(init: Step) {
    this.init = init;
  }

  evaluate(run: Run): Value {
    const value = this.init.evaluate(run);
    if (isList(value) && value.size === 0) return new GrowingList();
    if (!isMap(value) || value.size !== 0) return value;
    const map = new KeyedMap();
    map.isGrowing = true;
    return map;
  }
}

function finished(value: Value): Value {
  if (value instanceof GrowingList) return value.finish();
  if (value instanceof KeyedMap) value.isGrowing = false;
  return value;
}

/** A planned comprehension. */
export class FoldStep implements Step {
  private readonly parts: FoldParts;

  constructor(parts: FoldParts) {
    this.parts = parts;
  }

  evaluate(run: Run): Value {
    const { range, accuSlot, result } = this.parts;
    const items = range.evaluate(run);
    if (isError(items)) return items;
    if (!isList(items) && !isMap(items)) return this.notIterable(items);
    const before = run.slots[accuSlot];
    run.slots[accuSlot] = undefined;
    this.loop(run, items);
    const value = finished(result.evaluate(run));
    run.slots[accuSlot] = before;
    return value;
  }

  private notIterable(value: Value): EvaluationError {
    const name = goName(value);
    return new EvaluationError(
      this.parts.iterSlot2 === undefined
        ? `got '${name}', expected iterable type`
        : `unsupported comprehension range type: ${name}`,
    );
  }

  private loop(run: Run, items: Value): void {
    const { iterSlot, iterSlot2 } = this.parts;
    if (isList(items)) {
      for (let i = 0; i < items.size; i++) {
        run.slots[iterSlot] = iterSlot2 === undefined ? items.get(i) : BigInt(i);
        if (iterSlot2 !== undefined) run.slots[iterSlot2] = items.get(i);
        if (!this.once(run)) return;
      }
    } else if (isMap(items))
      for (const key of items.keys()) {
        run.slots[iterSlot] = key;
        if (iterSlot2 !== undefined)
          run.slots[iterSlot2] = items.find(key) ?? new EvaluationError(`no such key: ${keyText(key)}`);
        if (!this.once(run)) return;
      }
  }

  private once(run: Run): boolean {
    const { condition, step, accuSlot } = this.parts;
    if (condition.evaluate(run) === false) return false;
    run.slots[accuSlot] = step.evaluate(run);
    return true;
  }
}
