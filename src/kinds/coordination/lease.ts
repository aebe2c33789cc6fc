// Lease: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/apis/coordination/validation/validation.go.
import type { Lease } from '#types/coordination.k8s.io_v1';
import { defineKind } from '../define-kind.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, doc, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { qualifiedName, subdomainName } from '../validation/names.ts';

const strategies = ['OldestEmulationVersion'];

function validate({ spec }: Lease) {
  const errors = new FieldErrors();
  const { leaseDurationSeconds, leaseTransitions, strategy, preferredHolder } = spec ?? {};
  if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0)
    errors.invalid('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0');
  if (leaseTransitions !== undefined && leaseTransitions < 0)
    errors.invalid('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0');
  if (strategy !== undefined) {
    // Upstream names the field twice.
    const path = 'spec.strategy.strategy';
    if (strategy.includes('/')) errors.invalids(path, strategy, qualifiedName(strategy));
    else if (!strategies.includes(strategy)) errors.notSupported(path, strategy, strategies);
  }
  if (preferredHolder && !strategy)
    errors.forbidden('spec.preferredHolder', 'may only be specified if `strategy` is defined');
  return errors.list;
}

export const lease = defineKind<Lease>({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  metadataRules: 'plain',
  nameRule: subdomainName,
  // Coordinated leader election is off in 1.36.
  prepareForCreate({ spec }) {
    delete spec?.strategy;
    delete spec?.preferredHolder;
  },
  validateCreate: validate,
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: false,
  prepareForUpdate({ spec }, old) {
    if (old.spec?.strategy === undefined) delete spec?.strategy;
    if (old.spec?.preferredHolder === undefined) delete spec?.preferredHolder;
  },
  validateUpdate: validate,
  table: {
    columns: [
      nameColumn,
      column('Holder', 'string', doc('coordination.k8s.io/v1.LeaseSpec.holderIdentity')),
      ageColumn,
    ],
    row: (lease, context) => ({
      cells: [nameOf(lease), lease.spec?.holderIdentity ?? '', ageOf(lease, context)],
    }),
  },
});
