// What says whether running containers have started, are ready, and are alive.
import type { Pod } from '#types/core_v1';
import type { AnyContainer } from '../../kinds/pod-spec/containers-of.ts';

/** What probes found out about a running container. */
export interface ProbeResults {
  readonly started: boolean;
  readonly ready: boolean;
  /** Set when the container has to be killed: `liveness` or `startup`. */
  readonly failed?: 'liveness' | 'startup';
  /** Milliseconds since the Unix epoch at which the answer may be another one. */
  readonly changesAt?: number;
}

/** Asked for each running container when its pod's status is made; answers at once, from what is known. */
export interface Prober {
  results(pod: Pod, container: AnyContainer, startedAt: number): ProbeResults;
}
