// The quick answer: whether a value is good. One closure is made for each schema when it is first asked; what is wrong with
// a bad value explain.ts finds out, by the same rules.
import { nearestDouble } from '../../../api/long-integers.ts';
import { isSupportedFormat } from './formats.ts';
import { deepEqual, fitsRange, isListed, isNearInteger, multipleFault, truncate } from './numbers.ts';
import { isInt64 } from './print-value.ts';
import type { SchemaNode } from './schema-node.ts';

/** Whether a value is good. */
export type Check = (value: unknown) => boolean;

type KindCheck<T> = (value: T) => boolean;

/** The length of a text in characters. */
export function characters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function stringChecks({ source, pattern, formatCheck }: SchemaNode): KindCheck<string>[] {
  const { minLength, maxLength } = source;
  const checks: KindCheck<string>[] = [];
  if (maxLength !== undefined)
    checks.push((text) => text.length <= maxLength || characters(text) <= maxLength);
  if (minLength !== undefined && minLength > 0)
    checks.push(
      (text) => text.length >= minLength && (text.length >= 2 * minLength || characters(text) >= minLength),
    );
  if (pattern !== undefined) checks.push((text) => pattern.matches(text));
  if (formatCheck !== undefined) checks.push(formatCheck);
  return checks;
}

/** The bounds that a number is compared with, integers with integers. */
export function bound(limit: number, value: number, type: string, format: string): number {
  return fitsRange(limit, type, format) && isInt64(value) ? truncate(limit) : limit;
}

/** The type and format by which the range of numbers is checked. */
export function numberType({ types, format }: SchemaNode): [type: string, format: string] {
  const type = types.length === 1 && (types[0] === 'integer' || types[0] === 'number') ? types[0] : '';
  return [type, type !== '' && isSupportedFormat(type, format) ? format : ''];
}

function numberChecks(node: SchemaNode): KindCheck<number>[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = node.source;
  const [type, format] = numberType(node);
  const checks: KindCheck<number>[] = [];
  if (type === 'integer' || format === 'float') checks.push((value) => fitsRange(value, type, format));
  const limits = [minimum, maximum, multipleOf].filter((limit) => limit !== undefined);
  if (limits.some((limit) => !fitsRange(limit, type, format))) checks.push(() => false);
  if (minimum !== undefined)
    checks.push((value) => {
      const limit = bound(minimum, value, type, format);
      return exclusiveMinimum ? value > limit : value >= limit;
    });
  if (maximum !== undefined)
    checks.push((value) => {
      const limit = bound(maximum, value, type, format);
      return exclusiveMaximum ? value < limit : value <= limit;
    });
  if (multipleOf !== undefined)
    checks.push((value) => multipleFault(value, multipleOf, isInt64(value)) === undefined);
  return checks;
}

/** Whether two elements of a list are equal. */
export function hasRepeats(list: readonly unknown[]): boolean {
  for (let i = 1; i < list.length; i++)
    for (let j = 0; j < i; j++) if (deepEqual(list[i], list[j])) return true;
  return false;
}

function listChecks({ source, items }: SchemaNode): KindCheck<readonly unknown[]>[] {
  const { minItems, maxItems, uniqueItems } = source;
  const checks: KindCheck<readonly unknown[]>[] = [];
  if (minItems !== undefined) checks.push((list) => list.length >= minItems);
  if (maxItems !== undefined) checks.push((list) => list.length <= maxItems);
  if (items !== undefined) {
    const check = checkOf(items);
    if (check !== anything)
      checks.push((list) => {
        for (let i = 0; i < list.length; i++) if (!check(list[i])) return false;
        return true;
      });
  }
  if (uniqueItems) checks.push((list) => !hasRepeats(list));
  return checks;
}

function membersCheck({
  properties,
  additional,
}: SchemaNode): KindCheck<Record<string, unknown>> | undefined {
  const checks = new Map([...properties].map(([name, property]) => [name, checkOf(property)]));
  const others = additional?.schema && checkOf(additional.schema);
  const closed = additional?.allows === false;
  if (
    !closed &&
    (others ?? anything) === anything &&
    [...checks.values()].every((check) => check === anything)
  )
    return undefined;
  return (object) => {
    for (const name in object) {
      const check = checks.get(name) ?? others;
      if (check === undefined) {
        if (closed) return false;
      } else if (!check(object[name])) return false;
    }
    return true;
  };
}

function objectChecks(node: SchemaNode): KindCheck<Record<string, unknown>>[] {
  const { minProperties, maxProperties } = node.source;
  const { required } = node;
  const checks: KindCheck<Record<string, unknown>>[] = [];
  if (required.length > 0)
    checks.push((object) => {
      for (const name of required) if (!Object.hasOwn(object, name)) return false;
      return true;
    });
  if (minProperties !== undefined) checks.push((object) => Object.keys(object).length >= minProperties);
  if (maxProperties !== undefined) checks.push((object) => Object.keys(object).length <= maxProperties);
  const members = membersCheck(node);
  if (members !== undefined) checks.push(members);
  return checks;
}

function logicChecks({ allOf, anyOf, oneOf, not }: SchemaNode): Check[] {
  const checks: Check[] = allOf.map(checkOf).filter((check) => check !== anything);
  if (anyOf.length > 0) {
    const any = anyOf.map(checkOf);
    checks.push((value) => any.some((check) => check(value)));
  }
  if (oneOf.length > 0) {
    const one = oneOf.map(checkOf);
    checks.push((value) => {
      let good = 0;
      for (const check of one) if (check(value) && ++good > 1) return false;
      return good === 1;
    });
  }
  if (not !== undefined) {
    const check = checkOf(not);
    checks.push((value) => !check(value));
  }
  return checks;
}

/** Whether values that are no strings or lists are of the declared type, or may be. */
function typeTest({ types, format }: SchemaNode, type: string): boolean {
  if (types.length === 0) return format === '';
  return types.includes(type);
}

function numberTest(node: SchemaNode): KindCheck<number> | undefined {
  const { types } = node;
  if (types.includes('number')) return undefined;
  if (types.includes('integer')) return (value) => isInt64(value) || isNearInteger(value);
  const { format } = node;
  if (types.length === 0) return format === '' ? undefined : () => false;
  return () => false;
}

/** Strings and lists pass any type that says no number once there is a format. */
function formatPasses({ types, format }: SchemaNode): boolean {
  return format !== '' && !types.includes('number') && !types.includes('integer');
}

/** The check of everything. */
export const anything: Check = () => true;

function all<T>(checks: readonly KindCheck<T>[], allowed: boolean): KindCheck<T> {
  if (!allowed) return () => false;
  if (checks.length === 0) return () => true;
  if (checks.length === 1) return checks[0]!;
  return (value) => {
    for (const check of checks) if (!check(value)) return false;
    return true;
  };
}

function compile(node: SchemaNode): Check {
  const logic = logicChecks(node);
  const strings = stringChecks(node);
  const inexact = numberTest(node);
  const numbers = inexact === undefined ? numberChecks(node) : [inexact, ...numberChecks(node)];
  const lists = listChecks(node);
  const objects = objectChecks(node);
  const { types } = node;
  if (node.enum.length > 0) logic.push((value) => isListed(value, node.enum));
  const untyped = types.length === 0 && node.format === '';
  const plain = [logic, strings, numbers, lists, objects].every((checks) => checks.length === 0);
  if (untyped && plain) return anything;
  const nullGood = (types.length === 0 || node.nullable) && node.enum.length === 0;
  const passes = formatPasses(node);
  const onString = all(strings, untyped || passes || types.includes('string'));
  const onNumber = all(numbers, true);
  const onList = all(lists, untyped || passes || types.includes('array'));
  const onObject = all(objects, typeTest(node, 'object'));
  const boolGood = typeTest(node, 'boolean');
  const byKind: Check = (value) => {
    switch (typeof value) {
      case 'string':
        return onString(value);
      case 'number':
        return onNumber(value);
      case 'bigint':
        return onNumber(nearestDouble(value));
      case 'boolean':
        return boolGood;
      default:
        return Array.isArray(value) ? onList(value) : onObject(value as Record<string, unknown>);
    }
  };
  if (logic.length === 0) return (value) => (value === null ? nullGood : byKind(value));
  return (value) => {
    if (value === null) return nullGood;
    if (!byKind(value)) return false;
    for (const check of logic) if (!check(value)) return false;
    return true;
  };
}

const compiled = new WeakMap<SchemaNode, Check>();

/** The check of a schema. */
export function checkOf(node: SchemaNode): Check {
  let check = compiled.get(node);
  if (check === undefined) {
    check = compile(node);
    compiled.set(node, check);
  }
  return check;
}
