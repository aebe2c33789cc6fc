// DeviceTaintRule: what tables cannot say. Stored as v1alpha3.
// Upstream: k8s.io/kubernetes/pkg/registry/resource/devicetaintrule/strategy.go and pkg/apis/resource/validation.
import type { DeviceTaintRule } from '#types/resource.k8s.io_v1alpha3';
import { formatTime } from '../../api/time.ts';
import { defineKind } from '../define-kind.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, nameColumn } from '../table/columns.ts';
import { validateConditions } from '../validation/conditions.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { validateLabelKey } from '../validation/labels.ts';
import { dnsLabel, subdomainName } from '../validation/names.ts';
import { firstGeneration, keepMetadata, raiseGeneration, takeBack } from '../validation/status-strategy.ts';
import { validateDriverName } from '../volumes/source-rules.ts';
import { taintEffects } from './claim-rules.ts';
import { validatePoolName, validateValue } from './list-rules.ts';

const mostConditions = 8;

function validate({ spec }: DeviceTaintRule, old?: DeviceTaintRule): FieldErrors {
  const errors = new FieldErrors();
  const { deviceSelector: selector, taint } = spec;
  if (selector) {
    const { driver, pool, device } = selector;
    if (driver !== undefined) validateDriverName(errors, driver, 'spec.deviceSelector.driver');
    if (pool !== undefined) validatePoolName(errors, pool, 'spec.deviceSelector.pool');
    if (device !== undefined) errors.invalids('spec.deviceSelector.device', device, dnsLabel(device));
  }
  const { key, value, effect } = taint;
  validateLabelKey(errors, key, 'spec.taint.key');
  if (value) validateValue(errors, value, 'spec.taint.value');
  if (effect !== old?.spec.taint.effect) {
    if (!effect) errors.required('spec.taint.effect');
    else if (!taintEffects.includes(effect)) errors.notSupported('spec.taint.effect', effect, taintEffects);
  }
  return errors;
}

export const deviceTaintRule = defineKind<DeviceTaintRule>({
  group: 'resource.k8s.io',
  version: 'v1alpha3',
  kind: 'DeviceTaintRule',
  nameRule: subdomainName,
  setDefaults({ spec: { taint } }, now) {
    if (now !== undefined) taint.timeAdded ??= formatTime(now);
  },
  prepareForCreate(rule, { now }) {
    rule.status = {};
    rule.spec.taint.timeAdded ??= formatTime(now);
    firstGeneration(rule);
  },
  validateCreate: (rule) => validate(rule).list,
  prepareForUpdate(rule, old, { now }) {
    takeBack(rule, old, 'status');
    const { taint } = rule.spec;
    // since when there is this effect, not this rule
    if (taint.effect !== old.spec.taint.effect && taint.timeAdded === old.spec.taint.timeAdded)
      taint.timeAdded = formatTime(now);
    taint.timeAdded ??= formatTime(now);
    raiseGeneration(rule, old);
  },
  validateUpdate: (rule, old) => validate(rule, old).list,

  subresources: {
    status: {
      resetFields: [['metadata'], ['spec']],
      prepareForUpdate(rule, old) {
        rule.spec = old.spec;
        keepMetadata(rule, old);
      },
      validateUpdate({ status }) {
        const errors = new FieldErrors();
        const conditions = status?.conditions ?? [];
        validateConditions(errors, conditions, 'status.conditions');
        if (conditions.length > mostConditions)
          errors.tooMany('status.conditions', conditions.length, mostConditions);
        return errors.list;
      },
    },
  },
  table: {
    columns: [nameColumn, ageColumn],
    row: (rule, context) => ({ cells: [nameOf(rule), ageOf(rule, context)] }),
  },
});
