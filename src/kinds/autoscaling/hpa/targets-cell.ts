// The cell that shows what a HorizontalPodAutoscaler aims at and where it is: `cpu: 12%/80%`.
// Upstream: formatHPAMetrics in k8s.io/kubernetes/pkg/printers/internalversion/printers.go.
import type { MetricSpec, MetricStatus, MetricTarget, MetricValueStatus } from '#types/autoscaling_v2';

const shownMetrics = 2;

/** Of a metric from outside the pods. */
function outsideText(target: MetricTarget, current: MetricValueStatus | undefined): string {
  if (target.averageValue !== undefined)
    return `${current?.averageValue ?? '<unknown>'}/${target.averageValue} (avg)`;
  return `${current ? (current.value ?? '<nil>') : '<unknown>'}/${target.value ?? '<nil>'}`;
}

/** Of a resource of pods or containers. */
function resourceText(name: string, target: MetricTarget, current: MetricValueStatus | undefined): string {
  if (target.averageValue !== undefined) {
    const now = current ? (current.averageValue ?? '<nil>') : '<unknown>';
    return `${name}: ${now}/${target.averageValue}`;
  }
  const percent = (value: number | undefined, none: string): string =>
    value === undefined ? none : `${value}%`;
  const now = percent(current?.averageUtilization, '<unknown>');
  return `${name}: ${now}/${percent(target.averageUtilization, '<auto>')}`;
}

function metricText(metric: MetricSpec, status: MetricStatus | undefined): string {
  const { type, object, pods, resource, containerResource, external } = metric;
  if (type === 'External' && external) return outsideText(external.target, status?.external?.current);
  if (type === 'Object' && object) return outsideText(object.target, status?.object?.current);
  if (type === 'Pods' && pods) {
    const current = status?.pods?.current;
    const now = current ? (current.averageValue ?? '<nil>') : '<unknown>';
    return `${now}/${pods.target.averageValue ?? '<nil>'}`;
  }
  if (type === 'Resource' && resource)
    return resourceText(resource.name, resource.target, status?.resource?.current);
  if (type === 'ContainerResource' && containerResource) {
    const current = status?.containerResource?.current;
    return resourceText(containerResource.name, containerResource.target, current);
  }
  return '<unknown type>';
}

/** Metrics and their current values. */
export function targetsCell(
  metrics: readonly MetricSpec[] | undefined,
  statuses: readonly MetricStatus[] | null | undefined,
): string {
  if (!metrics?.length) return '<none>';
  const texts = metrics.map((metric, i) => metricText(metric, statuses?.[i]));
  const shown = texts.slice(0, shownMetrics).join(', ');
  return texts.length > shownMetrics ? `${shown} + ${texts.length - shownMetrics} more...` : shown;
}
