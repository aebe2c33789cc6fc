// Cases of quantities and selectors.
import { parseFieldSelector } from '../../../src/api/field-selector.ts';
import {
  formatLabelSelector,
  type LabelSelector,
  type LabelSelectorObject,
  SelectorError,
  selectorOfObject,
} from '../../../src/api/label-selector.ts';
import { parseLabelSelector } from '../../../src/api/label-selector-text.ts';
import type { Json, JsonObject } from '../../../src/api/object.ts';
import { parseQuantity, QuantityError } from '../../../src/api/quantity.ts';
import type { Case } from '../compare-cases.ts';
import type { Dice } from '../managed-fields/random-objects.ts';
import { answered } from './answered.ts';

const suffixes = ['', '', 'n', 'u', 'm', 'k', 'M', 'G', 'T', 'P', 'E', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const oddSuffixes = [
  'e3',
  'E3',
  'e-3',
  'E+2',
  'e',
  'e30',
  'e-20',
  'K',
  'mi',
  'B',
  ' ',
  'Kii',
  'e3Ki',
  'e1.5',
  'é',
];

function digits(dice: Dice, most: number): string {
  let text = '';
  for (let i = dice.below(most + 1); i > 0; i--) text += dice.pick('00123456789'.split(''));
  return text;
}

function quantityText(dice: Dice): string {
  const long = dice.chance(0.15) ? 25 : 5;
  const sign = dice.pick(['', '', '', '', '-', '+']);
  const fraction = dice.chance(0.4) ? `.${digits(dice, long)}` : '';
  const suffix = dice.pick(dice.chance(0.25) ? oddSuffixes : suffixes);
  const text = `${sign}${digits(dice, long)}${fraction}${suffix}`;
  if (!dice.chance(0.04)) return text;
  const at = dice.below(text.length + 1);
  return text.slice(0, at) + dice.pick(['.', '-', ' ', 'x', '_', '1']) + text.slice(at);
}

function isQuantityError(error: unknown): error is QuantityError {
  return error instanceof QuantityError;
}

const most = parseQuantity(String(2 ** 40));

/** Quantities: parsed, printed, compared, added. */
export function quantityCase(dice: Dice): Case {
  const text = quantityText(dice);
  const other = dice.chance(0.7) ? quantityText(dice) : text;
  const ours = answered(() => {
    const first = parseQuantity(text);
    const second = parseQuantity(other);
    return {
      text: first.toString(),
      format: first.format,
      compared: first.compare(second),
      ...(first.sign() >= 0 && first.compare(most) <= 0
        ? { value: String(first.value()), milli: String(first.milliValue()) }
        : {}),
      sum: first.add(second).toString(),
    };
  }, isQuantityError);
  return { question: { op: 'quantity', text, other }, ours };
}

const keys = ['a', 'b', 'app', 'x.y/z', 'in', 'notin', 'exists'];
const oddKeys = [
  'A_b',
  '-a',
  'a/b/c',
  '/a',
  'a/',
  'é',
  'a b',
  'x'.repeat(64),
  'ex ample.com/a',
  '!',
  '',
  'a.b',
];
const values = ['a', 'b', '1', '22', '', 'v1.2', 'in', 'notin'];
const oddValues = ['-', 'a b', 'é', 'x'.repeat(64), '_a', 'a=', '(', '999999999999999999999', '-3', '0x1'];

function key(dice: Dice): string {
  return dice.pick(dice.chance(0.06) ? oddKeys : keys);
}

function value(dice: Dice): string {
  return dice.pick(dice.chance(0.06) ? oddValues : values);
}

function space(dice: Dice): string {
  return dice.pick(['', '', '', ' ', '  ', '\t']);
}

function labelTerm(dice: Dice): string {
  const sp = (): string => space(dice);
  const list = (): string => Array.from({ length: dice.below(4) }, () => sp() + value(dice) + sp()).join(',');
  const operator = dice.pick(['=', '==', '!=', '=', '>', '<', '===', '=!', '>=']);
  switch (dice.below(6)) {
    case 0:
      return sp() + key(dice) + sp();
    case 1:
      return `${sp()}!${sp()}${key(dice)}`;
    case 2:
      return `${key(dice)} ${dice.pick(['in', 'notin'])} ${sp()}(${list()})${sp()}`;
    case 3:
      return `${key(dice)} ${dice.pick(['in', 'notin', 'IN', '>', '!'])}${sp()}${dice.pick(['(', '((', ''])}${list()}${dice.pick([')', ')', ''])}`;
    default:
      return key(dice) + sp() + operator + sp() + value(dice);
  }
}

function sets(dice: Dice, names: readonly string[], words: readonly string[]): JsonObject[] {
  return Array.from({ length: 4 }, () => {
    const set: JsonObject = {};
    for (let i = dice.below(5); i > 0; i--) set[dice.pick(names)] = dice.pick(words);
    return set;
  });
}

function isSelectorError(error: unknown): error is SelectorError {
  return error instanceof SelectorError;
}

function matches(selector: LabelSelector, found: readonly JsonObject[]): Json[] {
  return found.map((set) => selector.matches(set as Record<string, string>));
}

/** Label selectors in queries. */
export function labelTextCase(dice: Dice): Case {
  const terms = Array.from({ length: dice.below(4) }, () => labelTerm(dice));
  const text = terms.join(dice.chance(0.05) ? dice.pick([',,', ';', ' ', ', ']) : ',');
  const found = sets(dice, keys, [...values, '3', '-4', '100']);
  const ours = answered(() => {
    const selector = parseLabelSelector(text);
    return { text: selector.toString(), matches: matches(selector, found) };
  }, isSelectorError);
  return { question: { op: 'labels', text, sets: found }, ours };
}

/** Label selectors in objects. */
export function labelObjectCase(dice: Dice): Case {
  const object: JsonObject = {};
  if (dice.chance(0.5)) {
    const labels: JsonObject = {};
    // Of two that are wrong upstream tells of either.
    for (let i = dice.below(3); i > 0; i--) labels[dice.pick(keys)] = dice.pick(values);
    if (dice.chance(0.05)) object['matchLabels'] = { [key(dice)]: value(dice) };
    else object['matchLabels'] = labels;
  }
  if (dice.chance(0.7))
    object['matchExpressions'] = Array.from({ length: dice.below(4) }, () => {
      const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist'];
      const operator = dice.pick(dice.chance(0.05) ? ['in', '', 'Gt'] : operators);
      const isBare = operator === 'Exists' || operator === 'DoesNotExist';
      const wantsValues = dice.chance(0.05) ? isBare : !isBare;
      const expression: JsonObject = { key: key(dice), operator };
      if (wantsValues) expression['values'] = Array.from({ length: 1 + dice.below(3) }, () => value(dice));
      return expression;
    });
  const found = sets(dice, keys, values);
  const text = formatLabelSelector(object as LabelSelectorObject);
  const answer = answered(
    () => ({ matches: matches(selectorOfObject(object as LabelSelectorObject), found) }),
    isSelectorError,
  );
  return { question: { op: 'label object', object, sets: found }, ours: { ...answer, text } };
}

const fields = ['metadata.name', 'spec.nodeName', 'status.phase', 'a'];
const fieldValues = [
  'a',
  'b',
  '',
  'x\\,y',
  'x\\=y',
  'x\\\\',
  'é',
  'Running',
  'a b',
  'x\\',
  '\\x',
  'a\\,',
  '!',
];

/** Field selectors. */
export function fieldTextCase(dice: Dice): Case {
  const term = (): string =>
    `${dice.pick(fields)}${dice.pick(['=', '==', '!=', '=', '!', ''])}${dice.pick(fieldValues)}`;
  const text = Array.from({ length: dice.below(4) }, term).join(dice.pick([',', ',', ',', ',,', ', ']));
  const found = sets(dice, fields, ['a', 'b', '', 'x,y', 'x=y', 'x\\', 'Running']);
  const ours = answered(() => {
    const selector = parseFieldSelector(text);
    return {
      text: selector.toString(),
      matches: found.map((set) => selector.matches((field) => String(set[field] ?? ''))),
    };
  }, isSelectorError);
  return { question: { op: 'fields', text, sets: found }, ours };
}
