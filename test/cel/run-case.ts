// Runs one expression, one schema or one object as the recorded answers of upstream have them.
import { compile } from '../../src/api/cel/compile.ts';
import { declaredType, NamedTypes, sizesOf } from '../../src/api/cel/schema/declared-type.ts';
import { type Schema, withTypeAndObjectMeta } from '../../src/api/cel/schema/schema.ts';
import { viewOf } from '../../src/api/cel/schema/view.ts';
import { shortFloat } from '../../src/api/cel/values/numbers.ts';
import { timestampText } from '../../src/api/cel/values/times.ts';
import {
  Duration,
  isList,
  isMap,
  itemsOf,
  Optional,
  Timestamp,
  TypeValue,
  typeNameOf,
  Uint,
  type Value,
} from '../../src/api/cel/values/value.ts';
import { type FieldError, fieldErrorText } from '../../src/api/field-error.ts';
import { goJson } from '../../src/api/go-text.ts';

/** What an expression is run with. */
export interface ExpressionSetting {
  readonly schema?: Schema;
  readonly self?: unknown;
  readonly old?: unknown;
  readonly root?: boolean;
}

/** What upstream, or we, make of an expression: exactly one of issues, program, value and error. */
export interface ExpressionAnswer {
  readonly issues?: string;
  readonly type?: string;
  /** The least and the most estimated cost. */
  readonly min?: number;
  readonly max?: number;
  /** Why no program can be made of it. */
  readonly program?: string;
  readonly value?: string;
  readonly error?: string;
  readonly cost?: number;
}

/** A value in the form in which the oracle prints it. */
export function show(value: Value): string {
  if (value === null || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return `double(${shortFloat(value)})`;
  if (typeof value === 'string') return goJson(value);
  if (value instanceof Uint) return `${value.value}u`;
  if (value instanceof Uint8Array) return `bytes(${Buffer.from(value).toString('hex')})`;
  if (value instanceof Duration) return `duration(${value.nanos})`;
  if (value instanceof Timestamp)
    return `timestamp(${timestampText(new Timestamp(value.seconds, value.nanos))})`;
  if (value instanceof Optional) return `optional(${value.value === undefined ? '' : show(value.value)})`;
  if (value instanceof TypeValue) return `type(${value.name})`;
  if (isList(value)) return `[${[...itemsOf(value)].map(show).join(', ')}]`;
  if (!isMap(value)) return typeNameOf(value);
  const entries = [...value.keys()].map((key) => `${show(key)}: ${show(value.find(key)!)}`);
  return `{${entries.sort().join(', ')}}`;
}

const nothing = { variables: new Map(), hasStruct: () => false, fieldType: () => undefined };

function environmentOf({ schema, self, old, root = false }: ExpressionSetting) {
  if (schema === undefined) return { environment: nothing, bindings: () => undefined };
  const declared = declaredType(schema, root)!;
  const types = new NamedTypes(declared, 'selfType1');
  const at = root ? withTypeAndObjectMeta(schema) : schema;
  const values = new Map<string, Value>();
  if (self !== undefined) values.set('self', viewOf(self, at));
  if (old !== undefined) values.set('oldSelf', viewOf(old, at));
  const environment = {
    variables: new Map([
      ['self', types.type],
      ['oldSelf', types.type],
    ]),
    hasStruct: (name: string) => types.hasStruct(name),
    fieldType: (name: string, field: string) => types.fieldType(name, field),
    sizeOfPath: sizesOf(declared),
  };
  return { environment, bindings: (name: string) => values.get(name) };
}

/** Compiles and evaluates an expression. */
export function runExpression(expr: string, setting: ExpressionSetting): ExpressionAnswer {
  const { environment, bindings } = environmentOf(setting);
  const compiled = compile(expr, environment);
  if (compiled.issues !== undefined) return { issues: compiled.issues };
  if (compiled.program === undefined) return { type: compiled.outputType.text, program: compiled.fault };
  const { program } = compiled;
  const { min, max } = program.estimateCost();
  const outcome = program.evaluate(bindings);
  const head = { type: program.outputType.text, min, max, cost: outcome.cost };
  return outcome.error === undefined
    ? { ...head, value: show(outcome.value) }
    : { ...head, error: outcome.error };
}

/** Errors as the oracle prints them. */
export function errorTexts(errors: readonly FieldError[]): string[] {
  return errors.map((error) => `${error.type} ${fieldErrorText(error)}`).sort();
}
