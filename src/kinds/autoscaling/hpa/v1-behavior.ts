// The behavior of a HorizontalPodAutoscaler as autoscaling/v1 carries it: the JSON of upstream's internal type, which has
// Go's field names. Reading does not mind their case.
import type { HorizontalPodAutoscalerBehavior, HPAScalingRules } from '#types/autoscaling_v2';
import { isJsonObject } from '../../../api/json-object.ts';

function printRules(rules: HPAScalingRules | undefined): unknown {
  if (!rules) return null;
  return {
    StabilizationWindowSeconds: rules.stabilizationWindowSeconds ?? null,
    SelectPolicy: rules.selectPolicy ?? null,
    Policies:
      rules.policies?.map(({ type, value, periodSeconds }) => ({
        Type: type,
        Value: value,
        PeriodSeconds: periodSeconds,
      })) ?? null,
    Tolerance: rules.tolerance ?? null,
  };
}

/** The text of the annotation. */
export function behaviorText({ scaleUp, scaleDown }: HorizontalPodAutoscalerBehavior): string {
  return JSON.stringify({ ScaleUp: printRules(scaleUp), ScaleDown: printRules(scaleDown) });
}

/** Field names with a small first letter, empty fields left out, all the way down. */
function lowered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowered);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(
    entries.map(([name, member]) => [name.charAt(0).toLowerCase() + name.slice(1), lowered(member)]),
  );
}

/** The behavior that a text describes; undefined when there is none. */
export function behaviorFromText(text: string | undefined): HorizontalPodAutoscalerBehavior | undefined {
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = lowered(JSON.parse(text));
  } catch {
    return undefined;
  }
  if (!isJsonObject(value) || Object.keys(value).length === 0) return undefined;
  return value as HorizontalPodAutoscalerBehavior;
}
