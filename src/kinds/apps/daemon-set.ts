// DaemonSet: what tables cannot say. Its spec has an internal templateGeneration upstream, which clients see only as the
// annotation deprecated.daemonset.template.generation.
// Upstream: k8s.io/kubernetes/pkg/registry/apps/daemonset/strategy.go and pkg/apis/apps/v1/conversion.go.
import type { DaemonSet, DaemonSetSpec, DaemonSetUpdateStrategy } from '#types/apps_v1';
import { goQuote } from '../../api/go-text.ts';
import { badRequest } from '../../api/status.ts';
import { defineKind } from '../define-kind.ts';
import { setPodSpecDefaults } from '../pod-spec/defaults.ts';
import { dropDisabledTemplateFields } from '../pod-spec/disabled-fields.ts';
import type { PodSpecOptions } from '../pod-spec/options.ts';
import { templateOptions } from '../pod-spec/options-of.ts';
import { validatePodTemplateSpec } from '../pod-spec/rules.ts';
import { podTemplateWarnings } from '../pod-spec/warnings.ts';
import { semanticEqual } from '../semantic-equal.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { containerCells, labelsCell, selectorCell } from '../table/cells.ts';
import { ageColumn, column, doc, nameColumn, wideColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { amountOf, validateAtMostAll, validateIntOrPercent } from '../validation/int-or-percent.ts';
import { hasInvalidSelectorValue, isEmptySelector, validateLabelSelector } from '../validation/labels.ts';
import { subdomainName } from '../validation/names.ts';
import { validateImmutable, validateNonnegative } from '../validation/numbers.ts';
import { firstGeneration, raiseGeneration, takeBack } from '../validation/status-strategy.ts';
import { validateCollisionCount, validateCounts } from '../workloads/counts.ts';
import { matcherOf, validateEndlessTemplate, validateTemplateLabels } from '../workloads/template.ts';

const generationAnnotation = 'deprecated.daemonset.template.generation';

/** What the annotation says. Throws 400 where it is there and no integer, as Convert_v1_DaemonSet_To_apps_DaemonSet. */
function templateGeneration(daemonSet: DaemonSet): number {
  const value = daemonSet.metadata.annotations?.[generationAnnotation];
  if (value === undefined) return 0;
  const fault = /^[+-]?\d+$/.test(value)
    ? BigInt.asIntN(64, BigInt(value)) === BigInt(value)
      ? undefined
      : 'value out of range'
    : 'invalid syntax';
  if (fault !== undefined)
    throw badRequest(
      `DaemonSet in version "v1" cannot be handled as a DaemonSet: strconv.ParseInt: parsing ${goQuote(value)}: ${fault}`,
    );
  return Number(value);
}

function setTemplateGeneration(daemonSet: DaemonSet, generation: number): void {
  daemonSet.metadata.annotations ??= {};
  daemonSet.metadata.annotations[generationAnnotation] = String(generation);
}

function validateUpdateStrategy(errors: FieldErrors, strategy: DaemonSetUpdateStrategy, path: string): void {
  const { type = '', rollingUpdate } = strategy;
  if (type === 'OnDelete') return;
  if (type !== 'RollingUpdate') {
    const printed = rollingUpdate
      ? { MaxUnavailable: rollingUpdate.maxUnavailable ?? 0, MaxSurge: rollingUpdate.maxSurge ?? 0 }
      : null;
    errors.notSupported(path, { Type: type, RollingUpdate: printed }, ['RollingUpdate', 'OnDelete']);
    return;
  }
  if (!rollingUpdate) {
    errors.required(`${path}.rollingUpdate`);
    return;
  }
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate;
  const at = `${path}.rollingUpdate`;
  validateIntOrPercent(errors, maxUnavailable, `${at}.maxUnavailable`);
  validateIntOrPercent(errors, maxSurge, `${at}.maxSurge`);
  validateAtMostAll(errors, maxUnavailable, `${at}.maxUnavailable`);
  validateAtMostAll(errors, maxSurge, `${at}.maxSurge`);
  const unavailable = amountOf(maxUnavailable) !== 0;
  const surge = amountOf(maxSurge) !== 0;
  if (unavailable && surge)
    errors.invalid(`${at}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero');
  else if (!unavailable && !surge) errors.required(`${at}.maxUnavailable`, 'cannot be 0 when maxSurge is 0');
}

function validateSpec(
  errors: FieldErrors,
  spec: DaemonSetSpec,
  options: PodSpecOptions,
  allowInvalidValues: boolean,
): void {
  validateLabelSelector(errors, spec.selector, 'spec.selector', { allowInvalidValues });
  const matcher = matcherOf(spec.selector);
  // A selector that is missing matches nothing, and one that cannot be read is reported above.
  if (matcher) validateTemplateLabels(errors, matcher, spec.template, 'spec.template');
  if (spec.selector && isEmptySelector(spec.selector))
    errors.invalid('spec.selector', spec.selector, 'empty selector is invalid for daemonset');
  validatePodTemplateSpec(errors, spec.template, 'spec.template', options);
  validateEndlessTemplate(errors, spec.template, 'spec.template', 'DaemonSet');
  validateNonnegative(errors, spec.minReadySeconds, 'spec.minReadySeconds');
  validateUpdateStrategy(errors, spec.updateStrategy, 'spec.updateStrategy');
  validateNonnegative(errors, spec.revisionHistoryLimit, 'spec.revisionHistoryLimit');
}

export const daemonSet = defineKind<DaemonSet>({
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  nameRule: subdomainName,

  setDefaults(daemonSet) {
    const { spec } = daemonSet;
    // it comes with the conversion from the internal type, and whoever writes the object owns it
    setTemplateGeneration(daemonSet, templateGeneration(daemonSet));
    setPodSpecDefaults(spec.template.spec);
    const strategy = spec.updateStrategy;
    if (!strategy.type) strategy.type = 'RollingUpdate';
    if (strategy.type === 'RollingUpdate') {
      strategy.rollingUpdate ??= {};
      strategy.rollingUpdate.maxUnavailable ??= 1;
      strategy.rollingUpdate.maxSurge ??= 0;
    }
    spec.revisionHistoryLimit ??= 10;
  },

  prepareForCreate(daemonSet, context) {
    daemonSet.status = {
      currentNumberScheduled: 0,
      numberMisscheduled: 0,
      desiredNumberScheduled: 0,
      numberReady: 0,
    };
    firstGeneration(daemonSet);
    setTemplateGeneration(daemonSet, Math.max(1, templateGeneration(daemonSet)));
    dropDisabledTemplateFields(context, daemonSet.spec.template);
  },
  validateCreate({ spec }) {
    const errors = new FieldErrors();
    validateSpec(errors, spec, templateOptions(), false);
    return errors.list;
  },
  warningsOnCreate: ({ spec }) => podTemplateWarnings(spec.template, 'spec.template'),

  prepareForUpdate(daemonSet, old, context) {
    takeBack(daemonSet, old, 'status');
    dropDisabledTemplateFields(context, daemonSet.spec.template, old.spec.template);
    const changed = !semanticEqual(daemonSet.spec.template, old.spec.template);
    setTemplateGeneration(daemonSet, templateGeneration(old) + (changed ? 1 : 0));
    raiseGeneration(daemonSet, old);
  },
  validateUpdate({ spec }, old) {
    const errors = new FieldErrors();
    validateImmutable(errors, spec.selector, old.spec.selector, 'spec.selector');
    const options = templateOptions(old.spec.template);
    const allowInvalid =
      options.allowInvalidSelectorValue || hasInvalidSelectorValue(old.spec.selector ?? undefined);
    validateSpec(errors, spec, options, allowInvalid === true);
    return errors.list;
  },
  warningsOnUpdate: (daemonSet, old) =>
    templateGeneration(daemonSet) === templateGeneration(old)
      ? []
      : podTemplateWarnings(daemonSet.spec.template, 'spec.template'),

  subresources: {
    status: {
      prepareForUpdate(daemonSet, old) {
        daemonSet.spec = old.spec;
        setTemplateGeneration(daemonSet, templateGeneration(old));
      },
      validateUpdate({ status }, old) {
        const errors = new FieldErrors();
        validateCounts(errors, status, [
          'currentNumberScheduled',
          'numberMisscheduled',
          'desiredNumberScheduled',
          'numberReady',
          'observedGeneration',
          'updatedNumberScheduled',
          'numberAvailable',
          'numberUnavailable',
          'collisionCount',
        ]);
        validateCollisionCount(errors, status.collisionCount, old.status?.collisionCount);
        return errors.list;
      },
    },
  },

  table: {
    columns: [
      nameColumn,
      column('Desired', 'integer', doc('apps/v1.DaemonSetStatus.desiredNumberScheduled')),
      column('Current', 'integer', doc('apps/v1.DaemonSetStatus.currentNumberScheduled')),
      column('Ready', 'integer', doc('apps/v1.DaemonSetStatus.numberReady')),
      column('Up-to-date', 'integer', doc('apps/v1.DaemonSetStatus.updatedNumberScheduled')),
      column('Available', 'integer', doc('apps/v1.DaemonSetStatus.numberAvailable')),
      column('Node Selector', 'string', doc('core/v1.PodSpec.nodeSelector')),
      ageColumn,
      wideColumn('Containers', 'string', 'Names of each container in the template.'),
      wideColumn('Images', 'string', 'Images referenced by each container in the template.'),
      wideColumn('Selector', 'string', doc('apps/v1.DaemonSetSpec.selector')),
    ],
    row(daemonSet, context) {
      const { spec, status } = daemonSet;
      return {
        cells: [
          nameOf(daemonSet),
          status?.desiredNumberScheduled ?? 0,
          status?.currentNumberScheduled ?? 0,
          status?.numberReady ?? 0,
          status?.updatedNumberScheduled ?? 0,
          status?.numberAvailable ?? 0,
          labelsCell(spec.template.spec.nodeSelector),
          ageOf(daemonSet, context),
          ...containerCells(spec.template.spec.containers),
          selectorCell(spec.selector),
        ],
      };
    },
  },
});
