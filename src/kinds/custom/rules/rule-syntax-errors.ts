// What is wrong with a rule of a CRD as it is written, before it is compiled.
// Upstream: ValidateCustomResourceDefinitionOpenAPISchema in
// k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go.
import type { JSONSchemaProps, ValidationRule } from '#types/apiextensions.k8s.io_v1';
import type { FieldErrors } from '../../validation/field-errors.ts';
import { unsupportedText } from '../schema/unsupported.ts';
import { resolveFieldPath } from './field-path-syntax.ts';

const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];
const breaks = /[\n\r]/;

function checkMessage({ rule, message = '' }: ValidationRule, path: string, errors: FieldErrors): void {
  const shown = message.trim();
  if (rule.trim() === '') errors.required(`${path}.rule`, 'rule is not specified');
  else if (message !== '' && shown === '')
    errors.invalid(`${path}.message`, message, 'must be non-empty if specified');
  else if (breaks.test(shown)) errors.invalid(`${path}.message`, message, 'must not contain line breaks');
  else if (breaks.test(rule.trim()) && shown === '')
    errors.required(`${path}.message`, 'message must be specified if rule contains line breaks');
}

function checkFieldPath(fieldPath: string, schema: JSONSchemaProps, path: string, errors: FieldErrors): void {
  if (fieldPath === '') return;
  const at = `${path}.fieldPath`;
  if (fieldPath.trim() === '') errors.invalid(at, fieldPath, 'must be non-empty if specified');
  if (breaks.test(fieldPath)) errors.invalid(at, fieldPath, 'must not contain line breaks');
  if (unsupportedText(schema) === undefined && resolveFieldPath(fieldPath, schema) === undefined)
    errors.invalid(at, fieldPath, 'must be a valid path');
}

/** Checks the rules of one schema node. `path` is that of the schema. */
export function checkRuleSyntax(schema: JSONSchemaProps, path: string, errors: FieldErrors): void {
  schema['x-kubernetes-validations']?.forEach((rule, i) => {
    const at = `${path}.x-kubernetes-validations[${i}]`;
    const { messageExpression = '', reason, fieldPath = '' } = rule;
    checkMessage(rule, at, errors);
    if (messageExpression !== '' && messageExpression.trim() === '')
      errors.required(`${at}.messageExpression`, 'messageExpression must be non-empty if specified');
    if (reason !== undefined && !reasons.includes(reason))
      errors.notSupported(`${at}.reason`, reason, reasons);
    checkFieldPath(fieldPath, schema, at, errors);
  });
}
