// Images of one node: pulled where the policy asks for it, with a growing wait after failures, and told as events.
// Upstream: k8s.io/kubernetes/pkg/kubelet/images/image_manager.go.
import type { Pod } from '#types/core_v1';
import type { Clock } from '../api/clock.ts';
import { formatDuration } from '../api/duration.ts';
import { goQuote } from '../api/go-text.ts';
import type { AnyContainer } from '../kinds/pod-spec/containers-of.ts';
import { imageReference } from '../kinds/pod-spec/image-reference.ts';
import { KeyedBackoff } from './keyed-backoff.ts';
import { type ImageRequest, type Runtime, RuntimeError, type RuntimeImage } from './runtimes/runtime.ts';
import { StartError } from './start-error.ts';

/** Writes an event about a container. */
export type ContainerEvent = (type: 'Normal' | 'Warning', reason: string, message: string) => void;

/** What images are needed by. */
export interface ImageNeed {
  readonly pod: Pod;
  readonly container: AnyContainer;
  readonly event: ContainerEvent;
  readonly signal?: AbortSignal;
}

/** The images of the nodes of one agent. */
export class ImageManager {
  private readonly runtime: Runtime;
  private readonly clock: Clock;
  private readonly backoff: KeyedBackoff;
  /** What the last pull of a key failed with. */
  private readonly failures = new Map<string, string>();

  constructor(runtime: Runtime, clock: Clock) {
    this.runtime = runtime;
    this.clock = clock;
    this.backoff = new KeyedBackoff(clock);
  }

  /** The image, pulled when need be. Throws a StartError. */
  async ensure(node: string, { pod, container, event, signal }: ImageNeed): Promise<RuntimeImage> {
    const asked = container.image ?? '';
    const reference = imageReference(asked);
    if (!reference) {
      const problem = `couldn't parse image name ${goQuote(asked)}: ${parseProblem(asked)}`;
      const message = `Failed to apply default image tag ${goQuote(asked)}: ${problem}`;
      event('Warning', 'InspectFailed', message);
      throw new StartError('InvalidImageName', message);
    }
    const image = reference.tag || reference.digest ? asked : `${asked}:latest`;
    const request: ImageRequest = { node, image, annotations: pod.metadata.annotations ?? {} };
    if (container.imagePullPolicy === 'Always') return this.pull(request, pod, asked, event, signal);
    const found = await this.runtime.findImage(request);
    if (found) {
      event(
        'Normal',
        'Pulled',
        `Container image ${goQuote(asked)} already present on machine and can be accessed by the pod`,
      );
      return found;
    }
    if (container.imagePullPolicy === 'Never') {
      const message = `Container image ${goQuote(asked)} is not present with pull policy of Never`;
      event('Warning', 'ErrImageNeverPull', message);
      throw new StartError('ErrImageNeverPull', message);
    }
    return this.pull(request, pod, asked, event, signal);
  }

  /** Forgets the failures of a pod. */
  forget(pod: Pod): void {
    if (this.failures.size === 0) return;
    const prefix = `${pod.metadata.uid}_`;
    const keys = [...this.failures.keys()].filter((key) => key.startsWith(prefix));
    for (const key of keys) this.failures.delete(key);
    this.backoff.forget(keys);
  }

  private async pull(
    request: ImageRequest,
    pod: Pod,
    asked: string,
    event: ContainerEvent,
    signal: AbortSignal | undefined,
  ): Promise<RuntimeImage> {
    const key = `${pod.metadata.uid}_${asked}`;
    const until = this.backoff.waitsSinceFailure(key);
    if (until !== undefined) {
      const message = `Back-off pulling image ${goQuote(asked)}`;
      event('Normal', 'BackOff', message);
      const failure = this.failures.get(key);
      throw new StartError('ImagePullBackOff', failure ? `${message}: ${failure}` : message, until);
    }
    event('Normal', 'Pulling', `Pulling image ${goQuote(asked)}`);
    const startedAt = this.clock.now();
    try {
      const image = await this.runtime.pullImage(request, signal);
      const time = formatDuration(BigInt(Math.round(this.clock.now() - startedAt)) * 1_000_000n);
      event(
        'Normal',
        'Pulled',
        `Successfully pulled image ${goQuote(asked)} in ${time} (${time} including waiting). Image size: ${image.sizeBytes} bytes.`,
      );
      return image;
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      const { message } = error;
      event('Warning', 'Failed', `Failed to pull image ${goQuote(asked)}: ${message}`);
      this.backoff.next(key, this.clock.now());
      this.failures.set(key, `ErrImagePull: ${message}`);
      // looked at again soon, to say that it backs off
      throw new StartError('ErrImagePull', message, this.clock.now() + 1000);
    }
  }
}

function parseProblem(image: string): string {
  const lower = image.toLowerCase();
  return lower !== image && imageReference(lower)
    ? `invalid reference format: repository name (${image.includes('/') ? '' : 'library/'}${image.replace(/[:@].*$/, '')}) must be lowercase`
    : 'invalid reference format';
}
