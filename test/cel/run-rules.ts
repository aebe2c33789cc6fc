// Runs the checks of a CRD's schema as far as they concern its rules.
import type { JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import type { FieldError } from '../../src/api/field-error.ts';
import { ruleErrors } from '../../src/kinds/custom/rules/rule-errors.ts';
import { checkRuleSyntax } from '../../src/kinds/custom/rules/rule-syntax-errors.ts';
import { FieldErrors } from '../../src/kinds/validation/field-errors.ts';

function checkSyntax(schema: JSONSchemaProps, path: string, errors: FieldErrors): void {
  const { properties = {}, items, additionalProperties } = schema;
  for (const [name, property] of Object.entries(properties))
    checkSyntax(property, `${path}.properties[${name}]`, errors);
  if (items && !Array.isArray(items)) checkSyntax(items, `${path}.items`, errors);
  if (typeof additionalProperties === 'object')
    checkSyntax(additionalProperties, `${path}.additionalProperties`, errors);
  checkRuleSyntax(schema, path, errors);
}

/** The errors of the rules of a CRD whose versions share this schema. */
export function schemaErrors(schema: JSONSchemaProps): readonly FieldError[] {
  const path = 'spec.validation.openAPIV3Schema';
  const errors = new FieldErrors();
  checkSyntax(schema, path, errors);
  const hasFaults = (of: string): boolean => errors.list.some(({ field }) => field.startsWith(of));
  return [...errors.list, ...ruleErrors(schema, path, { hasFaults })];
}
