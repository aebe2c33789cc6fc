// Deployment: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/registry/apps/deployment/strategy.go and pkg/apis/apps/validation/validation.go.
import type { Deployment, DeploymentSpec, DeploymentStrategy } from '#types/apps_v1';
import { formatLabelSelector } from '../../api/label-selector.ts';
import { defineKind } from '../define-kind.ts';
import { setPodSpecDefaults } from '../pod-spec/defaults.ts';
import { dropDisabledTemplateFields } from '../pod-spec/disabled-fields.ts';
import type { PodSpecOptions } from '../pod-spec/options.ts';
import { templateOptions } from '../pod-spec/options-of.ts';
import { podTemplateWarnings } from '../pod-spec/warnings.ts';
import { semanticEqual } from '../semantic-equal.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { containerCells } from '../table/cells.ts';
import { ageColumn, column, doc, nameColumn, wideColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { amountOf, validateAtMostAll, validateIntOrPercent } from '../validation/int-or-percent.ts';
import { subdomainName } from '../validation/names.ts';
import { validateImmutable, validateNonnegative } from '../validation/numbers.ts';
import { firstGeneration, raiseGeneration, takeBack } from '../validation/status-strategy.ts';
import { validateCollisionCount, validateCounts, validateReplicaCounts } from '../workloads/counts.ts';
import {
  matcherOf,
  podNameWarnings,
  validateReplicaTemplate,
  validateSelector,
} from '../workloads/template.ts';

function validateStrategy(errors: FieldErrors, strategy: DeploymentStrategy, path: string): void {
  const { type = '', rollingUpdate } = strategy;
  if (type === 'Recreate') {
    if (rollingUpdate)
      errors.forbidden(`${path}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'");
    return;
  }
  if (type !== 'RollingUpdate') {
    const printed = rollingUpdate
      ? { MaxUnavailable: rollingUpdate.maxUnavailable ?? 0, MaxSurge: rollingUpdate.maxSurge ?? 0 }
      : null;
    errors.notSupported(path, { Type: type, RollingUpdate: printed }, ['Recreate', 'RollingUpdate']);
    return;
  }
  if (!rollingUpdate) {
    errors.required(`${path}.rollingUpdate`, 'this should be defaulted and never be nil');
    return;
  }
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate;
  const at = `${path}.rollingUpdate`;
  validateIntOrPercent(errors, maxUnavailable, `${at}.maxUnavailable`);
  validateIntOrPercent(errors, maxSurge, `${at}.maxSurge`);
  if (amountOf(maxUnavailable) === 0 && amountOf(maxSurge) === 0)
    errors.invalid(`${at}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0');
  validateAtMostAll(errors, maxUnavailable, `${at}.maxUnavailable`);
}

function validateSpec(errors: FieldErrors, spec: DeploymentSpec, options: PodSpecOptions): void {
  validateNonnegative(errors, spec.replicas, 'spec.replicas');
  validateSelector(errors, spec.selector, 'spec.selector', 'empty selector is invalid for deployment');
  const matcher = matcherOf(spec.selector);
  if (!matcher) errors.invalid('spec.selector', spec.selector, 'invalid label selector');
  else validateReplicaTemplate(errors, matcher, spec.template, 'spec.template', 'ReplicaSet', options);
  validateStrategy(errors, spec.strategy, 'spec.strategy');
  validateNonnegative(errors, spec.minReadySeconds, 'spec.minReadySeconds');
  validateNonnegative(errors, spec.revisionHistoryLimit, 'spec.revisionHistoryLimit');
  const deadline = spec.progressDeadlineSeconds;
  if (deadline === undefined) return;
  validateNonnegative(errors, deadline, 'spec.progressDeadlineSeconds');
  if (deadline <= (spec.minReadySeconds ?? 0))
    errors.invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds');
}

export const deployment = defineKind<Deployment>({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  nameRule: subdomainName,

  setDefaults({ spec }) {
    setPodSpecDefaults(spec.template.spec);
    spec.replicas ??= 1;
    const { strategy } = spec;
    if (!strategy.type) strategy.type = 'RollingUpdate';
    if (strategy.type === 'RollingUpdate') {
      strategy.rollingUpdate ??= {};
      strategy.rollingUpdate.maxUnavailable ??= '25%';
      strategy.rollingUpdate.maxSurge ??= '25%';
    }
    spec.revisionHistoryLimit ??= 10;
    spec.progressDeadlineSeconds ??= 600;
  },

  prepareForCreate(deployment, context) {
    deployment.status = {};
    firstGeneration(deployment);
    dropDisabledTemplateFields(context, deployment.spec.template);
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

  prepareForUpdate(deployment, old, context) {
    takeBack(deployment, old, 'status');
    dropDisabledTemplateFields(context, deployment.spec.template, old.spec.template);
    raiseGeneration(deployment, old);
    // Annotations count too: kubectl rollout writes its history there.
    const { metadata } = deployment;
    const noted = semanticEqual(metadata.annotations ?? {}, old.metadata.annotations ?? {});
    if (!noted) metadata.generation = (old.metadata.generation ?? 0) + 1;
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
      resetFields: [['spec'], ['metadata', 'labels']],
      prepareForUpdate(deployment, old) {
        deployment.spec = old.spec;
        takeBack(deployment.metadata, old.metadata, 'labels');
      },
      validateUpdate({ status }, old) {
        const errors = new FieldErrors();
        validateCounts(errors, status, [
          'observedGeneration',
          'replicas',
          'updatedReplicas',
          'readyReplicas',
          'availableReplicas',
          'unavailableReplicas',
          'terminatingReplicas',
          'collisionCount',
        ]);
        validateReplicaCounts(errors, status, ['updatedReplicas', 'readyReplicas', 'availableReplicas']);
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
      column('Up-to-date', 'string', doc('apps/v1.DeploymentStatus.updatedReplicas')),
      column('Available', 'string', doc('apps/v1.DeploymentStatus.availableReplicas')),
      ageColumn,
      wideColumn('Containers', 'string', 'Names of each container in the template.'),
      wideColumn('Images', 'string', 'Images referenced by each container in the template.'),
      wideColumn('Selector', 'string', doc('apps/v1.DeploymentSpec.selector')),
    ],
    row(deployment, context) {
      const { spec, status } = deployment;
      const selector = matcherOf(spec.selector);
      return {
        cells: [
          nameOf(deployment),
          `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
          status?.updatedReplicas ?? 0,
          status?.availableReplicas ?? 0,
          ageOf(deployment, context),
          ...containerCells(spec.template.spec.containers),
          selector ? String(selector) : '<invalid>',
        ],
      };
    },
  },
});
