// Selectors of nodes, in affinities of pods and volumes.
// Upstream: ValidateNodeSelector in k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import type { NodeSelector, NodeSelectorRequirement, NodeSelectorTerm } from '#types/core_v1';
import { ofNamedType } from '../../api/field-error.ts';
import type { FieldErrors } from './field-errors.ts';
import { validateLabelKey } from './labels.ts';
import { dnsSubdomain, labelValue } from './names.ts';

const notAnOperator = 'not a valid selector operator';

function validateRequirement(
  errors: FieldErrors,
  requirement: NodeSelectorRequirement,
  allowInvalidValues: boolean,
  path: string,
): void {
  const values = requirement.values ?? [];
  switch (requirement.operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0)
        errors.required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0)
        errors.forbidden(
          `${path}.values`,
          "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        );
      break;
    case 'Gt':
    case 'Lt':
      if (values.length !== 1)
        errors.required(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'");
      break;
    default:
      errors.invalid(`${path}.operator`, ofNamedType(requirement.operator), notAnOperator);
  }
  validateLabelKey(errors, requirement.key, `${path}.key`);
  if (allowInvalidValues) return;
  values.forEach((value, i) => {
    errors.invalids(`${path}.values[${i}]`, value, labelValue(value));
  });
}

function validateFieldRequirement(
  errors: FieldErrors,
  requirement: NodeSelectorRequirement,
  path: string,
): void {
  const values = requirement.values ?? [];
  if (requirement.operator !== 'In' && requirement.operator !== 'NotIn')
    errors.invalid(`${path}.operator`, ofNamedType(requirement.operator), notAnOperator);
  else if (values.length !== 1)
    errors.required(
      `${path}.values`,
      "must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
    );
  if (requirement.key !== 'metadata.name')
    errors.invalid(`${path}.key`, requirement.key, 'not a valid field selector key');
  else
    values.forEach((value, i) => {
      errors.invalids(`${path}.values[${i}]`, value, dnsSubdomain(value));
    });
}

/** Checks one term. */
export function validateNodeSelectorTerm(
  errors: FieldErrors,
  term: NodeSelectorTerm,
  allowInvalidValues: boolean,
  path: string,
): void {
  term.matchExpressions?.forEach((requirement, i) => {
    validateRequirement(errors, requirement, allowInvalidValues, `${path}.matchExpressions[${i}]`);
  });
  term.matchFields?.forEach((requirement, i) => {
    validateFieldRequirement(errors, requirement, `${path}.matchFields[${i}]`);
  });
}

/** Checks a selector: at least one term. */
export function validateNodeSelector(
  errors: FieldErrors,
  selector: NodeSelector,
  allowInvalidValues: boolean,
  path: string,
): void {
  const terms = selector.nodeSelectorTerms ?? [];
  if (terms.length === 0)
    errors.required(`${path}.nodeSelectorTerms`, 'must have at least one node selector term');
  terms.forEach((term, i) => {
    validateNodeSelectorTerm(errors, term, allowInvalidValues, `${path}.nodeSelectorTerms[${i}]`);
  });
}
