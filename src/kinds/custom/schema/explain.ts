// What is wrong with a value that check.ts refused: every fault, in upstream's words. Of alternatives that all fail those
// faults are shown whose alternative came closest, counted as upstream counts.
// Upstream: k8s.io/kube-openapi/pkg/validation/validate/{schema,type,schema_props,validator,object_validator,slice_validator,
// values,formats}.go, k8s.io/apiextensions-apiserver/pkg/apiserver/validation/ratcheting.go.

import { goPrintFloat, goQuote } from '../../../api/go-text.ts';
import { nearestDouble } from '../../../api/long-integers.ts';
import { bound, characters, hasRepeats, numberType } from './check.ts';
import type { Correlation } from './correlation.ts';
import { fitsRange, isListed, isNearInteger, multipleFault, truncate } from './numbers.ts';
import { isInt64, numberText, valueText } from './print-value.ts';
import type { SchemaNode } from './schema-node.ts';

/** A fault before it becomes a FieldError: see field-errors.ts beside. */
export interface Fault {
  /** 'plain' faults name no field. */
  readonly kind: 'type' | 'required' | 'enum' | 'tooLong' | 'tooMany' | 'other' | 'plain';
  /** Where, with the dot that upstream writes before names at the root. */
  readonly path: string;
  readonly value?: unknown;
  /** The value is a float64 to Go, though it be whole. */
  readonly asFloat?: boolean;
  /** For enum the values that are allowed, for tooLong and tooMany the most that is. */
  readonly allowed?: readonly unknown[] | number;
  readonly message: string;
}

/** Faults, and how many checks were passed on the way. */
class Result {
  readonly faults: Fault[] = [];
  matches = 0;

  /** A fault with the text of another is not told again. */
  add(fault: Fault): void {
    if (!this.faults.some(({ message }) => message === fault.message)) this.faults.push(fault);
  }

  merge(other: Result): void {
    for (const fault of other.faults) this.add(fault);
    this.matches += other.matches;
  }

  get isGood(): boolean {
    return this.faults.length === 0;
  }
}

function typeFault(path: string, expected: string, found: string): Fault {
  const message = `${path} in body must be of type ${expected}: ${goQuote(found)}`;
  return { kind: 'type', path, value: found, message };
}

/** The type of a value, and the format that Go's type stands for. */
function typeOfValue(value: unknown): [type: string, format: string] {
  if (typeof value === 'bigint') return ['integer', 'int64'];
  if (typeof value === 'number') return isInt64(value) ? ['integer', 'int64'] : ['number', 'float64'];
  if (Array.isArray(value)) return ['array', ''];
  return [typeof value, ''];
}

function checkNullType(result: Result, node: SchemaNode, path: string): void {
  if (node.types.length > 0 && !node.nullable) result.add(typeFault(path, node.types.join(','), 'null'));
  else result.matches++;
}

function checkType(result: Result, { types, format }: SchemaNode, value: unknown, path: string): void {
  const [type, ownFormat] = typeOfValue(value);
  const fits =
    types.includes(type) ||
    (type === 'number' && types.includes('integer') && isNearInteger(value as number)) ||
    (type === 'integer' && types.includes('number'));
  const mayHaveFormat = typeof value === 'string' || Array.isArray(value);
  const numeric = types.includes('number') || types.includes('integer');
  if (!mayHaveFormat && format !== '' && !fits && ownFormat !== format)
    result.add(typeFault(path, format, ownFormat));
  else if (!fits && (numeric || format === '' || !mayHaveFormat))
    result.add(typeFault(path, types.join(','), type));
  else result.matches++;
}

function checkString(result: Result, { source, pattern }: SchemaNode, text: string, path: string): void {
  const { minLength, maxLength } = source;
  if (maxLength !== undefined && characters(text) > maxLength) {
    const message = `${path} in body should be at most ${maxLength} chars long`;
    result.add({ kind: 'tooLong', path, allowed: maxLength, message });
  } else if (minLength !== undefined && characters(text) < minLength) {
    const message = `${path} in body should be at least ${minLength} chars long`;
    result.add({ kind: 'other', path, value: text, message });
  } else if (pattern !== undefined && !pattern.matches(text)) {
    const problem = pattern.fault();
    const shown =
      problem === undefined ? pattern.text : `${pattern.text}, but pattern is invalid: ${problem}`;
    result.add({ kind: 'other', path, value: text, message: `${path} in body should match '${shown}'` });
  }
}

function rangeFault(what: string, type: string, format: string, path: string): Fault {
  const named = format === '' ? '(default format)' : `with format ${format}`;
  return { kind: 'plain', path, message: `${what} value must be of type ${type} ${named} in ${path}` };
}

function limitText(limit: number, value: number, fits: boolean): string {
  return fits && isInt64(value) ? numberText(truncate(limit)) : goPrintFloat(limit);
}

function checkMultiple(
  result: Result,
  node: SchemaNode,
  value: number,
  path: string,
  found: number | bigint,
): void {
  const factor = node.source.multipleOf;
  if (factor === undefined) return;
  const [type, format] = numberType(node);
  const fits = fitsRange(factor, type, format);
  if (!fits) result.add(rangeFault('MultipleOf', type, format, path));
  const fault = multipleFault(value, factor, fits && isInt64(value));
  if (fault === undefined) return;
  const shown = limitText(factor, value, fits);
  if (fault === 'multiple')
    result.add({
      kind: 'other',
      path,
      value: found,
      asFloat: !fits,
      message: `${path} in body should be a multiple of ${shown}`,
    });
  else
    result.add({
      kind: 'other',
      path,
      value: fits && isInt64(value) ? truncate(factor) : factor,
      asFloat: !fits || !isInt64(value),
      message: `factor MultipleOf declared for ${path} must be positive: ${shown}`,
    });
}

function checkBound(
  result: Result,
  node: SchemaNode,
  value: number,
  path: string,
  found: number | bigint,
  side: 'Minimum' | 'Maximum',
): void {
  const limit = side === 'Minimum' ? node.source.minimum : node.source.maximum;
  if (limit === undefined) return;
  const exclusive = side === 'Minimum' ? node.source.exclusiveMinimum : node.source.exclusiveMaximum;
  const [type, format] = numberType(node);
  const fits = fitsRange(limit, type, format);
  if (!fits) result.add(rangeFault(`${side} boundary`, type, format, path));
  const compared = bound(limit, value, type, format);
  const outside = side === 'Minimum' ? value < compared : value > compared;
  if (!outside && !(exclusive && value === compared)) return;
  const word = side === 'Minimum' ? 'greater' : 'less';
  const orEqual = exclusive ? '' : ' or equal to';
  const than = exclusive ? `${word} than` : `${word} than${orEqual}`;
  const message = `${path} in body should be ${than} ${limitText(limit, value, fits)}`;
  result.add({ kind: 'other', path, value: found, asFloat: !fits, message });
}

function checkNumber(result: Result, node: SchemaNode, found: number | bigint, path: string): void {
  const value = typeof found === 'bigint' ? nearestDouble(found) : found;
  const [type, format] = numberType(node);
  if (!fitsRange(value, type, format)) result.add(rangeFault('Checked', type, format, path));
  checkMultiple(result, node, value, path, found);
  checkBound(result, node, value, path, found, 'Minimum');
  checkBound(result, node, value, path, found, 'Maximum');
  result.matches++;
}

function checkList(
  result: Result,
  node: SchemaNode,
  list: readonly unknown[],
  path: string,
  correlation: Correlation | undefined,
): void {
  const { minItems, maxItems, uniqueItems } = node.source;
  const { items } = node;
  if (items !== undefined)
    list.forEach((item, i) => {
      result.merge(explainPart(items, item, `${path}[${i}]`, correlation?.element(i)));
    });
  if (minItems !== undefined && list.length < minItems) {
    const message = `${path} in body should have at least ${minItems} items`;
    result.add({ kind: 'other', path, value: list.length, message });
  }
  if (maxItems !== undefined && list.length > maxItems) {
    const message = `${path} in body should have at most ${maxItems} items`;
    result.add({ kind: 'tooMany', path, value: list.length, allowed: maxItems, message });
  }
  if (uniqueItems && hasRepeats(list))
    result.add({ kind: 'other', path, message: `${path} in body shouldn't contain duplicates` });
  result.matches++;
}

function checkSize(result: Result, node: SchemaNode, size: number, path: string): void {
  const { minProperties, maxProperties } = node.source;
  if (minProperties !== undefined && size < minProperties) {
    const message = `${path} in body should have at least ${minProperties} properties`;
    result.add({ kind: 'other', path, value: size, message });
  }
  if (maxProperties !== undefined && size > maxProperties) {
    const message = `${path} in body should have at most ${maxProperties} properties`;
    result.add({ kind: 'tooMany', path, value: size, allowed: maxProperties, message });
  }
}

function checkObject(
  result: Result,
  node: SchemaNode,
  object: Record<string, unknown>,
  path: string,
  correlation: Correlation | undefined,
): void {
  const { properties, additional } = node;
  // apiVersion and kind may change without anybody seeing: both objects were converted to one version.
  const correlated = (name: string): Correlation | undefined =>
    path === '' && (name === 'kind' || name === 'apiVersion') ? undefined : correlation?.member(name);
  checkSize(result, node, Object.keys(object).length, path);
  if (additional !== undefined)
    for (const name in object) {
      if (properties.has(name)) continue;
      const { schema } = additional;
      if (schema !== undefined)
        result.merge(explainPart(schema, object[name], `${path}.${name}`, correlated(name)));
      else if (!additional.allows)
        result.add({
          kind: 'other',
          path,
          value: name,
          message: `${path}.${name} in body is a forbidden property`,
        });
    }
  for (const [name, property] of properties) {
    if (!Object.hasOwn(object, name)) continue;
    const at = path === '' ? name : `${path}.${name}`;
    result.merge(explainPart(property, object[name], at, correlated(name)));
  }
  for (const name of node.required)
    if (!Object.hasOwn(object, name)) {
      const at = `${path}.${name}`;
      result.add({ kind: 'required', path: at, message: `${at} in body is required` });
    }
}

function plain(path: string, message: string): Fault {
  return { kind: 'plain', path, message: `${goQuote(path)} ${message}` };
}

/** The first of the results that passed most checks. */
function closest(results: readonly Result[]): Result | undefined {
  let best: Result | undefined;
  for (const result of results) if (best === undefined || result.matches > best.matches) best = result;
  return best;
}

function checkAnyOf(result: Result, alternatives: readonly SchemaNode[], value: unknown, path: string): void {
  const failed: Result[] = [];
  for (const alternative of alternatives) {
    const found = explainNode(alternative, value, path, undefined);
    if (found.isGood) {
      result.merge(found);
      return;
    }
    failed.push(found);
  }
  if (failed.length === 0) return;
  result.add(plain(path, 'must validate at least one schema (anyOf)'));
  result.merge(closest(failed)!);
}

function checkOneOf(result: Result, alternatives: readonly SchemaNode[], value: unknown, path: string): void {
  if (alternatives.length === 0) return;
  const results = alternatives.map((alternative) => explainNode(alternative, value, path, undefined));
  const good = results.filter((found) => found.isGood);
  if (good.length === 1) {
    result.merge(good[0]!);
    return;
  }
  const found = good.length === 0 ? 'Found none valid' : `Found ${good.length} valid alternatives`;
  result.add(plain(path, `must validate one and only one schema (oneOf). ${found}`));
  // Once one was good, none that failed is told of.
  if (good.length === 0) result.merge(closest(results)!);
}

function checkAllOf(result: Result, all: readonly SchemaNode[], value: unknown, path: string): void {
  const results = all.map((part) => explainNode(part, value, path, undefined));
  for (const found of results) result.merge(found);
  const good = results.filter((found) => found.isGood).length;
  if (good < all.length)
    result.add(plain(path, `must validate all the schemas (allOf)${good === 0 ? '. None validated' : ''}`));
}

function checkLogic(result: Result, node: SchemaNode, value: unknown, path: string): void {
  checkAnyOf(result, node.anyOf, value, path);
  checkOneOf(result, node.oneOf, value, path);
  checkAllOf(result, node.allOf, value, path);
  if (node.not !== undefined && explainNode(node.not, value, path, undefined).isGood)
    result.add(plain(path, 'must not validate the schema (not)'));
  result.matches++;
}

function checkEnum(result: Result, node: SchemaNode, value: unknown, path: string): void {
  if (node.enum.length === 0 || isListed(value, node.enum)) return;
  const message = `${path} in body should be one of ${valueText(node.enum)}`;
  result.add({ kind: 'enum', path, value, allowed: node.enum, message });
}

function explainNode(
  node: SchemaNode,
  value: unknown,
  path: string,
  correlation: Correlation | undefined,
): Result {
  const result = new Result();
  if (value === null) {
    checkNullType(result, node, path);
    checkEnum(result, node, value, path);
    return result;
  }
  if (node.types.length > 0 || node.format !== '') {
    checkType(result, node, value, path);
    result.matches++;
  }
  checkLogic(result, node, value, path);
  result.matches++;
  if (typeof value === 'string') {
    checkString(result, node, value, path);
    result.matches++;
    if (node.formatCheck !== undefined) {
      if (!node.formatCheck(value)) result.add(typeFault(path, node.format, value));
      result.matches++;
    }
  } else if (typeof value === 'number' || typeof value === 'bigint') {
    checkNumber(result, node, value, path);
    result.matches++;
  } else if (Array.isArray(value)) {
    checkList(result, node, value, path, correlation);
    result.matches++;
  }
  checkEnum(result, node, value, path);
  result.matches++;
  if (typeof value === 'object' && !Array.isArray(value)) {
    checkObject(result, node, value as Record<string, unknown>, path, correlation);
    result.matches++;
  }
  result.matches++;
  return result;
}

/** A part whose old self is known and equal keeps its faults to itself. */
function explainPart(
  node: SchemaNode,
  value: unknown,
  path: string,
  correlation: Correlation | undefined,
): Result {
  const result = explainNode(node, value, path, correlation);
  if (result.isGood || correlation?.isEqual !== true) return result;
  const silent = new Result();
  silent.matches = result.matches;
  return silent;
}

/** The faults of a value; with `correlation`, without those of parts that did not change. */
export function explain(node: SchemaNode, value: unknown, correlation?: Correlation): readonly Fault[] {
  return explainPart(node, value, '', correlation).faults;
}
