// When the change happened that endpoints are written for: the annotation endpoints.kubernetes.io/last-change-trigger-time.
// Upstream: k8s.io/endpointslice/util/trigger_time_tracker.go.
import type { Pod, Service } from '#types/core_v1';

/** The annotation's name. */
export const triggerTimeAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time';

interface ServiceState {
  readonly service: string;
  readonly pods: ReadonlyMap<string, string>;
}

/** Remembers what each service and its pods looked like at the last look. Times are RFC 3339 text, which sorts by time. */
export class TriggerTimes {
  private readonly states = new Map<string, ServiceState>();

  /** The time of the first change since the last look, or undefined when there was none. */
  next(key: string, service: Service, pods: readonly Pod[]): string | undefined {
    const before = this.states.get(key);
    const created = service.metadata.creationTimestamp ?? '';
    const times = new Map<string, string>();
    let first: string | undefined;
    const consider = (time: string, known: string): void => {
      if (time > known && (first === undefined || time < first)) first = time;
    };
    for (const pod of pods) {
      const ready = pod.status?.conditions?.find((c) => c.type === 'Ready')?.lastTransitionTime;
      if (!ready) continue;
      times.set(pod.metadata.name!, ready);
      consider(ready, before?.pods.get(pod.metadata.name!) ?? '');
    }
    consider(created, before?.service ?? '');
    this.states.set(key, { service: created, pods: times });
    return before ? first : created || undefined;
  }

  /** The service is gone. */
  forget(key: string): void {
    this.states.delete(key);
  }
}
