// HorizontalPodAutoscaler of autoscaling/v2beta1: flat metrics, which autoscaling/v1 has in its annotations to this day, and
// no behavior. Upstream: pkg/apis/autoscaling/v2beta1/conversion.go of 1.24.
import type * as v1 from '#types/autoscaling_v1';
import type * as v2 from '#types/autoscaling_v2';
import type { ObjectMeta } from '#types/meta_v1';
import { dropRoundTripAnnotations } from '../autoscaling/hpa/v1.ts';
import { behaviorFromText, behaviorText } from '../autoscaling/hpa/v1-behavior.ts';
import {
  metricFromV1,
  metricStatusFromV1,
  metricStatusToV1,
  metricToV1,
} from '../autoscaling/hpa/v1-metrics.ts';
import { setAnnotation } from './annotations.ts';
import { legacyConversion } from './convert.ts';

const behaviorAnnotation = 'autoscaling.alpha.kubernetes.io/behavior';

/** What differs from v2. */
interface OldAutoscaler {
  metadata: ObjectMeta;
  spec: Omit<v2.HorizontalPodAutoscalerSpec, 'metrics' | 'behavior'> & { metrics?: v1.MetricSpec[] };
  status?: Omit<v2.HorizontalPodAutoscalerStatus, 'currentMetrics'> & {
    currentMetrics?: v1.MetricStatus[] | null;
  };
}

/** autoscaling/v2beta1. */
export const autoscalingV2beta1 = legacyConversion<OldAutoscaler, v2.HorizontalPodAutoscaler>({
  old: 'autoscaling/v2beta1',
  today: 'autoscaling/v2',
  toToday({ metadata, spec, status, ...rest }) {
    const { metrics, ...others } = spec;
    const behavior = behaviorFromText(metadata.annotations?.[behaviorAnnotation]);
    dropRoundTripAnnotations(metadata);
    return {
      ...rest,
      metadata,
      spec: {
        ...others,
        ...(metrics && { metrics: metrics.map(metricFromV1) }),
        ...(behavior && { behavior }),
      },
      ...(status && {
        status: { ...status, currentMetrics: status.currentMetrics?.map(metricStatusFromV1) ?? null },
      }),
    } as unknown as v2.HorizontalPodAutoscaler;
  },
  toOld({ metadata, spec, status, ...rest }) {
    const { metrics, behavior, ...others } = spec;
    dropRoundTripAnnotations(metadata);
    if (behavior) setAnnotation(metadata, behaviorAnnotation, behaviorText(behavior));
    return {
      ...rest,
      metadata,
      spec: { ...others, ...(metrics && { metrics: metrics.map(metricToV1) }) },
      ...(status && {
        status: { ...status, currentMetrics: status.currentMetrics?.map(metricStatusToV1) ?? null },
      }),
    };
  },
});
