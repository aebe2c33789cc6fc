// Rules of label maps and label selectors as objects.
// Upstream: k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go.
import type { LabelSelector, LabelSelectorRequirement } from '#types/meta_v1';
import { ofNamedType } from '../../api/field-error.ts';
import type { FieldErrors } from './field-errors.ts';
import { labelValue, qualifiedName } from './names.ts';

/** Checks one label key. */
export function validateLabelKey(errors: FieldErrors, key: string, path: string): void {
  errors.invalids(path, key, qualifiedName(key));
}

/** Checks keys and values of a label map; both are reported at the map's own path. */
export function validateLabels(
  errors: FieldErrors,
  labels: Readonly<Record<string, string>> | null | undefined,
  path: string,
): void {
  for (const key in labels) {
    validateLabelKey(errors, key, path);
    const value = labels[key]!;
    errors.invalids(path, value, labelValue(value));
  }
}

/** Whether an old object already holds a selector value that today's rules refuse; such objects may keep it. */
export function hasInvalidSelectorValue(selector: LabelSelector | undefined): boolean {
  return (selector?.matchExpressions ?? []).some((requirement) =>
    (requirement.values ?? []).some((value) => labelValue(value).length > 0),
  );
}

/** What a selector may hold because its older version held it. */
export interface LabelSelectorOptions {
  allowInvalidValues?: boolean;
  allowUnknownOperator?: boolean;
}

/** Checks the key, the operator and the values of one requirement of a label selector. */
export function validateLabelRequirement(
  errors: FieldErrors,
  requirement: LabelSelectorRequirement,
  path: string,
  options: LabelSelectorOptions = {},
): void {
  const values = requirement.values ?? [];
  validateValueCount(errors, requirement, path, options);
  validateLabelKey(errors, requirement.key, `${path}.key`);
  if (options.allowInvalidValues) return;
  values.forEach((value, j) => {
    errors.invalids(`${path}.values[${j}]`, value, labelValue(value));
  });
}

/** Checks that the operator of a selector's requirement is one, and has as many values as it takes. */
export function validateValueCount(
  errors: FieldErrors,
  { operator, values }: Pick<LabelSelectorRequirement, 'operator' | 'values'>,
  path: string,
  options: Pick<LabelSelectorOptions, 'allowUnknownOperator'> = {},
): void {
  const count = values?.length ?? 0;
  const takesValues = operator === 'In' || operator === 'NotIn';
  const takesNone = operator === 'Exists' || operator === 'DoesNotExist';
  if (takesValues && count === 0)
    errors.required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
  if (takesNone && count > 0)
    errors.forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
  if (!takesValues && !takesNone && !options.allowUnknownOperator)
    errors.invalid(`${path}.operator`, ofNamedType(operator), 'not a valid selector operator');
}

/** Checks a label selector. */
export function validateLabelSelector(
  errors: FieldErrors,
  selector: LabelSelector | null | undefined,
  path: string,
  options: LabelSelectorOptions = {},
): void {
  if (!selector) return;
  validateLabels(errors, selector.matchLabels, `${path}.matchLabels`);
  selector.matchExpressions?.forEach((requirement, i) => {
    validateLabelRequirement(errors, requirement, `${path}.matchExpressions[${i}]`, options);
  });
}

/** Whether a selector selects nothing in particular: no labels and no expressions. */
export function isEmptySelector(selector: LabelSelector): boolean {
  return (
    Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0
  );
}
