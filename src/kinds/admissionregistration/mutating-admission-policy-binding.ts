// MutatingAdmissionPolicyBinding: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/registry/admissionregistration/mutatingadmissionpolicybinding/strategy.go.
import type { MutatingAdmissionPolicyBinding } from '#types/admissionregistration.k8s.io_v1';
import { defineKind } from '../define-kind.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { subdomainName } from '../validation/names.ts';
import { firstGeneration, raiseGeneration } from '../validation/status-strategy.ts';
import {
  paramRefCell,
  setMatchDefaults,
  validateBinding,
  validateMatchResources,
  validateMutatingOperations,
} from './policy-rules.ts';
import { staticNameWarnings } from './static-names.ts';

function validate({ spec }: MutatingAdmissionPolicyBinding) {
  const errors = new FieldErrors();
  validateBinding(errors, spec);
  validateMatchResources(errors, spec.matchResources, 'spec.matchResources');
  validateMutatingOperations(errors, spec.matchResources, 'spec.matchResources');
  return errors.list;
}

export const mutatingAdmissionPolicyBinding = defineKind<MutatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicyBinding',
  metadataChecks: ['whole'],
  metadataRules: 'plain',
  nameRule: subdomainName,
  setDefaults: ({ spec }) => setMatchDefaults(spec.matchResources),
  prepareForCreate: firstGeneration,
  validateCreate: (binding) => validate(binding),
  warningsOnCreate: staticNameWarnings,
  allowUnconditionalUpdate: false,
  prepareForUpdate: (binding, old) => raiseGeneration(binding, old),
  validateUpdate: (binding) => validate(binding),
  warningsOnUpdate: staticNameWarnings,
  table: {
    columns: [
      nameColumn,
      column(
        'PolicyName',
        'string',
        'PolicyName indicates the policy definition which the policy binding binded to',
      ),
      column(
        'ParamRef',
        'string',
        'ParamRef indicates the param resource which sets the configuration param',
      ),
      ageColumn,
    ],
    row: (binding, context) => ({
      cells: [
        nameOf(binding),
        binding.spec.policyName ?? '',
        paramRefCell(binding.spec.paramRef),
        ageOf(binding, context),
      ],
    }),
  },
});
