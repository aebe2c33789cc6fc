// PodTemplate: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/registry/core/podtemplate/strategy.go.
import type { PodTemplate } from '#types/core_v1';
import { defineKind } from '../define-kind.ts';
import { setPodSpecDefaults } from '../pod-spec/defaults.ts';
import { dropDisabledTemplateFields } from '../pod-spec/disabled-fields.ts';
import { templateOptions } from '../pod-spec/options-of.ts';
import { validatePodTemplateSpec } from '../pod-spec/rules.ts';
import { podTemplateWarnings } from '../pod-spec/warnings.ts';
import { nameOf } from '../table/ages.ts';
import { containerCells, labelsCell } from '../table/cells.ts';
import { column, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { subdomainName } from '../validation/names.ts';
import { firstGeneration, raiseGeneration } from '../validation/status-strategy.ts';

export const podTemplate = defineKind<PodTemplate>({
  group: '',
  version: 'v1',
  kind: 'PodTemplate',
  returnsDeletedObject: true,
  nameRule: subdomainName,
  setDefaults({ template }) {
    setPodSpecDefaults(template.spec);
  },

  prepareForCreate(podTemplate, context) {
    firstGeneration(podTemplate);
    dropDisabledTemplateFields(context, podTemplate.template);
  },
  validateCreate({ template }) {
    const errors = new FieldErrors();
    validatePodTemplateSpec(errors, template, 'template', templateOptions());
    return errors.list;
  },
  warningsOnCreate: ({ template }) => podTemplateWarnings(template, 'template'),

  prepareForUpdate(podTemplate, old, context) {
    dropDisabledTemplateFields(context, podTemplate.template, old.template);
    raiseGeneration(podTemplate, old, ['template']);
  },
  validateUpdate({ template }, old) {
    const errors = new FieldErrors();
    validatePodTemplateSpec(errors, template, 'template', templateOptions(old.template));
    return errors.list;
  },
  warningsOnUpdate: ({ metadata, template }, old) =>
    metadata.generation === old.metadata.generation ? [] : podTemplateWarnings(template, 'template'),

  table: {
    columns: [
      nameColumn,
      column('Containers', 'string', 'Names of each container in the template.'),
      column('Images', 'string', 'Images referenced by each container in the template.'),
      column('Pod Labels', 'string', 'The labels for the pod template.'),
    ],
    row: (podTemplate) => ({
      cells: [
        nameOf(podTemplate),
        ...containerCells(podTemplate.template.spec.containers),
        labelsCell(podTemplate.template.metadata?.labels),
      ],
    }),
  },
});
