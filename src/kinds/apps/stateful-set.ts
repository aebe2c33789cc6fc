// StatefulSet: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/registry/apps/statefulset/strategy.go and pkg/apis/apps/validation/validation.go.
import type { StatefulSet, StatefulSetSpec, StatefulSetUpdateStrategy } from '#types/apps_v1';
import type { PodTemplateSpec, Volume } from '#types/core_v1';
import { formatLabelSelector } from '../../api/label-selector.ts';
import { defineKind } from '../define-kind.ts';
import { validatePodAnnotations } from '../pod-spec/annotations.ts';
import { setPodSpecDefaults } from '../pod-spec/defaults.ts';
import { dropDisabledTemplateFields } from '../pod-spec/disabled-fields.ts';
import type { PodSpecOptions } from '../pod-spec/options.ts';
import { templateOptions } from '../pod-spec/options-of.ts';
import { validatePodTemplateSpec } from '../pod-spec/rules.ts';
import { podTemplateWarnings } from '../pod-spec/warnings.ts';
import { semanticEqual } from '../semantic-equal.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { containerCells } from '../table/cells.ts';
import { ageColumn, column, nameColumn, wideColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { amountOf, validateAtMostAll, validateIntOrPercent } from '../validation/int-or-percent.ts';
import { validateLabels } from '../validation/labels.ts';
import { dnsLabel, labelName } from '../validation/names.ts';
import { validateNonnegative } from '../validation/numbers.ts';
import { validateAnnotations } from '../validation/object-meta.ts';
import { roundResources } from '../validation/resource-names.ts';
import { firstGeneration, raiseGeneration, takeBack } from '../validation/status-strategy.ts';
import { claimSpecWarnings, setClaimSpecDefaults, validateClaimSpec } from '../volumes/claim-spec.ts';
import { validateCollisionCount, validateCounts, validateReplicaCounts } from '../workloads/counts.ts';
import {
  matcherOf,
  validateEndlessTemplate,
  validateSelector,
  validateTemplateLabels,
} from '../workloads/template.ts';

interface SpecOptions {
  readonly pod: PodSpecOptions;
  readonly update?: boolean;
  readonly skipTemplate?: boolean;
}

function printedStrategy({ type = '', rollingUpdate }: StatefulSetUpdateStrategy): unknown {
  return { Type: type, RollingUpdate: printedRolling(rollingUpdate) };
}

function printedRolling(rolling: StatefulSetUpdateStrategy['rollingUpdate']): unknown {
  return rolling
    ? { Partition: rolling.partition ?? 0, MaxUnavailable: rolling.maxUnavailable ?? null }
    : null;
}

function validateStrategy(errors: FieldErrors, strategy: StatefulSetUpdateStrategy): void {
  const path = 'spec.updateStrategy';
  const { type = '', rollingUpdate } = strategy;
  if (type === '') errors.required(path);
  else if (type === 'OnDelete') {
    if (rollingUpdate)
      errors.invalid(
        `${path}.rollingUpdate`,
        printedRolling(rollingUpdate),
        "only allowed for updateStrategy 'RollingUpdate'",
      );
  } else if (type !== 'RollingUpdate')
    errors.invalid(path, printedStrategy(strategy), "must be 'RollingUpdate' or 'OnDelete'");
  else if (rollingUpdate) {
    const { partition, maxUnavailable } = rollingUpdate;
    validateNonnegative(errors, partition, `${path}.rollingUpdate.partition`);
    if (maxUnavailable === undefined) return;
    const at = `${path}.rollingUpdate.maxUnavailable`;
    validateIntOrPercent(errors, maxUnavailable, at);
    if (amountOf(maxUnavailable) === 0) errors.invalid(at, maxUnavailable, 'cannot be 0');
    validateAtMostAll(errors, maxUnavailable, at);
  }
}

/** The template with the volumes that the claim templates will add, and without names that are set per pod. */
function completedTemplate({ template, volumeClaimTemplates }: StatefulSetSpec): PodTemplateSpec {
  const { subdomain, hostname, ...spec } = template.spec;
  const claims = volumeClaimTemplates ?? [];
  if (!subdomain && !hostname && claims.length === 0) return template;
  if (claims.length === 0) return { ...template, spec };
  const added = new Map<string, Volume>(
    claims.map(({ metadata: { name = '' } }) => [name, { name, persistentVolumeClaim: { claimName: name } }]),
  );
  const volumes = [...added.values(), ...(spec.volumes ?? []).filter(({ name }) => !added.has(name))];
  return { ...template, spec: { ...spec, volumes } };
}

function validateTemplate(errors: FieldErrors, spec: StatefulSetSpec, options: SpecOptions): void {
  const path = 'spec.template';
  const matcher = matcherOf(spec.selector);
  if (!matcher) errors.invalid('spec.selector', spec.selector, '');
  else {
    const template = completedTemplate(spec);
    const { labels, annotations } = template.metadata ?? {};
    validateTemplateLabels(errors, matcher, template, path);
    if (!options.skipTemplate) validatePodTemplateSpec(errors, template, path, options.pod);
    // Upstream checks these twice.
    validateLabels(errors, labels, `${path}.labels`);
    validateAnnotations(errors, annotations, `${path}.annotations`);
    validatePodAnnotations(errors, annotations, template.spec, `${path}.annotations`, options.pod);
  }
  validateEndlessTemplate(errors, spec.template, path, 'StatefulSet');
}

const retentionPolicies = ['Retain', 'Delete'];

function validateSpec(errors: FieldErrors, spec: StatefulSetSpec, options: SpecOptions): void {
  const { podManagementPolicy = '', persistentVolumeClaimRetentionPolicy: retention } = spec;
  if (podManagementPolicy === '') errors.required('spec.podManagementPolicy');
  else if (podManagementPolicy !== 'OrderedReady' && podManagementPolicy !== 'Parallel')
    errors.invalid('spec.podManagementPolicy', podManagementPolicy, "must be 'OrderedReady' or 'Parallel'");
  validateStrategy(errors, spec.updateStrategy ?? {});
  if (retention) {
    for (const field of ['whenDeleted', 'whenScaled'] as const) {
      const policy = retention[field] ?? '';
      if (!retentionPolicies.includes(policy))
        errors.notSupported(`spec.persistentVolumeClaimRetentionPolicy.${field}`, policy, retentionPolicies);
    }
  }
  if (!options.update)
    spec.volumeClaimTemplates?.forEach((claim, i) => {
      validateClaimSpec(errors, claim.spec, `spec.volumeClaimTemplates[${i}].spec`);
    });
  validateNonnegative(errors, spec.replicas, 'spec.replicas');
  validateNonnegative(errors, spec.minReadySeconds, 'spec.minReadySeconds');
  validateNonnegative(errors, spec.ordinals?.start, 'spec.ordinals.start');
  if (!options.update && spec.serviceName)
    errors.invalids('spec.serviceName', spec.serviceName, dnsLabel(spec.serviceName));
  validateSelector(errors, spec.selector, 'spec.selector', 'empty selector is invalid for statefulset');
  validateTemplate(errors, spec, options);
}

const updatable = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
] as const;

/** The spec without what may change. */
function frozenPart(spec: StatefulSetSpec): object {
  const rest: Partial<StatefulSetSpec> = { ...spec };
  for (const field of updatable) delete rest[field];
  return rest;
}

function warnings({ spec }: StatefulSet, claimPath: string): string[] {
  const list = (spec.volumeClaimTemplates ?? []).flatMap((claim, i) =>
    claimSpecWarnings(claim.spec, `spec.volumeClaimTemplates[${i}]${claimPath}`),
  );
  if ((spec.revisionHistoryLimit ?? 0) < 0)
    list.push(
      'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended',
    );
  return list;
}

// The feature is off in 1.36.
function dropMaxUnavailable({ spec }: StatefulSet, old?: StatefulSet): void {
  if (old?.spec.updateStrategy?.rollingUpdate?.maxUnavailable !== undefined) return;
  if (spec.updateStrategy?.rollingUpdate) delete spec.updateStrategy.rollingUpdate.maxUnavailable;
}

export const statefulSet = defineKind<StatefulSet>({
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  nameRule: labelName,

  setDefaults({ spec }) {
    setPodSpecDefaults(spec.template.spec);
    for (const claim of spec.volumeClaimTemplates ?? []) {
      claim.apiVersion = 'v1';
      claim.kind = 'PersistentVolumeClaim';
      claim.status ??= {};
      if (!claim.status.phase) claim.status.phase = 'Pending';
      setClaimSpecDefaults(claim.spec);
      roundResources(claim.status.capacity);
      roundResources(claim.status.allocatedResources);
    }
    if (!spec.podManagementPolicy) spec.podManagementPolicy = 'OrderedReady';
    const strategy = spec.updateStrategy;
    if (!strategy.type) {
      strategy.type = 'RollingUpdate';
      strategy.rollingUpdate ??= {};
    }
    if (strategy.type === 'RollingUpdate' && strategy.rollingUpdate) strategy.rollingUpdate.partition ??= 0;
    spec.persistentVolumeClaimRetentionPolicy ??= {};
    const retention = spec.persistentVolumeClaimRetentionPolicy;
    if (!retention.whenDeleted) retention.whenDeleted = 'Retain';
    if (!retention.whenScaled) retention.whenScaled = 'Retain';
    spec.replicas ??= 1;
    spec.revisionHistoryLimit ??= 10;
  },

  prepareForCreate(statefulSet, context) {
    statefulSet.status = { replicas: 0, availableReplicas: 0 };
    firstGeneration(statefulSet);
    dropMaxUnavailable(statefulSet);
    dropDisabledTemplateFields(context, statefulSet.spec.template);
  },
  validateCreate({ spec }) {
    const errors = new FieldErrors();
    validateSpec(errors, spec, { pod: templateOptions() });
    return errors.list;
  },
  warningsOnCreate: (statefulSet) => [
    ...podTemplateWarnings(statefulSet.spec.template, 'spec.template'),
    ...warnings(statefulSet, ''),
  ],

  prepareForUpdate(statefulSet, old, context) {
    takeBack(statefulSet, old, 'status');
    dropMaxUnavailable(statefulSet, old);
    dropDisabledTemplateFields(context, statefulSet.spec.template, old.spec.template);
    raiseGeneration(statefulSet, old);
  },
  validateUpdate({ spec }, old) {
    const errors = new FieldErrors();
    const pod = templateOptions(old.spec.template);
    const before = new FieldErrors();
    validateSpec(before, old.spec, { pod, update: true });
    validateSpec(errors, spec, { pod, update: true, skipTemplate: !before.empty });
    if (!semanticEqual(frozenPart(spec), frozenPart(old.spec))) {
      errors.forbidden(
        'spec',
        "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
      );
    }
    return errors.list;
  },
  warningsOnUpdate(statefulSet, old) {
    const changed = statefulSet.metadata.generation !== old.metadata.generation;
    const ofTemplate = changed ? podTemplateWarnings(statefulSet.spec.template, 'spec.template') : [];
    return [...ofTemplate, ...warnings(statefulSet, '.Spec')];
  },

  subresources: {
    status: {
      prepareForUpdate(statefulSet, old) {
        statefulSet.spec = old.spec;
      },
      validateUpdate({ status }, old) {
        const errors = new FieldErrors();
        const counts = ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'];
        validateCounts(errors, status, ['replicas', ...counts, 'observedGeneration', 'collisionCount']);
        validateReplicaCounts(errors, status, counts, 'status.readyReplicas');
        validateCollisionCount(errors, status.collisionCount, old.status?.collisionCount);
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
      column('Ready', 'string', 'Number of the pod with ready state'),
      ageColumn,
      wideColumn('Containers', 'string', 'Names of each container in the template.'),
      wideColumn('Images', 'string', 'Images referenced by each container in the template.'),
    ],
    row: (statefulSet, context) => ({
      cells: [
        nameOf(statefulSet),
        `${statefulSet.status?.readyReplicas ?? 0}/${statefulSet.spec.replicas ?? 0}`,
        ageOf(statefulSet, context),
        ...containerCells(statefulSet.spec.template.spec.containers),
      ],
    }),
  },
});
