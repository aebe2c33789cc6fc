// HorizontalPodAutoscaler of autoscaling/v2beta2: v2 without tolerances, which go through annotations.
// Upstream: pkg/apis/autoscaling/v2beta2/conversion.go.
import type * as v2 from '#types/autoscaling_v2';
import { dropRoundTripAnnotations } from '../autoscaling/hpa/v1.ts';
import { setAnnotation } from './annotations.ts';
import { legacyConversion } from './convert.ts';

const directions = [
  ['scaleDown', 'autoscaling.alpha.kubernetes.io/scale-down-tolerance'],
  ['scaleUp', 'autoscaling.alpha.kubernetes.io/scale-up-tolerance'],
] as const;

/** autoscaling/v2beta2. */
export const autoscalingV2beta2 = legacyConversion<v2.HorizontalPodAutoscaler, v2.HorizontalPodAutoscaler>({
  old: 'autoscaling/v2beta2',
  today: 'autoscaling/v2',
  toToday(autoscaler) {
    const { metadata, spec } = autoscaler;
    for (const [direction, annotation] of directions) {
      const tolerance = metadata.annotations?.[annotation];
      if (tolerance === undefined) continue;
      spec.behavior ??= {};
      spec.behavior[direction] = { ...spec.behavior[direction], tolerance };
    }
    dropRoundTripAnnotations(metadata);
    return autoscaler;
  },
  toOld(autoscaler) {
    const { metadata, spec } = autoscaler;
    dropRoundTripAnnotations(metadata);
    for (const [direction, annotation] of directions) {
      const rules = spec.behavior?.[direction];
      if (rules?.tolerance === undefined) continue;
      setAnnotation(metadata, annotation, rules.tolerance);
      delete rules.tolerance;
    }
    return autoscaler;
  },
});
