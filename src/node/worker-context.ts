// What the workers of pods share.
import type { Logger } from 'pino';
import type { Pod } from '#types/core_v1';
import type { Clock } from '../api/clock.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import type { AnyContainer } from '../kinds/pod-spec/containers-of.ts';
import type { ConfigSource } from './config-source.ts';
import type { ImageManager } from './image-manager.ts';
import type { KeyedBackoff } from './keyed-backoff.ts';
import type { Prober } from './probes/prober.ts';
import type { Runtime } from './runtimes/runtime.ts';
import type { StatusWriter } from './status-writer.ts';

/** The node that a pod is on. */
export interface HostNode {
  readonly name: string;
  readonly address: string;
  readonly podCidr: string;
  readonly allocatable: Readonly<Record<string, string>>;
  readonly events: EventRecorder;
}

/** What a worker needs. */
export interface WorkerContext {
  readonly runtime: Runtime;
  readonly prober: Prober;
  readonly clock: Clock;
  readonly log: Logger;
  readonly statuses: StatusWriter;
  readonly images: ImageManager;
  readonly config: ConfigSource;
  /** Restarts of containers. */
  readonly crashes: KeyedBackoff;
  readonly node: HostNode;
  /** The pod's containers have ended for good: what it had of the node is free. */
  ended(pod: Pod): void;
  /** The pod is gone and nothing of it is left. */
  dropped(uid: string): void;
}

const podSubject = { apiVersion: 'v1', kind: 'Pod' } as const;

/** Writes an event about a pod. */
export function podEvent(
  { node }: WorkerContext,
  pod: Pod,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): void {
  node.events.event({ ...podSubject, metadata: pod.metadata }, type, reason, message);
}

/** `spec.containers{web}`: where a container stands in its pod. */
function fieldPathOf(pod: Pod, container: AnyContainer): string {
  const list = pod.spec.initContainers?.some((c) => c.name === container.name)
    ? 'initContainers'
    : pod.spec.ephemeralContainers?.some((c) => c.name === container.name)
      ? 'ephemeralContainers'
      : 'containers';
  return `spec.${list}{${container.name}}`;
}

/** Writes an event about a container. */
export function containerEvent(
  { node }: WorkerContext,
  pod: Pod,
  container: AnyContainer,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): void {
  const subject = { ...podSubject, metadata: pod.metadata, fieldPath: fieldPathOf(pod, container) };
  node.events.event(subject, type, reason, message);
}

/** `web_default(0b1c...)`: a pod in messages. */
export function podText({ metadata }: Pod): string {
  return `${metadata.name}_${metadata.namespace}(${metadata.uid})`;
}
