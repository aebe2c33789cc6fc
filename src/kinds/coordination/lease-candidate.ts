// LeaseCandidate: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/apis/coordination/validation/validation.go.
import type { LeaseCandidate } from '#types/coordination.k8s.io_v1beta1';
import { defineKind } from '../define-kind.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, doc, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { configMapKey, qualifiedName } from '../validation/names.ts';
import { validateImmutable } from '../validation/numbers.ts';

const oldestEmulation = 'OldestEmulationVersion';
const semanticVersion =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?$/;

type Version = readonly [major: number, minor: number, patch: number];

function versionOf(text: string | undefined): Version | undefined {
  const found = semanticVersion.exec(text ?? '');
  return found ? [Number(found[1]), Number(found[2]), Number(found[3])] : undefined;
}

function isLower(a: Version, b: Version): boolean {
  const at = a.findIndex((part, i) => part !== b[i]);
  return at >= 0 && a[at]! < b[at]!;
}

function validate({ spec }: LeaseCandidate): FieldErrors {
  const errors = new FieldErrors();
  const { leaseName, binaryVersion, emulationVersion, strategy } = spec;
  const invalidVersion = 'must be a valid semantic version';
  if (!leaseName) errors.required('spec.leaseName');
  const emulation = versionOf(emulationVersion);
  if (emulationVersion && !emulation)
    errors.invalid('spec.emulationVersion', emulationVersion, invalidVersion);
  const binary = versionOf(binaryVersion);
  if (!binaryVersion) errors.required('spec.binaryVersion');
  else if (!binary) errors.invalid('spec.binaryVersion', binaryVersion, invalidVersion);
  if (binaryVersion && emulation && isLower(binary ?? [0, 0, 0], emulation))
    errors.invalid(
      'spec.binaryVersion',
      binaryVersion,
      'must be greater than or equal to `emulationVersion`',
    );
  if (!strategy) {
    errors.required('spec.strategy');
    return errors;
  }
  if (strategy === oldestEmulation && !emulation?.some((part) => part > 0))
    errors.required('spec.emulationVersion', "must be specified when `strategy` is 'OldestEmulationVersion'");
  // Upstream names the field twice.
  const path = 'spec.strategy.strategy';
  if (strategy.includes('/')) errors.invalids(path, strategy, qualifiedName(strategy));
  else if (strategy !== oldestEmulation) errors.notSupported(path, strategy, [oldestEmulation]);
  return errors;
}

export const leaseCandidate = defineKind<LeaseCandidate>({
  group: 'coordination.k8s.io',
  version: 'v1beta1',
  kind: 'LeaseCandidate',
  metadataRules: 'plain',
  nameRule: configMapKey,
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: false,
  validateCreate: (candidate) => validate(candidate).list,
  validateUpdate(candidate, old) {
    const errors = validate(candidate);
    validateImmutable(errors, candidate.spec.leaseName, old.spec.leaseName, 'spec.leaseName');
    return errors.list;
  },
  selectableFields: { 'spec.leaseName': ({ spec }) => spec.leaseName },
  table: {
    columns: [
      nameColumn,
      column('LeaseName', 'string', doc('coordination.k8s.io/v1alpha2.LeaseCandidateSpec.leaseName')),
      // upstream looks these up where they are not
      column('BinaryVersion', 'string', ''),
      column('EmulationVersion', 'string', ''),
      ageColumn,
    ],
    row: (candidate, context) => ({
      cells: [
        nameOf(candidate),
        candidate.spec.leaseName,
        candidate.spec.binaryVersion,
        candidate.spec.emulationVersion ?? '',
        ageOf(candidate, context),
      ],
    }),
  },
});
