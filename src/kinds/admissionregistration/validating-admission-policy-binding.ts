// ValidatingAdmissionPolicyBinding: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/registry/admissionregistration/validatingadmissionpolicybinding/strategy.go.
import type { ValidatingAdmissionPolicyBinding } from '#types/admissionregistration.k8s.io_v1';
import { defineKind } from '../define-kind.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { subdomainName } from '../validation/names.ts';
import { firstGeneration, raiseGeneration } from '../validation/status-strategy.ts';
import { paramRefCell, setMatchDefaults, validateBinding, validateMatchResources } from './policy-rules.ts';
import { staticNameWarnings } from './static-names.ts';

const actions = ['Audit', 'Deny', 'Warn'];

function validateActions(errors: FieldErrors, chosen: readonly string[] = []): void {
  const path = 'spec.validationActions';
  chosen.forEach((action, i) => {
    if (!actions.includes(action)) errors.notSupported(`${path}[${i}]`, action, actions);
    if (chosen.indexOf(action) < i) errors.duplicate(`${path}[${i}]`, action);
  });
  if (chosen.includes('Deny') && chosen.includes('Warn'))
    errors.invalid(
      path,
      chosen,
      'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
    );
  if (chosen.length === 0) errors.required(path, 'at least one validation action is required');
}

function validate({ spec }: ValidatingAdmissionPolicyBinding) {
  const errors = new FieldErrors();
  validateBinding(errors, spec);
  validateMatchResources(errors, spec.matchResources, 'spec.matchResources');
  validateActions(errors, spec.validationActions);
  return errors.list;
}

export const validatingAdmissionPolicyBinding = defineKind<ValidatingAdmissionPolicyBinding>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicyBinding',
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
