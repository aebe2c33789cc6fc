// HorizontalPodAutoscaler: what tables cannot say. Stored as autoscaling/v2.
// Upstream: k8s.io/kubernetes/pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go.
import type { HorizontalPodAutoscaler, HPAScalingRules } from '#types/autoscaling_v2';
import { defineKind } from '../../define-kind.ts';
import { ageOf, nameOf } from '../../table/ages.ts';
import { ageColumn, column, doc, nameColumn } from '../../table/columns.ts';
import { FieldErrors } from '../../validation/field-errors.ts';
import { subdomainName } from '../../validation/names.ts';
import { validateNonnegative } from '../../validation/numbers.ts';
import { takeBack } from '../../validation/status-strategy.ts';
import { validateAutoscaler } from './rules.ts';
import { targetsCell } from './targets-cell.ts';
import { cpuMetric, defaultUtilization, dropRoundTripAnnotations, v1Conversion } from './v1.ts';

function scaleUpRules(rules: HPAScalingRules = {}): HPAScalingRules {
  rules.stabilizationWindowSeconds ??= 0;
  rules.selectPolicy ??= 'Max';
  rules.policies ??= [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ];
  return rules;
}

/** The window of scaling down is the controller's unless it is set. */
function scaleDownRules(rules: HPAScalingRules = {}): HPAScalingRules {
  rules.selectPolicy ??= 'Max';
  rules.policies ??= [{ type: 'Percent', value: 100, periodSeconds: 15 }];
  return rules;
}

function docOf(field: string) {
  return doc(`autoscaling/v2.HorizontalPodAutoscaler${field}`);
}

export const horizontalPodAutoscaler = defineKind<HorizontalPodAutoscaler>({
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  nameRule: subdomainName,
  setDefaults({ metadata, spec }) {
    spec.minReplicas ??= 1;
    if (!spec.metrics?.length) spec.metrics = [cpuMetric(defaultUtilization)];
    if (spec.behavior) {
      spec.behavior.scaleUp = scaleUpRules(spec.behavior.scaleUp);
      spec.behavior.scaleDown = scaleDownRules(spec.behavior.scaleDown);
    }
    dropRoundTripAnnotations(metadata);
  },
  prepareForCreate(autoscaler) {
    autoscaler.status = { desiredReplicas: 0, currentMetrics: null };
  },
  validateCreate(autoscaler) {
    const errors = new FieldErrors();
    validateAutoscaler(errors, autoscaler);
    return errors.list;
  },
  prepareForUpdate: (autoscaler, old) => takeBack(autoscaler, old, 'status'),
  validateUpdate(autoscaler, old) {
    const errors = new FieldErrors();
    validateAutoscaler(errors, autoscaler, old);
    return errors.list;
  },

  subresources: {
    status: {
      prepareForUpdate(autoscaler, old) {
        autoscaler.spec = old.spec;
      },
      validateUpdate({ status }) {
        const errors = new FieldErrors();
        validateNonnegative(errors, status.currentReplicas, 'status.currentReplicas');
        validateNonnegative(errors, status.desiredReplicas, 'status.desiredReplicas');
        return errors.list;
      },
    },
  },

  table: {
    columns: [
      nameColumn,
      column('Reference', 'string', docOf('Spec.scaleTargetRef')),
      column('Targets', 'string', docOf('Spec.metrics')),
      column('MinPods', 'string', docOf('Spec.minReplicas')),
      column('MaxPods', 'string', docOf('Spec.maxReplicas')),
      column('Replicas', 'string', docOf('Status.currentReplicas')),
      ageColumn,
    ],
    row(autoscaler, context) {
      const { spec, status } = autoscaler;
      return {
        cells: [
          nameOf(autoscaler),
          `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`,
          targetsCell(spec.metrics, status.currentMetrics),
          spec.minReplicas === undefined ? '<unset>' : String(spec.minReplicas),
          spec.maxReplicas,
          status.currentReplicas ?? 0,
          ageOf(autoscaler, context),
        ],
      };
    },
  },

  conversions: { v1: v1Conversion },
});
