// Label selectors: what they are, how they match and print. Parsing of the query text is in label-selector-text.ts.
// Upstream: k8s.io/apimachinery/pkg/labels/selector.go, pkg/apis/meta/v1/helpers.go.
import { aggregateText, type FieldError, fieldErrorText, invalid, notSupported } from './field-error.ts';
import { FieldPath, path } from './field-path.ts';
import { goQuote } from './go-text.ts';
import { labelKeyProblems, labelValueProblems } from './label-syntax.ts';

/** Operators as upstream names them; `=` and `==` differ only in print. */
export type LabelOperator = 'in' | 'notin' | '=' | '==' | '!=' | 'exists' | '!' | 'gt' | 'lt';

/** One condition on one key. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  readonly values: readonly string[];
}

/** Labels of an object; absent is the same as empty. */
export type Labels = Readonly<Record<string, string>> | undefined;

/** The selector is not valid; `message` is what upstream says. */
export class SelectorError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SelectorError';
  }
}

/** meta/v1 LabelSelector. */
export interface LabelSelectorObject {
  matchLabels?: Record<string, string> | null;
  matchExpressions?: { key: string; operator: string; values?: string[] | null }[] | null;
}

const binaryOperators = ['in', 'notin', '=', '==', '!=', 'gt', 'lt'];
const allOperators = [...binaryOperators, 'exists', '!'];
const int64Pattern = /^[+-]?[0-9]+$/;

/** Go's strconv.ParseInt(text, 10, 64). */
function parseInt64(text: string): bigint | undefined {
  if (!int64Pattern.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ''));
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

function valueCountError(
  operator: LabelOperator,
  values: readonly string[],
  shown: readonly string[] | null,
): FieldError | undefined {
  const field = path('values');
  switch (operator) {
    case 'in':
    case 'notin':
      return values.length === 0
        ? invalid(field, shown, "for 'in', 'notin' operators, values set can't be empty")
        : undefined;
    case '=':
    case '==':
    case '!=':
      return values.length !== 1
        ? invalid(field, shown, 'exact-match compatibility requires one single value')
        : undefined;
    case 'exists':
    case '!':
      return values.length !== 0
        ? invalid(field, shown, 'values set must be empty for exists and does not exist')
        : undefined;
    case 'gt':
    case 'lt':
      return values.length !== 1
        ? invalid(field, shown, "for 'Gt', 'Lt' operators, exactly one value is required")
        : undefined;
    default:
      return notSupported(path('operator'), operator, allOperators);
  }
}

/** Checks a requirement; throws SelectorError with all its faults. `shown`: the values as an error about them all prints them. */
export function newRequirement(
  key: string,
  operator: LabelOperator,
  values: readonly string[],
  shown: readonly string[] | null = values,
): LabelRequirement {
  const errors: FieldError[] = [];
  const keyProblems = labelKeyProblems(key);
  if (keyProblems.length > 0) errors.push(invalid(path('key'), key, keyProblems.join('; ')));
  const countError = valueCountError(operator, values, shown);
  if (countError) errors.push(countError);
  const field = path('values');
  if (operator === 'gt' || operator === 'lt') {
    for (const [i, value] of values.entries()) {
      if (parseInt64(value) === undefined)
        errors.push(invalid(field.index(i), value, "for 'Gt', 'Lt' operators, the value must be an integer"));
    }
  }
  for (const [i, value] of values.entries()) {
    const problems = labelValueProblems(value);
    if (problems.length > 0) errors.push(invalid(field.index(i).key(key), value, problems.join('; ')));
  }
  if (errors.length > 0) throw new SelectorError(aggregateText(errors.map(fieldErrorText)));
  return { key, operator, values };
}

function lookup(labels: Labels, key: string): string | undefined {
  return labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function compareNumbers(value: string | undefined, requirement: LabelRequirement): boolean {
  const left = value === undefined ? undefined : parseInt64(value);
  const right = parseInt64(requirement.values[0] ?? '');
  if (left === undefined || right === undefined) return false;
  return requirement.operator === 'gt' ? left > right : left < right;
}

/** Whether the labels meet one requirement. */
export function requirementMatches(requirement: LabelRequirement, labels: Labels): boolean {
  const value = lookup(labels, requirement.key);
  switch (requirement.operator) {
    case 'in':
    case '=':
    case '==':
      return value !== undefined && requirement.values.includes(value);
    case 'notin':
    case '!=':
      return value === undefined || !requirement.values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    default:
      return compareNumbers(value, requirement);
  }
}

function byKey(a: LabelRequirement, b: LabelRequirement): number {
  if (a.key === b.key) return 0;
  return a.key < b.key ? -1 : 1;
}

function requirementText(requirement: LabelRequirement): string {
  const { key, operator } = requirement;
  const values = [...requirement.values].sort().join(',');
  switch (operator) {
    case 'exists':
      return key;
    case '!':
      return `!${key}`;
    case 'in':
    case 'notin':
      return `${key} ${operator} (${values})`;
    case 'gt':
      return `${key}>${values}`;
    case 'lt':
      return `${key}<${values}`;
    default:
      return `${key}${operator}${values}`;
  }
}

/** All requirements must hold. No requirements select everything; `nothing` selects nothing. */
export class LabelSelector {
  /** Sorted by key. */
  readonly requirements: readonly LabelRequirement[];
  readonly nothing: boolean;

  constructor(requirements: readonly LabelRequirement[], nothing = false) {
    this.requirements = [...requirements].sort(byKey);
    this.nothing = nothing;
  }

  matches(labels: Labels): boolean {
    if (this.nothing) return false;
    for (const requirement of this.requirements) {
      if (!requirementMatches(requirement, labels)) return false;
    }
    return true;
  }

  /** Whether it selects everything. */
  isEmpty(): boolean {
    return !this.nothing && this.requirements.length === 0;
  }

  /** The only value that `key` may have, if the selector asks for one. */
  exactMatch(key: string): string | undefined {
    const found = this.requirements.find((requirement) => requirement.key === key);
    if (found === undefined || found.values.length !== 1) return undefined;
    return ['=', '==', 'in'].includes(found.operator) ? found.values[0] : undefined;
  }

  /** The query text: `a=b,c in (d,e),!f`. */
  toString(): string {
    return this.requirements.map(requirementText).join(',');
  }
}

export const everyLabel: LabelSelector = new LabelSelector([]);
export const noLabel: LabelSelector = new LabelSelector([], true);

/** Matches objects that carry all these labels; nothing is checked. */
export function selectorOfLabels(labels: Labels): LabelSelector {
  const pairs = Object.entries(labels ?? {});
  return new LabelSelector(pairs.map(([key, value]) => ({ key, operator: '=', values: [value] })));
}

const objectOperators: Record<string, LabelOperator> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
};

/** A LabelSelector object as a selector: absent selects nothing, empty everything. Throws SelectorError. */
export function selectorOfObject(object: LabelSelectorObject | null | undefined): LabelSelector {
  if (object === null || object === undefined) return noLabel;
  const requirements: LabelRequirement[] = [];
  for (const [key, value] of Object.entries(object.matchLabels ?? {}))
    requirements.push(newRequirement(key, '=', [value]));
  for (const expression of object.matchExpressions ?? []) {
    const operator = Object.hasOwn(objectOperators, expression.operator)
      ? objectOperators[expression.operator]!
      : undefined;
    if (operator === undefined)
      throw new SelectorError(`${goQuote(expression.operator)} is not a valid label selector operator`);
    const values = expression.values ?? [];
    requirements.push(newRequirement(expression.key, operator, values, values.length === 0 ? null : values));
  }
  return new LabelSelector(requirements);
}

/** A LabelSelector object as kubectl prints it: `<none>` when empty, `<error>` when not valid. */
export function formatLabelSelector(object: LabelSelectorObject | null | undefined): string {
  try {
    return selectorOfObject(object).toString() || '<none>';
  } catch (error) {
    if (error instanceof SelectorError) return '<error>';
    throw error;
  }
}

/** The error of a key in a selector's text: upstream passes no path there. */
export function requireLabelKey(key: string): void {
  const problems = labelKeyProblems(key);
  if (problems.length > 0)
    throw new SelectorError(fieldErrorText(invalid(FieldPath.none, key, problems.join('; '))));
}
