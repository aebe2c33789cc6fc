// Namespace: what tables cannot say. Its finalizers are in the spec, and removing the last one ends it.
// Upstream: k8s.io/kubernetes/pkg/registry/core/namespace/strategy.go.
import type { Namespace } from '#types/core_v1';
import { ofNamedType } from '../../api/field-error.ts';
import { defineKind } from '../define-kind.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { labelName, qualifiedName } from '../validation/names.ts';
import { validateKubeFinalizer } from '../validation/object-meta.ts';
import { takeBack } from '../validation/status-strategy.ts';

const nameLabel = 'kubernetes.io/metadata.name';

function setNameLabel({ metadata }: Namespace): void {
  if (!metadata.name) return;
  metadata.labels ??= {};
  metadata.labels[nameLabel] = metadata.name;
}

function validateFinalizers(errors: FieldErrors, namespace: Namespace, at: (i: number) => string): void {
  namespace.spec?.finalizers?.forEach((finalizer, i) => {
    errors.invalids(at(i), finalizer, qualifiedName(finalizer));
    validateKubeFinalizer(errors, finalizer, at(i));
  });
}

function validate(namespace: Namespace) {
  const errors = new FieldErrors();
  validateFinalizers(errors, namespace, () => 'spec.finalizers');
  return errors.list;
}

export const namespace = defineKind<Namespace>({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  returnsDeletedObject: true,
  twoPhaseDeletion: {
    begin: (namespace) => {
      namespace.status.phase = 'Terminating';
    },
    pending: (namespace) => (namespace.spec.finalizers?.length ?? 0) > 0,
  },
  nameRule: labelName,
  metadataChecks: ['whole', 'change'],
  setDefaults(namespace) {
    setNameLabel(namespace);
    namespace.status ??= {};
    if (!namespace.status.phase) namespace.status.phase = 'Active';
  },

  prepareForCreate(namespace) {
    namespace.status = { phase: 'Active' };
    namespace.spec ??= {};
    const finalizers = namespace.spec.finalizers ?? [];
    if (!finalizers.includes('kubernetes')) namespace.spec.finalizers = [...finalizers, 'kubernetes'];
  },
  validateCreate: validate,
  canonicalize: setNameLabel,

  prepareForUpdate(namespace, old) {
    namespace.spec ??= {};
    takeBack(namespace.spec, old.spec ?? {}, 'finalizers');
    takeBack(namespace, old, 'status');
  },
  validateUpdate: validate,

  subresources: {
    status: {
      prepareForUpdate(namespace, old) {
        takeBack(namespace, old, 'spec');
      },
      validateUpdate({ metadata, status }) {
        const errors = new FieldErrors();
        const phase = status?.phase ?? '';
        if (!metadata.deletionTimestamp) {
          if (phase !== 'Active')
            errors.invalid(
              'status.Phase',
              ofNamedType(phase),
              "may only be 'Active' if `deletionTimestamp` is empty",
            );
        } else if (phase !== 'Terminating') {
          errors.invalid(
            'status.Phase',
            phase,
            "may only be 'Terminating' if `deletionTimestamp` is not empty",
          );
        }
        return errors.list;
      },
    },
    finalize: {
      resetFields: [['status']],
      prepareForUpdate(namespace, old) {
        takeBack(namespace, old, 'status');
      },
      validateUpdate(namespace) {
        const errors = new FieldErrors();
        validateFinalizers(errors, namespace, (i) => `spec.finalizers[${i}]`);
        return errors.list;
      },
    },
  },

  selectableFields: {
    'status.phase': ({ status }) => status?.phase ?? '',
    // An old name of metadata.name.
    name: nameOf,
  },
  table: {
    columns: [nameColumn, column('Status', 'string', 'The status of the namespace'), ageColumn],
    row: (namespace, context) => ({
      cells: [nameOf(namespace), namespace.status?.phase ?? '', ageOf(namespace, context)],
    }),
  },
});
