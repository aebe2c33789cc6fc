// Which container's log a request means, and the log's bytes.
// Upstream: validateContainerLogStatus in k8s.io/kubernetes/pkg/kubelet/kubelet_pods.go, k8s.io/cri-client/pkg/logs/logs.go.
import type { Pod, PodStatus } from '#types/core_v1';
import type { Clock } from '../api/clock.ts';
import { goQuote } from '../api/go-text.ts';
import { parseTime } from '../api/time.ts';
import type { Runtime } from './runtimes/runtime.ts';

/** core/v1 PodLogOptions, without the container. */
export interface LogOptions {
  readonly follow?: boolean;
  readonly previous?: boolean;
  readonly timestamps?: boolean;
  readonly sinceSeconds?: number;
  /** RFC 3339. */
  readonly sinceTime?: string;
  readonly tailLines?: number;
  readonly limitBytes?: number;
  readonly stream?: 'All' | 'Stdout' | 'Stderr';
}

/** A log can't be read. `code` is the HTTP status, the message is upstream's. */
export class LogError extends Error {
  readonly code: 400 | 404;

  constructor(code: 400 | 404, message: string) {
    super(message);
    this.name = 'LogError';
    this.code = code;
  }
}

const pullTexts: Record<string, string> = {
  ErrImagePull: "image can't be pulled",
  ImagePullBackOff: 'trying and failing to pull image',
};

/** The id of the container whose log is meant, with its scheme. Throws a LogError. */
export function logContainerId(pod: Pod, status: PodStatus, container: string, previous: boolean): string {
  const lists = [status.containerStatuses, status.initContainerStatuses, status.ephemeralContainerStatuses];
  const found = lists.flatMap((list) => list ?? []).find((s) => s.name === container);
  const what = `container ${goQuote(container)} in pod ${goQuote(pod.metadata.name ?? '')}`;
  const fail = (text: string): never => {
    throw new LogError(400, text);
  };
  if (!found) return fail(`${what} is not available`);
  const { waiting, running, terminated } = found.state;
  const last = found.lastState?.terminated;
  if (previous) return last?.containerID || fail(`previous terminated ${what} not found`);
  if (running) return found.containerID ?? '';
  if (terminated) return terminated.containerID || last?.containerID || fail(`${what} is terminated`);
  if (last) return last.containerID || fail(`${what} is terminated`);
  const reason = waiting?.reason;
  return fail(
    waiting
      ? `${what} is waiting to start: ${pullTexts[reason ?? ''] ?? reason ?? ''}`
      : `${what} is waiting to start - no logs yet`,
  );
}

/** Milliseconds since the Unix epoch from which on lines count. */
function sinceOf({ sinceSeconds, sinceTime }: LogOptions, now: number): number {
  if (sinceTime) return parseTime(sinceTime);
  return sinceSeconds === undefined ? Number.NEGATIVE_INFINITY : now - sinceSeconds * 1000;
}

/** The bytes of a container's log, line by line. `id` is without its scheme. */
export async function* logBytes(
  runtime: Runtime,
  id: string,
  options: LogOptions,
  clock: Clock,
  signal: AbortSignal | undefined,
): AsyncIterable<Buffer> {
  const since = sinceOf(options, clock.now());
  const stream = (options.stream ?? 'All').toLowerCase();
  let left = options.limitBytes ?? Number.POSITIVE_INFINITY;
  for await (const line of runtime.readLog(id, options, signal)) {
    if (line.at < since || (stream !== 'all' && stream !== line.stream)) continue;
    const time = options.timestamps ? `${new Date(line.at).toISOString().slice(0, -1)}000000Z ` : '';
    const bytes = Buffer.from(time + line.text);
    yield left < bytes.length ? bytes.subarray(0, left) : bytes;
    left -= bytes.length;
    if (left <= 0) return;
  }
}
