// ValidatingAdmissionPolicy: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/registry/admissionregistration/validatingadmissionpolicy/strategy.go.
import type {
  AuditAnnotation,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyStatus,
  Validation,
} from '#types/admissionregistration.k8s.io_v1';
import { parseJsonPath } from '../custom/json-path/parse.ts';
import { defineKind } from '../define-kind.ts';
import { semanticEqual } from '../semantic-equal.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, nameColumn } from '../table/columns.ts';
import { validateConditions } from '../validation/conditions.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { qualifiedName, subdomainName } from '../validation/names.ts';
import { firstGeneration, keepMetadata, raiseGeneration, takeBack } from '../validation/status-strategy.ts';
import { ExpressionRules } from './expression-rules.ts';
import { validateMatchConditions } from './match-conditions.ts';
import {
  paramKindCell,
  setMatchDefaults,
  validateConstraints,
  validateFailurePolicy,
  validateParamKind,
  validateVariables,
} from './policy-rules.ts';
import { staticNameWarnings } from './static-names.ts';

const reasons = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];
const mostAnnotations = 20;
const longestValue = 5 * 1024;

function validateValidation(
  errors: FieldErrors,
  rules: ExpressionRules,
  validation: Validation,
  hasParams: boolean,
  path: string,
): void {
  const { expression, message = '', messageExpression = '', reason } = validation;
  const notEmpty = 'must be non-empty if specified';
  if (expression.trim() === '') errors.required(`${path}.expression`, 'expression is not specified');
  else rules.check(`${path}.expression`, expression, 'toBool', { hasParams, hasAuthorizer: true });
  if (messageExpression !== '' && messageExpression.trim() === '')
    errors.invalid(`${path}.messageExpression`, messageExpression, notEmpty);
  else if (messageExpression !== '')
    rules.check(`${path}.messageExpression`, messageExpression, 'toText', {
      hasParams,
      hasAuthorizer: false,
    });
  if (message !== '' && message.trim() === '') errors.invalid(`${path}.message`, message, notEmpty);
  else if (/[\n\r]/.test(message.trim()))
    errors.invalid(`${path}.message`, message, 'must not contain line breaks');
  if (reason !== undefined && !reasons.includes(reason))
    errors.notSupported(`${path}.reason`, reason, reasons);
}

function validateAnnotations(
  errors: FieldErrors,
  rules: ExpressionRules,
  name: string,
  hasParams: boolean,
  annotations: readonly AuditAnnotation[],
): void {
  const path = 'spec.auditAnnotations';
  if (annotations.length > mostAnnotations) {
    const shown = annotations.map(({ key, valueExpression }) => ({
      Key: key,
      ValueExpression: valueExpression,
    }));
    errors.invalid(path, shown, `must not have more than ${mostAnnotations} auditAnnotations`);
  }
  const keys = new Set<string>();
  annotations.forEach(({ key, valueExpression }, i) => {
    const at = `${path}[${i}]`;
    const full = `${name}/${key}`;
    if (name === '') errors.invalid(`${at}.key`, key, 'requires metadata.name be non-empty');
    else errors.invalids(`${at}.key`, full, qualifiedName(full));
    const value = valueExpression.trim();
    if (value === '') errors.required(`${at}.valueExpression`, 'valueExpression is not specified');
    else if (Buffer.byteLength(value) > longestValue)
      errors.required(`${at}.valueExpression`, `must not exceed ${longestValue} bytes in length`);
    else
      rules.check(
        `${at}.valueExpression`,
        value,
        'toTextOrNull',
        { hasParams, hasAuthorizer: true },
        valueExpression,
      );
    if (keys.has(key)) errors.duplicate(`${at}.key`, key);
    keys.add(key);
  });
}

function validate(policy: ValidatingAdmissionPolicy, old?: ValidatingAdmissionPolicy) {
  const errors = new FieldErrors();
  const { metadata, spec } = policy;
  const { validations = [], auditAnnotations = [] } = spec;
  validateFailurePolicy(errors, spec.failurePolicy);
  validateParamKind(errors, spec.paramKind);
  validateConstraints(errors, spec.matchConstraints);
  const sameConditions =
    old !== undefined &&
    semanticEqual(spec.paramKind, old.spec.paramKind) &&
    semanticEqual(spec.matchConditions, old.spec.matchConditions);
  const hasParams = Boolean(spec.paramKind);
  if (!sameConditions)
    validateMatchConditions(errors, spec.matchConditions, 'spec.matchConditions', hasParams);
  const rules = new ExpressionRules(errors, (spec.variables?.length ?? 0) > 0);
  validateVariables(errors, spec.variables, rules, hasParams);
  if (validations.length === 0 && auditAnnotations.length === 0)
    for (const field of ['validations', 'auditAnnotations'])
      errors.required(`spec.${field}`, 'validations or auditAnnotations must contain at least one item');
  validations.forEach((validation, i) => {
    validateValidation(errors, rules, validation, hasParams, `spec.validations[${i}]`);
  });
  validateAnnotations(errors, rules, metadata.name ?? '', hasParams, auditAnnotations);
  return errors.list;
}

function validateFieldRef(errors: FieldErrors, fieldRef: string, path: string): void {
  if (fieldRef === '') {
    errors.required(path);
    return;
  }
  try {
    parseJsonPath(`{${fieldRef}}`);
  } catch (error) {
    errors.invalid(path, fieldRef, `invalid JSONPath: ${(error as Error).message}`);
  }
}

function validateStatus({ typeChecking, conditions }: ValidatingAdmissionPolicyStatus) {
  const errors = new FieldErrors();
  typeChecking?.expressionWarnings?.forEach(({ warning, fieldRef }, i) => {
    const path = `status.typeChecking.expressionWarnings[${i}]`;
    if (warning === '') errors.required(`${path}.warning`);
    validateFieldRef(errors, fieldRef.trim(), `${path}.fieldRef`);
  });
  validateConditions(errors, conditions, 'status.conditions');
  return errors.list;
}

export const validatingAdmissionPolicy = defineKind<ValidatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicy',
  metadataChecks: ['whole'],
  metadataRules: 'plain',
  nameRule: subdomainName,
  setDefaults({ spec }) {
    spec.failurePolicy ??= 'Fail';
    setMatchDefaults(spec.matchConstraints);
  },
  prepareForCreate(policy) {
    policy.status = {};
    firstGeneration(policy);
  },
  validateCreate: (policy) => validate(policy),
  warningsOnCreate: staticNameWarnings,
  allowUnconditionalUpdate: false,
  prepareForUpdate(policy, old) {
    takeBack(policy, old, 'status');
    raiseGeneration(policy, old);
  },
  validateUpdate: (policy, old) => validate(policy, old),
  warningsOnUpdate: staticNameWarnings,

  subresources: {
    status: {
      resetFields: [['metadata'], ['spec']],
      metadataChecks: [],
      prepareForUpdate(policy, old) {
        policy.spec = old.spec;
        keepMetadata(policy, old);
      },
      validateUpdate: ({ status }) => validateStatus(status),
    },
  },

  table: {
    columns: [
      nameColumn,
      column(
        'Validations',
        'integer',
        'Validations indicates the number of validation rules defined in this configuration',
      ),
      column(
        'ParamKind',
        'string',
        'ParamKind specifies the kind of resources used to parameterize this policy',
      ),
      ageColumn,
    ],
    row: (policy, context) => ({
      cells: [
        nameOf(policy),
        policy.spec.validations?.length ?? 0,
        paramKindCell(policy.spec.paramKind),
        ageOf(policy, context),
      ],
    }),
  },
});
