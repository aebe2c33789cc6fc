// The selectors that an access review may ask about.
// Upstream: pkg/apis/authorization/validation, pkg/registry/authorization/util/helpers.go in kubernetes/kubernetes (KEP-4601).
import type {
  FieldSelectorAttributes,
  LabelSelectorAttributes,
  ResourceAttributes,
} from '#types/authorization.k8s.io_v1';
import type { FieldSelectorRequirement, LabelSelectorRequirement } from '#types/meta_v1';
import { parseFieldSelector } from '../../api/field-selector.ts';
import { type LabelOperator, newRequirement } from '../../api/label-selector.ts';
import { parseLabelSelector } from '../../api/label-selector-text.ts';
import type { FieldErrors } from '../../kinds/validation/field-errors.ts';
import { validateLabelRequirement, validateValueCount } from '../../kinds/validation/labels.ts';

type Asked = FieldSelectorAttributes | LabelSelectorAttributes;

// newer clients may know of more
const options = { allowUnknownOperator: true };

/** A selector is a text or a list; whether it is just one of the two. */
function checkForm(errors: FieldErrors, { rawSelector, requirements = [] }: Asked, at: string): void {
  if (rawSelector && requirements.length > 0)
    errors.invalid(`${at}.rawSelector`, rawSelector, 'may not specified at the same time as requirements');
  if (!rawSelector && requirements.length === 0)
    errors.required(`${at}.requirements`, `when ${at} is specified, requirements or rawSelector is required`);
}

function checkFieldRequirement(errors: FieldErrors, requirement: FieldSelectorRequirement, at: string): void {
  if (requirement.key === '') errors.required(`${at}.key`, 'must be specified');
  validateValueCount(errors, requirement, at, options);
}

/** Checks both selectors of what a review asks about, at `spec.resourceAttributes`. */
export function checkSelectors(errors: FieldErrors, asked: ResourceAttributes | undefined): void {
  const { fieldSelector, labelSelector } = asked ?? {};
  if (fieldSelector) {
    const at = 'spec.resourceAttributes.fieldSelector';
    checkForm(errors, fieldSelector, at);
    fieldSelector.requirements?.forEach((requirement, i) => {
      checkFieldRequirement(errors, requirement, `${at}.requirements[${i}]`);
    });
  }
  if (labelSelector) {
    const at = 'spec.resourceAttributes.labelSelector';
    checkForm(errors, labelSelector, at);
    labelSelector.requirements?.forEach((requirement, i) => {
      validateLabelRequirement(errors, requirement, `${at}.requirements[${i}]`, options);
    });
  }
}

const labelOperators: Readonly<Record<string, LabelOperator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
};

function throws(parse: () => unknown): boolean {
  try {
    parse();
    return false;
  } catch {
    return true;
  }
}

function isIgnoredLabel({ key, operator, values }: LabelSelectorRequirement): boolean {
  const known = labelOperators[operator];
  return known === undefined || throws(() => newRequirement(key, known, values ?? []));
}

/** Field selectors have no more than one value. */
function isIgnoredField({ operator, values }: FieldSelectorRequirement): boolean {
  return (operator !== 'In' && operator !== 'NotIn') || values?.length !== 1;
}

/** What is said of a selector that an authorizer does not see, or not all of. */
function ignoredText<T>(
  name: string,
  selector: { rawSelector?: string; requirements?: readonly T[] } | undefined,
  parse: (text: string) => unknown,
  isIgnored: (requirement: T) => boolean,
): string[] {
  const { rawSelector, requirements = [] } = selector ?? {};
  const at = `spec.resourceAttributes.${name}`;
  if (requirements.length === 0) {
    const unread = rawSelector !== undefined && rawSelector !== '' && throws(() => parse(rawSelector));
    return unread ? [`${at} ignored due to parse error`] : [];
  }
  const ignored = requirements.filter(isIgnored).length;
  if (ignored === 0) return [];
  return [`${at} ${ignored < requirements.length ? 'partially ' : ''}ignored due to parse error`];
}

/** The `status.evaluationError` that the selectors give; '' when an authorizer could see all of them. */
export function selectorProblems({ fieldSelector, labelSelector }: ResourceAttributes = {}): string {
  return [
    ...ignoredText('fieldSelector', fieldSelector, parseFieldSelector, isIgnoredField),
    ...ignoredText('labelSelector', labelSelector, parseLabelSelector, isIgnoredLabel),
  ].join('; ');
}
