// autoscaling/v1 knows the processor alone; all else goes through annotations.
// Upstream: k8s.io/kubernetes/pkg/apis/autoscaling/v1/conversion.go.

import type * as v1 from '#types/autoscaling_v1';
import type * as v2 from '#types/autoscaling_v2';
import type { ObjectMeta } from '#types/meta_v1';
import { copyJson } from '../../../api/json-object.ts';
import type { KubeObject } from '../../../api/object.ts';
import type { VersionConversion } from '../../define-kind.ts';
import { behaviorFromText, behaviorText } from './v1-behavior.ts';
import { metricFromV1, metricStatusFromV1, metricStatusToV1, metricToV1 } from './v1-metrics.ts';

const prefix = 'autoscaling.alpha.kubernetes.io/';
const metricsAnnotation = `${prefix}metrics`;
const statusesAnnotation = `${prefix}current-metrics`;
const conditionsAnnotation = `${prefix}conditions`;
const behaviorAnnotation = `${prefix}behavior`;
const roundTrip = [
  metricsAnnotation,
  statusesAnnotation,
  conditionsAnnotation,
  behaviorAnnotation,
  `${prefix}scale-down-tolerance`,
  `${prefix}scale-up-tolerance`,
];

export const defaultUtilization = 80;

/** The metric that v1 can name. */
export function cpuMetric(averageUtilization: number): v2.MetricSpec {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } };
}

/** Removes what only v1 may show. */
export function dropRoundTripAnnotations(metadata: ObjectMeta): void {
  const { annotations } = metadata;
  if (!annotations) return;
  for (const name of roundTrip) delete annotations[name];
  if (Object.keys(annotations).length === 0) delete metadata.annotations;
}

/** The value of an annotation; undefined when there is none or it is no JSON of that sort. */
function annotated<T>({ annotations }: ObjectMeta, name: string): T[] | undefined {
  const text = annotations?.[name];
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? (value as T[]) : undefined;
  } catch {
    return undefined;
  }
}

function isCpuUtilization({ type, resource }: v2.MetricSpec): boolean {
  return type === 'Resource' && resource?.name === 'cpu' && resource.target.averageUtilization !== undefined;
}

function toV2(source: v1.HorizontalPodAutoscaler): v2.HorizontalPodAutoscaler {
  const { spec, status } = source;
  const metadata = copyJson(source.metadata);
  const { targetCPUUtilizationPercentage: utilization, ...rest } = spec;
  const own = utilization === undefined ? [] : [cpuMetric(utilization)];
  const others = annotated<v1.MetricSpec>(metadata, metricsAnnotation)?.map(metricFromV1) ?? [];
  const metrics = [...others, ...own];
  const { currentCPUUtilizationPercentage: current, ...counts } = status ?? {
    currentReplicas: 0,
    desiredReplicas: 0,
  };
  const currentMetrics: v2.MetricStatus[] | null =
    annotated<v1.MetricStatus>(metadata, statusesAnnotation)?.map(metricStatusFromV1) ??
    (current === undefined
      ? null
      : [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: current } } }]);
  const conditions = annotated<v2.HorizontalPodAutoscalerCondition>(metadata, conditionsAnnotation);
  const behavior = behaviorFromText(metadata.annotations?.[behaviorAnnotation]);
  dropRoundTripAnnotations(metadata);
  return {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v2',
    metadata,
    spec: {
      ...rest,
      metrics: metrics.length > 0 ? metrics : [cpuMetric(defaultUtilization)],
      ...(behavior ? { behavior } : {}),
    },
    status: { ...counts, currentMetrics, ...(conditions ? { conditions } : {}) },
  };
}

function toV1(source: v2.HorizontalPodAutoscaler): v1.HorizontalPodAutoscaler {
  const metadata = copyJson(source.metadata);
  dropRoundTripAnnotations(metadata);
  const { metrics = [], behavior, ...rest } = source.spec;
  const { currentMetrics, conditions, ...counts } = source.status;
  const annotations: Record<string, string> = { ...metadata.annotations };
  const others = metrics.filter((metric) => !isCpuUtilization(metric)).map(metricToV1);
  if (others.length > 0) annotations[metricsAnnotation] = JSON.stringify(others);
  if (currentMetrics?.length)
    annotations[statusesAnnotation] = JSON.stringify(currentMetrics.map(metricStatusToV1));
  if (behavior) annotations[behaviorAnnotation] = behaviorText(behavior);
  if (conditions?.length) annotations[conditionsAnnotation] = JSON.stringify(conditions);
  if (Object.keys(annotations).length > 0) metadata.annotations = annotations;
  const utilization = metrics.find(isCpuUtilization)?.resource?.target.averageUtilization;
  const current = currentMetrics?.findLast(
    ({ type, resource }) =>
      type === 'Resource' && resource?.name === 'cpu' && resource.current.averageUtilization !== undefined,
  )?.resource?.current.averageUtilization;
  return {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v1',
    metadata,
    spec: {
      ...rest,
      ...(utilization === undefined ? {} : { targetCPUUtilizationPercentage: utilization }),
    },
    status: {
      ...counts,
      currentReplicas: counts.currentReplicas ?? 0,
      ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }),
    },
  };
}

export const v1Conversion: VersionConversion = {
  setDefaults(object) {
    const { spec } = object as unknown as v1.HorizontalPodAutoscaler;
    spec.minReplicas ??= 1;
  },
  toStorage: (object) => toV2(object as unknown as v1.HorizontalPodAutoscaler) as unknown as KubeObject,
  fromStorage: (object) => toV1(object as unknown as v2.HorizontalPodAutoscaler) as unknown as KubeObject,
};
