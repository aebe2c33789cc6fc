// Metrics in the flat form of autoscaling/v1, which only its annotations hold, and in that of v2.
// Upstream: k8s.io/kubernetes/pkg/apis/autoscaling/v1/conversion.go.
import type * as v1 from '#types/autoscaling_v1';
import type * as v2 from '#types/autoscaling_v2';
import { compareQuantities } from '../../../api/quantity.ts';

/** Without the fields that are not there. */
function clean<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}

function identifier(name: string, selector: v2.MetricIdentifier['selector']): v2.MetricIdentifier {
  return clean({ name, selector });
}

function resourceTarget(source: v1.ResourceMetricSource): v2.MetricTarget {
  const { targetAverageUtilization: averageUtilization, targetAverageValue: averageValue } = source;
  const type = averageUtilization === undefined ? 'AverageValue' : 'Utilization';
  return clean({ type, averageValue, averageUtilization });
}

function objectTarget({ averageValue, targetValue }: v1.ObjectMetricSource): v2.MetricTarget {
  if (averageValue === undefined) return { type: 'Value', value: targetValue };
  const isZero = compareQuantities(targetValue, '0') === 0;
  return clean({ type: 'AverageValue', value: isZero ? undefined : targetValue, averageValue });
}

/** A metric of v1 in the form of v2. */
export function metricFromV1(metric: v1.MetricSpec): v2.MetricSpec {
  const { type, object, pods, resource, containerResource, external } = metric;
  return clean({
    type,
    object: object && {
      describedObject: object.target,
      target: objectTarget(object),
      metric: identifier(object.metricName, object.selector),
    },
    pods: pods && {
      metric: identifier(pods.metricName, pods.selector),
      target: { type: 'AverageValue', averageValue: pods.targetAverageValue },
    },
    resource: resource && { name: resource.name, target: resourceTarget(resource) },
    containerResource: containerResource && {
      name: containerResource.name,
      target: resourceTarget(containerResource),
      container: containerResource.container,
    },
    external: external && {
      metric: identifier(external.metricName, external.metricSelector),
      target: clean({
        type: external.targetValue === undefined ? 'AverageValue' : 'Value',
        value: external.targetValue,
        averageValue: external.targetAverageValue,
      }),
    },
  });
}

/** A metric of v2 in the form of v1. */
export function metricToV1(metric: v2.MetricSpec): v1.MetricSpec {
  const { type, object, pods, resource, containerResource, external } = metric;
  return clean({
    type,
    object:
      object &&
      clean({
        target: object.describedObject,
        metricName: object.metric.name,
        targetValue: object.target.value ?? '0',
        selector: object.metric.selector,
        averageValue: object.target.averageValue,
      }),
    pods:
      pods &&
      clean({
        metricName: pods.metric.name,
        targetAverageValue: pods.target.averageValue ?? '0',
        selector: pods.metric.selector,
      }),
    resource:
      resource &&
      clean({
        name: resource.name,
        targetAverageUtilization: resource.target.averageUtilization,
        targetAverageValue: resource.target.averageValue,
      }),
    containerResource:
      containerResource &&
      clean({
        name: containerResource.name,
        targetAverageUtilization: containerResource.target.averageUtilization,
        targetAverageValue: containerResource.target.averageValue,
        container: containerResource.container,
      }),
    external:
      external &&
      clean({
        metricName: external.metric.name,
        metricSelector: external.metric.selector,
        targetValue: external.target.value,
        targetAverageValue: external.target.averageValue,
      }),
  });
}

function resourceCurrent(status: v1.ResourceMetricStatus): v2.MetricValueStatus {
  return clean({
    averageValue: status.currentAverageValue,
    averageUtilization: status.currentAverageUtilization,
  });
}

/** A metric's current value of v1 in the form of v2. */
export function metricStatusFromV1(status: v1.MetricStatus): v2.MetricStatus {
  const { type, object, pods, resource, containerResource, external } = status;
  return clean({
    type,
    object: object && {
      metric: identifier(object.metricName, object.selector),
      current: clean({ value: object.currentValue, averageValue: object.averageValue }),
      describedObject: object.target,
    },
    pods: pods && {
      metric: identifier(pods.metricName, pods.selector),
      current: { averageValue: pods.currentAverageValue },
    },
    resource: resource && { name: resource.name, current: resourceCurrent(resource) },
    containerResource: containerResource && {
      name: containerResource.name,
      current: resourceCurrent(containerResource),
      container: containerResource.container,
    },
    external: external && {
      metric: identifier(external.metricName, external.metricSelector),
      current: clean({ value: external.currentValue, averageValue: external.currentAverageValue }),
    },
  });
}

/** A metric's current value of v2 in the form of v1. */
export function metricStatusToV1(status: v2.MetricStatus): v1.MetricStatus {
  const { type, object, pods, resource, containerResource, external } = status;
  return clean({
    type,
    object:
      object &&
      clean({
        target: object.describedObject,
        metricName: object.metric.name,
        currentValue: object.current.value ?? '0',
        selector: object.metric.selector,
        averageValue: object.current.averageValue,
      }),
    pods:
      pods &&
      clean({
        metricName: pods.metric.name,
        currentAverageValue: pods.current.averageValue ?? '0',
        selector: pods.metric.selector,
      }),
    resource:
      resource &&
      clean({
        name: resource.name,
        currentAverageUtilization: resource.current.averageUtilization,
        currentAverageValue: resource.current.averageValue ?? '0',
      }),
    containerResource:
      containerResource &&
      clean({
        name: containerResource.name,
        currentAverageUtilization: containerResource.current.averageUtilization,
        currentAverageValue: containerResource.current.averageValue ?? '0',
        container: containerResource.container,
      }),
    external:
      external &&
      clean({
        metricName: external.metric.name,
        metricSelector: external.metric.selector,
        currentValue: external.current.value ?? '0',
        currentAverageValue: external.current.averageValue,
      }),
  });
}
