// MutatingAdmissionPolicy: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/registry/admissionregistration/mutatingadmissionpolicy/strategy.go.
import type { MutatingAdmissionPolicy, Mutation } from '#types/admissionregistration.k8s.io_v1';
import { defineKind } from '../define-kind.ts';
import { semanticEqual } from '../semantic-equal.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { subdomainName } from '../validation/names.ts';
import { firstGeneration, raiseGeneration } from '../validation/status-strategy.ts';
import { ExpressionRules } from './expression-rules.ts';
import { validateMatchConditions } from './match-conditions.ts';
import {
  paramKindCell,
  setMatchDefaults,
  validateConstraints,
  validateFailurePolicy,
  validateMutatingOperations,
  validateParamKind,
  validateVariables,
} from './policy-rules.ts';
import { staticNameWarnings } from './static-names.ts';

const reinvocations = ['IfNeeded', 'Never'];
const patchFields = { ApplyConfiguration: 'applyConfiguration', JSONPatch: 'jsonPatch' } as const;

function validateMutation(
  errors: FieldErrors,
  rules: ExpressionRules,
  mutation: Mutation,
  hasParams: boolean,
  path: string,
): void {
  const { patchType } = mutation;
  if (!patchType) {
    errors.required(`${path}.patchType`);
    return;
  }
  if (!Object.hasOwn(patchFields, patchType)) {
    errors.notSupported(`${path}.patchType`, patchType, Object.keys(patchFields));
    return;
  }
  const own = patchFields[patchType as keyof typeof patchFields];
  const other = own === 'jsonPatch' ? 'applyConfiguration' : 'jsonPatch';
  const patch = mutation[own];
  if (!patch) errors.required(`${path}.${own}`, `must be specified when patchType is ${patchType}`);
  else {
    const expression = patch.expression?.trim() ?? '';
    const at = `${path}.${own}.expression`;
    const scope = { hasParams, hasAuthorizer: true, hasPatchTypes: true };
    if (expression === '') errors.required(at);
    else rules.check(at, expression, own === 'jsonPatch' ? 'toPatches' : 'toObject', scope);
  }
  if (mutation[other])
    errors.invalid(`${path}.${other}`, `{${other}}`, `must not be specified when patchType is ${patchType}`);
}

function validate({ spec }: MutatingAdmissionPolicy, old?: MutatingAdmissionPolicy) {
  const errors = new FieldErrors();
  const { mutations = [], reinvocationPolicy: reinvocation } = spec;
  validateFailurePolicy(errors, spec.failurePolicy);
  validateParamKind(errors, spec.paramKind);
  validateConstraints(errors, spec.matchConstraints);
  validateMutatingOperations(errors, spec.matchConstraints, 'spec.matchConstraints');
  const sameConditions =
    old !== undefined &&
    semanticEqual(spec.paramKind, old.spec.paramKind) &&
    semanticEqual(spec.matchConditions, old.spec.matchConditions);
  const hasParams = Boolean(spec.paramKind);
  if (!sameConditions)
    validateMatchConditions(errors, spec.matchConditions, 'spec.matchConditions', hasParams);
  const rules = new ExpressionRules(errors, true);
  validateVariables(errors, spec.variables, rules, hasParams);
  if (mutations.length === 0) errors.required('spec.mutations', 'mutations must contain at least one item');
  mutations.forEach((mutation, i) => {
    validateMutation(errors, rules, mutation, hasParams, `spec.mutations[${i}]`);
  });
  if (!reinvocation) errors.required('spec.reinvocationPolicy');
  else if (!reinvocations.includes(reinvocation))
    errors.notSupported('spec.reinvocationPolicy', reinvocation, reinvocations);
  return errors.list;
}

export const mutatingAdmissionPolicy = defineKind<MutatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicy',
  metadataChecks: ['whole'],
  metadataRules: 'plain',
  nameRule: subdomainName,
  setDefaults({ spec }) {
    spec.failurePolicy ??= 'Fail';
    setMatchDefaults(spec.matchConstraints);
  },
  prepareForCreate: firstGeneration,
  validateCreate: (policy) => validate(policy),
  warningsOnCreate: staticNameWarnings,
  allowUnconditionalUpdate: false,
  prepareForUpdate: (policy, old) => raiseGeneration(policy, old),
  validateUpdate: (policy, old) => validate(policy, old),
  warningsOnUpdate: staticNameWarnings,
  table: {
    columns: [
      nameColumn,
      column(
        'Mutations',
        'integer',
        'Mutation indicates the number of mutations rules defined in this configuration',
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
        policy.spec.mutations?.length ?? 0,
        paramKindCell(policy.spec.paramKind),
        ageOf(policy, context),
      ],
    }),
  },
});
