// Rules of label maps and label selectors as objects.
// Upstream: k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go.
import type { LabelSelector } from '#types/meta_v1';
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
    const at = `${path}.matchExpressions[${i}]`;
    const values = requirement.values ?? [];
    switch (requirement.operator) {
      case 'In':
      case 'NotIn':
        if (values.length === 0)
          errors.required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
        break;
      case 'Exists':
      case 'DoesNotExist':
        if (values.length > 0) {
          errors.forbidden(
            `${at}.values`,
            "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
          );
        }
        break;
      default:
        if (!options.allowUnknownOperator)
          errors.invalid(`${at}.operator`, requirement.operator, 'not a valid selector operator');
    }
    validateLabelKey(errors, requirement.key, `${at}.key`);
    if (options.allowInvalidValues) return;
    values.forEach((value, j) => {
      errors.invalids(`${at}.values[${j}]`, value, labelValue(value));
    });
  });
}

/** Whether a selector selects nothing in particular: no labels and no expressions. */
export function isEmptySelector(selector: LabelSelector): boolean {
  return (
    Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0
  );
}
