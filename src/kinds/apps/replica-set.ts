// ReplicaSet: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/registry/apps/replicaset/strategy.go and pkg/apis/apps/validation/validation.go.
import type { ReplicaSet, ReplicaSetSpec } from '#types/apps_v1';
import { formatLabelSelector } from '../../api/label-selector.ts';
import { defineKind } from '../define-kind.ts';
import { setPodSpecDefaults } from '../pod-spec/defaults.ts';
import { dropDisabledTemplateFields } from '../pod-spec/disabled-fields.ts';
import type { PodSpecOptions } from '../pod-spec/options.ts';
import { templateOptions } from '../pod-spec/options-of.ts';
import { podTemplateWarnings } from '../pod-spec/warnings.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { containerCells, selectorCell } from '../table/cells.ts';
import { ageColumn, column, doc, nameColumn, wideColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { subdomainName } from '../validation/names.ts';
import { validateImmutable, validateNonnegative } from '../validation/numbers.ts';
import { firstGeneration, raiseGeneration, takeBack } from '../validation/status-strategy.ts';
import { validateCounts, validateReplicaCounts } from '../workloads/counts.ts';
import {
  matcherOf,
  podNameWarnings,
  validateReplicaTemplate,
  validateSelector,
} from '../workloads/template.ts';

function validateSpec(errors: FieldErrors, spec: ReplicaSetSpec, options: PodSpecOptions): void {
  validateNonnegative(errors, spec.replicas, 'spec.replicas');
  validateNonnegative(errors, spec.minReadySeconds, 'spec.minReadySeconds');
  // Upstream says deployment here too.
  validateSelector(errors, spec.selector, 'spec.selector', 'empty selector is invalid for deployment');
  const matcher = matcherOf(spec.selector);
  if (!matcher) errors.invalid('spec.selector', spec.selector, 'invalid label selector');
  else validateReplicaTemplate(errors, matcher, spec.template, 'spec.template', 'ReplicaSet', options);
}

export const replicaSet = defineKind<ReplicaSet>({
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  nameRule: subdomainName,

  setDefaults({ spec }) {
    setPodSpecDefaults(spec.template.spec);
    spec.replicas ??= 1;
  },

  prepareForCreate(replicaSet, context) {
    replicaSet.status = { replicas: 0 };
    firstGeneration(replicaSet);
    dropDisabledTemplateFields(context, replicaSet.spec.template);
  },
  validateCreate({ spec }) {
    const errors = new FieldErrors();
    validateSpec(errors, spec, templateOptions());
    return errors.list;
  },
  warningsOnCreate: ({ metadata, spec }) => [
    ...podNameWarnings(metadata.name),
    ...podTemplateWarnings(spec.template, 'spec.template'),
  ],

  prepareForUpdate(replicaSet, old, context) {
    takeBack(replicaSet, old, 'status');
    dropDisabledTemplateFields(context, replicaSet.spec.template, old.spec.template);
    raiseGeneration(replicaSet, old);
  },
  validateUpdate({ spec }, old) {
    const errors = new FieldErrors();
    validateSpec(errors, spec, templateOptions(old.spec.template));
    validateImmutable(errors, spec.selector, old.spec.selector, 'spec.selector');
    return errors.list;
  },
  warningsOnUpdate: ({ metadata, spec }, old) =>
    metadata.generation === old.metadata.generation
      ? []
      : podTemplateWarnings(spec.template, 'spec.template'),

  subresources: {
    status: {
      prepareForUpdate(replicaSet, old) {
        replicaSet.spec = old.spec;
      },
      validateUpdate({ status }) {
        const errors = new FieldErrors();
        validateCounts(errors, status, [
          'replicas',
          'fullyLabeledReplicas',
          'readyReplicas',
          'availableReplicas',
          'observedGeneration',
          'terminatingReplicas',
        ]);
        validateReplicaCounts(errors, status, ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas']);
        return errors.list;
      },
    },
  },

  scale: {
    replicas: ({ spec }) => spec.replicas ?? 0,
    statusReplicas: ({ status }) => status?.replicas ?? 0,
    selector: ({ spec }) => formatLabelSelector(spec.selector),
    setReplicas({ spec }, replicas) {
      spec.replicas = replicas;
    },
  },
  table: {
    columns: [
      nameColumn,
      column('Desired', 'integer', doc('apps/v1.ReplicaSetSpec.replicas')),
      column('Current', 'integer', doc('apps/v1.ReplicaSetStatus.replicas')),
      column('Ready', 'integer', doc('apps/v1.ReplicaSetStatus.readyReplicas')),
      ageColumn,
      wideColumn('Containers', 'string', 'Names of each container in the template.'),
      wideColumn('Images', 'string', 'Images referenced by each container in the template.'),
      wideColumn('Selector', 'string', doc('apps/v1.ReplicaSetSpec.selector')),
    ],
    row(replicaSet, context) {
      const { spec, status } = replicaSet;
      return {
        cells: [
          nameOf(replicaSet),
          spec.replicas ?? 0,
          status?.replicas ?? 0,
          status?.readyReplicas ?? 0,
          ageOf(replicaSet, context),
          ...containerCells(spec.template.spec.containers),
          selectorCell(spec.selector),
        ],
      };
    },
  },
});
