// '%s is %d'.format([...]). Upstream: cel-go ext/formatting.go.
import { goQuote } from '../../go-text.ts';
import { compareText } from '../values/equality.ts';
import { shortFloat } from '../values/numbers.ts';
import { durationText, timestampText } from '../values/times.ts';
import {
  Duration,
  EvaluationError,
  isList,
  isMap,
  itemsOf,
  type ListValue,
  type MapValue,
  Timestamp,
  TypeValue,
  typeNameOf,
  Uint,
  type Value,
} from '../values/value.ts';

/** A clause does not fit its argument, or the text is no format. */
export class FormatError extends Error {}

const defaultPrecision = 6;

/** Throws the error of a clause that does not fit a type. */
export function wrongType(clause: string, wanted: string, typeName: string): never {
  throw new FormatError(
    `error during formatting: ${clause} can only be used on ${wanted}, was given ${typeName}`,
  );
}

/** Throws the error of a clause that there is not. */
export function unknownVerb(verb: string): never {
  throw new FormatError(`could not parse formatting clause: unrecognized formatting clause ${goQuote(verb)}`);
}

function wrong(clause: string, wanted: string, value: Value): never {
  return wrongType(clause, wanted, typeNameOf(value));
}

function decimal(value: Value): string {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint) return String(value.value);
  return wrong('decimal clause', 'integers', value);
}

/** A value inside a list or map. */
function nested(value: Value): string {
  if (typeof value === 'string') return goQuote(value);
  if (value instanceof Uint8Array) return `b${goQuote(Buffer.from(value).toString())}`;
  if (typeof value === 'number')
    return Number.isFinite(value) ? value.toFixed(defaultPrecision) : goQuote(float(value));
  if (value instanceof Timestamp) return `timestamp(${goQuote(timestampText(value))})`;
  if (value instanceof Duration) return `duration(${goQuote(durationText(value))})`;
  return text(value);
}

function float(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

function listText(list: ListValue): string {
  return `[${[...itemsOf(list)].map(nested).join(', ')}]`;
}

function mapText(map: MapValue): string {
  const entries = [...map.keys()].map((key) => [nested(key), nested(map.find(key)!)] as const);
  entries.sort(([a], [b]) => compareText(a, b));
  return `{${entries.map(([key, value]) => `${key}:${value}`).join(', ')}}`;
}

function text(value: Value): string {
  if (typeof value === 'string') return value;
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint' || value instanceof Uint) return decimal(value);
  if (typeof value === 'number') return shortFloat(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof Duration) return durationText(value);
  if (value instanceof TypeValue) return value.name;
  if (isList(value)) return listText(value);
  if (isMap(value)) return mapText(value);
  return wrong(
    'string clause',
    'strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
    value,
  );
}

function floating(clause: string, value: Value, print: (value: number) => string): string {
  if (typeof value === 'string' && /^(NaN|-?Infinity)$/.test(value))
    return value.replace('Infinity', '\u221e');
  if (typeof value !== 'number') return wrong(clause, 'doubles', value);
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '\u221e' : '-\u221e';
  return print(value);
}

/** Digits with thousands separators, as the locale en_US has them. */
function fixed(value: number, precision: number): string {
  const [whole, fraction] = value.toFixed(precision).split('.');
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

function scientific(value: number, precision: number): string {
  const [digits, exponent] = value.toExponential(precision).split('e');
  const raised = [...String(Math.abs(Number(exponent))).padStart(2, '0')];
  const superscripts = '\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079';
  const sign = Number(exponent) < 0 ? '\u207b' : '';
  return `${digits}\u00d710${sign}${raised.map((digit) => superscripts[Number(digit)]).join('')}`;
}

function integer(clause: string, wanted: string, value: Value, radix: number): string {
  if (typeof value === 'bigint') return value.toString(radix);
  if (value instanceof Uint) return value.value.toString(radix);
  return wrong(clause, wanted, value);
}

function hex(value: Value): string {
  if (typeof value === 'string') return Buffer.from(value).toString('hex');
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return integer('hex clause', 'integers, byte buffers, and strings', value, 16);
}

function clauseText(verb: string, precision: number, value: Value): string {
  switch (verb) {
    case 's':
      return text(value);
    case 'd':
      return decimal(value);
    case 'f':
      return floating('fixed-point clause', value, (number) => fixed(number, precision));
    case 'e':
      return floating('scientific clause', value, (number) => scientific(number, precision));
    case 'b':
      if (typeof value === 'boolean') return value ? '1' : '0';
      return integer('binary clause', 'integers and bools', value, 2);
    case 'x':
      return hex(value);
    case 'X':
      return hex(value).toUpperCase();
    case 'o':
      return integer('octal clause', 'integers', value, 8);
    default:
      return unknownVerb(verb);
  }
}

/** Fills in a template; `clause` gives the text of each part, by its verb, its precision and its number. */
export function fillTemplate(
  template: string,
  count: number,
  clause: (verb: string, precision: number, at: number) => string,
): string {
  let result = '';
  let used = 0;
  for (let i = 0; i < template.length; i++) {
    if (template[i] !== '%') {
      result += template[i];
      continue;
    }
    if (i + 1 >= template.length) throw new FormatError('unexpected end of string');
    if (template[i + 1] === '%') {
      result += '%';
      i++;
      continue;
    }
    if (used >= count) throw new FormatError(`index ${used} out of range`);
    const found = /^(?:\.([0-9]+))?(.?)/su.exec(template.slice(i + 1))!;
    if (found[2] === '') throw new FormatError('could not find end of precision specifier');
    const precision = found[1] === undefined ? defaultPrecision : Number(found[1]);
    result += clause(found[2]!, precision, used++);
    i += found[0].length;
  }
  return result;
}

export const stringFormatFunctions = {
  string_format: (template: string, args: ListValue): Value => {
    try {
      return fillTemplate(template, args.size, (verb, precision, at) =>
        clauseText(verb, precision, args.get(at)),
      );
    } catch (error) {
      if (error instanceof FormatError) return new EvaluationError(error.message);
      throw error;
    }
  },
};
