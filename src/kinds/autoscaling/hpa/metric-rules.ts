// Rules of the metrics of a HorizontalPodAutoscaler.
// Upstream: k8s.io/kubernetes/pkg/apis/autoscaling/validation/validation.go.
import type {
  CrossVersionObjectReference,
  HorizontalPodAutoscalerSpec,
  MetricIdentifier,
  MetricSpec,
  MetricTarget,
} from '#types/autoscaling_v2';
import { ofNamedType } from '../../../api/field-error.ts';
import { compareQuantities } from '../../../api/quantity.ts';
import type { FieldErrors } from '../../validation/field-errors.ts';
import { dnsLabel, pathSegment } from '../../validation/names.ts';
import { validateContainerResourceName } from '../../validation/resource-names.ts';

/** How strictly the apiVersion of a reference is read. */
export interface ReferenceOptions {
  readonly allowEmptyGroup?: boolean;
  readonly allowInvalid?: boolean;
}

const types = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];
const targetTypes = ['Utilization', 'Value', 'AverageValue'];
const fieldOfType: Readonly<Record<string, (typeof sourceFields)[number]>> = {
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
  External: 'external',
  ContainerResource: 'containerResource',
};
const sourceFields = ['object', 'external', 'pods', 'resource', 'containerResource'] as const;

/** What is wrong with the apiVersion of a reference; undefined when nothing is. */
export function apiVersionFault(
  { apiVersion = '' }: CrossVersionObjectReference,
  options: ReferenceOptions,
): string | undefined {
  if (options.allowInvalid) return undefined;
  const parts = apiVersion.split('/');
  if (parts.length > 2) return `unexpected GroupVersion string: ${apiVersion}`;
  const group = parts.length === 2 ? parts[0]! : '';
  return options.allowEmptyGroup || group !== '' ? undefined : 'apiVersion must specify API group';
}

/** Checks kind, name and apiVersion of a reference. */
export function validateReference(
  errors: FieldErrors,
  reference: CrossVersionObjectReference,
  path: string,
  options: ReferenceOptions,
): void {
  for (const field of ['kind', 'name'] as const) {
    const value = reference[field];
    if (!value) errors.required(`${path}.${field}`);
    else errors.invalids(`${path}.${field}`, value, pathSegment(value));
  }
  const fault = apiVersionFault(reference, options);
  if (fault) errors.invalid(`${path}.apiVersion`, reference.apiVersion ?? '', fault);
}

function validateIdentifier(errors: FieldErrors, { name }: MetricIdentifier, path: string): void {
  if (!name) errors.required(`${path}.metric.name`, 'must specify a metric name');
  else errors.invalids(`${path}.metric.name`, name, pathSegment(name));
}

function validateTarget(errors: FieldErrors, target: MetricTarget, path: string): void {
  const at = `${path}.target`;
  const { type, averageUtilization } = target;
  if (!type) errors.required(`${at}.type`, 'must specify a metric target type');
  if (!targetTypes.includes(type))
    errors.invalid(`${at}.type`, ofNamedType(type), 'must be either Utilization, Value, or AverageValue');
  for (const field of ['value', 'averageValue'] as const) {
    const value = target[field];
    if (value !== undefined && compareQuantities(value, '0') <= 0)
      errors.invalid(`${at}.${field}`, value, 'must be positive');
  }
  if (averageUtilization !== undefined && averageUtilization < 1)
    errors.invalid(`${at}.averageUtilization`, averageUtilization, 'must be greater than 0');
}

function validateUtilization(errors: FieldErrors, target: MetricTarget, path: string): void {
  validateTarget(errors, target, path);
  const { averageUtilization, averageValue } = target;
  if (averageUtilization === undefined && averageValue === undefined)
    errors.required(
      `${path}.target.averageUtilization`,
      'must set either a target raw value or a target utilization',
    );
  if (averageUtilization !== undefined && averageValue !== undefined)
    errors.forbidden(
      `${path}.target.averageValue`,
      'may not set both a target raw value and a target utilization',
    );
}

function validateObject(
  errors: FieldErrors,
  source: NonNullable<MetricSpec['object']>,
  path: string,
  options: ReferenceOptions,
): void {
  validateReference(errors, source.describedObject, `${path}.describedObject`, options);
  validateIdentifier(errors, source.metric, path);
  validateTarget(errors, source.target, path);
  if (source.target.value === undefined && source.target.averageValue === undefined)
    errors.required(`${path}.target.averageValue`, 'must set either a target value or averageValue');
}

function validateExternal(
  errors: FieldErrors,
  source: NonNullable<MetricSpec['external']>,
  path: string,
): void {
  const { value, averageValue } = source.target;
  validateIdentifier(errors, source.metric, path);
  validateTarget(errors, source.target, path);
  if (value === undefined && averageValue === undefined)
    errors.required(
      `${path}.target.averageValue`,
      'must set either a target value for metric or a per-pod target',
    );
  if (value !== undefined && averageValue !== undefined)
    errors.forbidden(
      `${path}.target.value`,
      'may not set both a target value for metric and a per-pod target',
    );
}

function validatePods(errors: FieldErrors, source: NonNullable<MetricSpec['pods']>, path: string): void {
  validateIdentifier(errors, source.metric, path);
  validateTarget(errors, source.target, path);
  if (source.target.averageValue === undefined)
    errors.required(`${path}.target.averageValue`, 'must specify a positive target averageValue');
}

function validateContainer(
  errors: FieldErrors,
  source: NonNullable<MetricSpec['containerResource']>,
  path: string,
): void {
  if (!source.name) errors.required(`${path}.name`, 'must specify a resource name');
  else validateContainerResourceName(errors, source.name, `${path}.name`);
  if (!source.container) errors.required(`${path}.container`, 'must specify a container');
  else errors.invalids(`${path}.container`, source.container, dnsLabel(source.container));
  validateUtilization(errors, source.target, path);
}

function validateSource(
  errors: FieldErrors,
  metric: MetricSpec,
  field: (typeof sourceFields)[number],
  path: string,
  options: ReferenceOptions,
): void {
  const at = `${path}.${field}`;
  if (field === 'object') validateObject(errors, metric.object!, at, options);
  else if (field === 'external') validateExternal(errors, metric.external!, at);
  else if (field === 'pods') validatePods(errors, metric.pods!, at);
  else if (field === 'containerResource') validateContainer(errors, metric.containerResource!, at);
  else {
    if (!metric.resource!.name) errors.required(`${at}.name`, 'must specify a resource name');
    validateUtilization(errors, metric.resource!.target, at);
  }
}

function validateMetric(
  errors: FieldErrors,
  metric: MetricSpec,
  path: string,
  options: ReferenceOptions,
): void {
  const { type } = metric;
  if (!type) errors.required(`${path}.type`, 'must specify a metric source type');
  if (!types.includes(type)) errors.notSupported(`${path}.type`, type, types);
  const present = sourceFields.filter((field) => metric[field]);
  // Only the first source is looked into.
  if (present[0]) validateSource(errors, metric, present[0], path, options);
  const expected = fieldOfType[type];
  if (!expected) errors.notSupported(`${path}.type`, type, types);
  else if (!metric[expected])
    errors.required(`${path}.${expected}`, 'must populate information for the given metric source');
  if (present.length === 1) return;
  for (const field of present)
    if (field !== expected)
      errors.forbidden(`${path}.${field}`, 'must populate the given metric source only');
}

/** Checks all metrics. */
export function validateMetrics(
  errors: FieldErrors,
  { metrics = [], minReplicas }: HorizontalPodAutoscalerSpec,
  options: ReferenceOptions,
): void {
  metrics.forEach((metric, i) => {
    validateMetric(errors, metric, `spec.metrics[${i}]`, options);
  });
  const fromOutside = metrics.some(({ type }) => type === 'Object' || type === 'External');
  if (minReplicas === 0 && !fromOutside)
    errors.forbidden(
      'spec.metrics',
      'must specify at least one Object or External metric to support scaling to zero replicas',
    );
}
