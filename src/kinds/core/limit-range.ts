// LimitRange: what tables cannot say.
// Upstream: ValidateLimitRange in k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import type { LimitRange, LimitRangeItem } from '#types/core_v1';
import { ofNamedType } from '../../api/field-error.ts';
import { compareQuantities, parseQuantity } from '../../api/quantity.ts';
import { defineKind } from '../define-kind.ts';
import { nameOf } from '../table/ages.ts';
import { column, doc, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { qualifiedName, subdomainName } from '../validation/names.ts';
import {
  isOvercommitAllowed,
  roundResources,
  validateContainerResourceName,
  validateResourceName,
} from '../validation/resource-names.ts';

const types = new Set(['Pod', 'Container', 'PersistentVolumeClaim']);
const lists = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;

function validateType(errors: FieldErrors, type: string, path: string): void {
  const messages = qualifiedName(type);
  errors.invalids(path, ofNamedType(type), messages);
  if (messages.length === 0 && !type.includes('/') && !types.has(type))
    errors.invalid(path, ofNamedType(type), 'must be a standard limit type or fully qualified');
}

const maxMilliValue = Number(9223372036854775807n / 1000n);

function validateRatio(
  errors: FieldErrors,
  ratio: string,
  min: string | undefined,
  max: string | undefined,
  path: string,
): void {
  if (compareQuantities(ratio, '1') < 0) errors.invalid(path, ratio, `ratio ${ratio} is less than 1`);
  if (min === undefined || max === undefined) return;
  const parsed = [ratio, min, max].map(parseQuantity);
  const fine = parsed.every((quantity) => quantity.value() < maxMilliValue);
  const [ratioValue, minValue, maxValue] = parsed.map((quantity) =>
    fine ? quantity.milliValue() : quantity.value(),
  ) as [number, number, number];
  const limit = maxValue / minValue;
  if ((fine ? ratioValue / 1000 : ratioValue) > limit)
    errors.invalid(path, ratio, `ratio ${ratio} is greater than max/min = ${limit.toFixed(6)}`);
}

function validateAmounts(errors: FieldErrors, item: LimitRangeItem, name: string, path: string): void {
  const max = item.max?.[name];
  const min = item.min?.[name];
  const ofPod = item.type === 'Pod';
  const limit = ofPod ? undefined : item.default?.[name];
  const request = ofPod ? undefined : item.defaultRequest?.[name];
  const above = (a: string | undefined, b: string | undefined): boolean =>
    a !== undefined && b !== undefined && compareQuantities(a, b) > 0;
  const fault = (list: string, shown: string | undefined, text: string): void =>
    errors.invalid(`${path}.${list}[${name}]`, shown, text);
  if (above(min, max)) fault('min', min, `min value ${min} is greater than max value ${max}`);
  if (above(min, request))
    fault('defaultRequest', request, `min value ${min} is greater than default request value ${request}`);
  if (above(request, max))
    fault('defaultRequest', request, `default request value ${request} is greater than max value ${max}`);
  if (above(request, limit))
    fault(
      'defaultRequest',
      request,
      `default request value ${request} is greater than default limit value ${limit}`,
    );
  if (above(min, limit)) fault('default', min, `min value ${min} is greater than default value ${limit}`);
  if (above(limit, max)) fault('default', max, `default value ${limit} is greater than max value ${max}`);
  const ratio = item.maxLimitRequestRatio?.[name];
  if (ratio !== undefined) validateRatio(errors, ratio, min, max, `${path}.maxLimitRequestRatio[${name}]`);
  if (limit === undefined || request === undefined || isOvercommitAllowed(name)) return;
  if (compareQuantities(limit, request) !== 0)
    fault(
      'defaultRequest',
      request,
      `default value ${limit} must equal to defaultRequest value ${request} in ${name}`,
    );
}

function validateItem(errors: FieldErrors, item: LimitRangeItem, path: string): void {
  const ofPod = item.type === 'Pod';
  const names = new Set<string>();
  for (const list of lists) {
    const resources = item[list] ?? {};
    if (ofPod && (list === 'default' || list === 'defaultRequest')) {
      if (Object.keys(resources).length > 0)
        errors.forbidden(`${path}.${list}`, "may not be specified when `type` is 'Pod'");
      continue;
    }
    for (const name in resources) {
      const at = `${path}.${list}[${name}]`;
      if (ofPod || item.type === 'Container') validateContainerResourceName(errors, name, at);
      else validateResourceName(errors, name, at);
      names.add(name);
    }
  }
  const storage = item.min?.['storage'] ?? item.max?.['storage'];
  if (item.type === 'PersistentVolumeClaim' && storage === undefined) {
    errors.required(
      `${path}.limits`,
      'either minimum or maximum storage value is required, but neither was provided',
    );
  }
  for (const name of names) validateAmounts(errors, item, name, path);
}

function validate({ spec }: LimitRange) {
  const errors = new FieldErrors();
  const seen = new Set<string>();
  spec.limits?.forEach((item, i) => {
    const path = `spec.limits[${i}]`;
    validateType(errors, item.type, `${path}.type`);
    if (seen.has(item.type)) errors.duplicate(`${path}.type`, item.type);
    seen.add(item.type);
    validateItem(errors, item, path);
  });
  return errors.list;
}

function setItemDefaults(item: LimitRangeItem): void {
  for (const list of lists) roundResources(item[list]);
  if (item.type !== 'Container') return;
  const limits = { ...item.max, ...item.default };
  const requests = { ...item.min, ...limits, ...item.defaultRequest };
  if (Object.keys(limits).length > 0) item.default = limits;
  if (Object.keys(requests).length > 0) item.defaultRequest = requests;
}

export const limitRange = defineKind<LimitRange>({
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  metadataChecks: ['whole'],
  nameRule: subdomainName,
  setDefaults({ spec }) {
    for (const item of spec.limits ?? []) setItemDefaults(item);
  },
  // Upstream makes a random name; the uid is one.
  prepareForCreate({ metadata }) {
    if (!metadata.name && metadata.uid) metadata.name = metadata.uid;
  },
  validateCreate: validate,
  allowCreateOnUpdate: true,
  validateUpdate: validate,
  table: {
    columns: [nameColumn, column('Created At', 'date', doc('meta/v1.ObjectMeta.creationTimestamp'))],
    row: (range) => ({ cells: [nameOf(range), range.metadata.creationTimestamp ?? null] }),
  },
});
