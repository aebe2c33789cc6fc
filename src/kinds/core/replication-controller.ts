// ReplicationController: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/registry/core/replicationcontroller/strategy.go.
import type { ReplicationController, ReplicationControllerSpec } from '#types/core_v1';
import { defineKind } from '../define-kind.ts';
import { setPodSpecDefaults } from '../pod-spec/defaults.ts';
import { dropDisabledTemplateFields } from '../pod-spec/disabled-fields.ts';
import type { PodSpecOptions } from '../pod-spec/options.ts';
import { templateOptions } from '../pod-spec/options-of.ts';
import { podTemplateWarnings } from '../pod-spec/warnings.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { containerCells, labelsCell } from '../table/cells.ts';
import { ageColumn, column, doc, nameColumn, wideColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { longName } from '../validation/names.ts';
import { validateNonnegative } from '../validation/numbers.ts';
import { firstGeneration, raiseGeneration, takeBack } from '../validation/status-strategy.ts';
import { validateCounts, validateReplicaCounts } from '../workloads/counts.ts';
import { matcherOfLabels, podNameWarnings, validateReplicaTemplate } from '../workloads/template.ts';

function validateSpec(errors: FieldErrors, spec: ReplicationControllerSpec, options: PodSpecOptions): void {
  validateNonnegative(errors, spec.minReadySeconds, 'spec.minReadySeconds');
  if (Object.keys(spec.selector ?? {}).length === 0) errors.required('spec.selector');
  if (spec.replicas === undefined) errors.required('spec.replicas');
  else validateNonnegative(errors, spec.replicas, 'spec.replicas');
  if (!spec.template) {
    errors.required('spec.template');
    return;
  }
  const matcher = matcherOfLabels(spec.selector);
  validateReplicaTemplate(errors, matcher, spec.template, 'spec.template', 'ReplicationController', options);
}

export const replicationController = defineKind<ReplicationController>({
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  nameRule: longName,

  setDefaults(controller) {
    const { spec, metadata } = controller;
    const { template } = spec;
    if (template?.spec) setPodSpecDefaults(template.spec);
    const labels = template?.metadata?.labels;
    if (labels) {
      if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels };
      if (Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels };
    }
    spec.replicas ??= 1;
  },

  prepareForCreate(controller, context) {
    controller.status = { replicas: 0 };
    firstGeneration(controller);
    dropDisabledTemplateFields(context, controller.spec.template);
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

  prepareForUpdate(controller, old, context) {
    takeBack(controller, old, 'status');
    dropDisabledTemplateFields(context, controller.spec.template, old.spec.template);
    raiseGeneration(controller, old);
  },
  validateUpdate({ spec }, old) {
    const errors = new FieldErrors();
    validateSpec(errors, spec, templateOptions(old.spec.template));
    return errors.list;
  },
  // Upstream has old and new the wrong way round here: the old template's warnings are shown.
  warningsOnUpdate: ({ metadata }, old) =>
    metadata.generation === old.metadata.generation
      ? []
      : podTemplateWarnings(old.spec.template, 'spec.template'),

  subresources: {
    status: {
      prepareForUpdate(controller, old) {
        controller.spec = old.spec;
      },
      validateUpdate({ status }) {
        const errors = new FieldErrors();
        validateCounts(errors, status, [
          'replicas',
          'fullyLabeledReplicas',
          'readyReplicas',
          'availableReplicas',
          'observedGeneration',
        ]);
        validateReplicaCounts(errors, status, ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas']);
        return errors.list;
      },
    },
  },

  scale: {
    replicas: ({ spec }) => spec.replicas ?? 0,
    statusReplicas: ({ status }) => status?.replicas ?? 0,
    selector: ({ spec }) => String(matcherOfLabels(spec.selector)),
    setReplicas({ spec }, replicas) {
      spec.replicas = replicas;
    },
  },
  defaultPropagation: 'orphan',
  selectableFields: { 'status.replicas': ({ status }) => String(status?.replicas ?? 0) },

  table: {
    columns: [
      nameColumn,
      column('Desired', 'integer', doc('core/v1.ReplicationControllerSpec.replicas')),
      column('Current', 'integer', doc('core/v1.ReplicationControllerStatus.replicas')),
      column('Ready', 'integer', doc('core/v1.ReplicationControllerStatus.readyReplicas')),
      ageColumn,
      wideColumn('Containers', 'string', 'Names of each container in the template.'),
      wideColumn('Images', 'string', 'Images referenced by each container in the template.'),
      wideColumn('Selector', 'string', doc('core/v1.ReplicationControllerSpec.selector')),
    ],
    row(controller, context) {
      const { spec, status } = controller;
      return {
        cells: [
          nameOf(controller),
          spec.replicas ?? 0,
          status?.replicas ?? 0,
          status?.readyReplicas ?? 0,
          ageOf(controller, context),
          ...containerCells(spec.template?.spec.containers),
          labelsCell(spec.selector),
        ],
      };
    },
  },
});
