// A runtime that runs nothing: containers start at once, and live as their command says or until they are stopped.
// Annotations of a pod steer it:
//   sim.kubeskiff.io/pull-delay: 3s        pulling an image takes so long
//   sim.kubeskiff.io/pull-error: TEXT      no image of the pod can be pulled
//   sim.kubeskiff.io/start-delay: 2s       starting a container takes so long
//   sim.kubeskiff.io/stop-delay: 5s        a container ends so long after it was asked to (never after the grace period)
//   sim.kubeskiff.io/exit-after: 10s       main containers end by themselves
//   sim.kubeskiff.io/exit-code: "3"        with this code (default 0)
//   sim.kubeskiff.io/stop-exit-code: "0"   the code of a container that was stopped
import type { Clock, Random, Timer } from '../../api/clock.ts';
import { wait } from '../../client/backoff.ts';
import { AddressPool } from './address-pool.ts';
import {
  type ContainerConfig,
  type ImageRequest,
  type KnownContainer,
  type LogLine,
  type LogRequest,
  type Runtime,
  type RuntimeContainer,
  RuntimeError,
  type RuntimeImage,
  type RuntimePod,
  type RuntimeSandbox,
  type SandboxConfig,
} from './runtime.ts';
import { durationOf, type ProcessPlan } from './simulated-command.ts';
import { requireInRegistry, simulatedImage } from './simulated-images.ts';
import { linesBetween, nextLineAt } from './simulated-log.ts';
import { planFor, stopCode } from './simulated-plan.ts';

/** How the simulation behaves where no annotation says otherwise. */
export interface SimulatedRuntimeOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Milliseconds of a pull; default 0. */
  readonly pullMs?: number;
  /** Milliseconds of a container's start; default 0. */
  readonly startMs?: number;
  /** Milliseconds of a container's stop; default 0. */
  readonly stopMs?: number;
}

interface Container {
  readonly config: ContainerConfig;
  readonly plan: ProcessPlan;
  readonly sandbox: Sandbox;
  status: RuntimeContainer;
  /** Ends the process. */
  end: Timer | undefined;
  /** When a stop that is under way kills. */
  stopAt: number | undefined;
  readonly ended: Promise<void>;
  readonly tellEnded: () => void;
}

interface Sandbox {
  readonly config: SandboxConfig;
  status: RuntimeSandbox;
}

interface Pod {
  sandbox: Sandbox | undefined;
  readonly containers: Container[];
}

/** Runs containers in imagination. Everything is forgotten when the process ends; `adopt` takes pods up again. */
export class SimulatedRuntime implements Runtime {
  readonly name = 'simulated';
  readonly version = '1.0';
  private readonly options: SimulatedRuntimeOptions;
  private readonly clock: Clock;
  private readonly pods = new Map<string, Pod>();
  private readonly sandboxes = new Map<string, Sandbox>();
  private readonly containers = new Map<string, Container>();
  private readonly images = new Map<string, Map<string, RuntimeImage>>();
  private readonly pools = new Map<string, AddressPool>();
  private readonly listeners = new Set<(podUid: string) => void>();

  constructor(options: SimulatedRuntimeOptions) {
    this.options = options;
    this.clock = options.clock;
  }

  async findImage({ node, image }: ImageRequest): Promise<RuntimeImage | undefined> {
    return this.images.get(node)?.get(simulatedImage(image).name);
  }

  async pullImage(request: ImageRequest, signal?: AbortSignal): Promise<RuntimeImage> {
    const delay = durationOf(request.annotations['sim.kubeskiff.io/pull-delay']) ?? this.options.pullMs ?? 0;
    if (delay > 0) await wait(this.clock, delay, signal);
    if (signal?.aborted) throw new RuntimeError('Failed', 'context canceled');
    requireInRegistry(request);
    return this.putImage(request.node, simulatedImage(request.image));
  }

  async listImages(node: string): Promise<readonly RuntimeImage[]> {
    return [...(this.images.get(node)?.values() ?? [])];
  }

  async runSandbox(config: SandboxConfig): Promise<RuntimeSandbox> {
    const ips: string[] = [];
    if (!config.hostNetwork) {
      const address = this.poolOf(config.podCidr).take();
      if (address === undefined)
        throw new RuntimeError('Unavailable', `no free address is left in ${config.podCidr}`);
      ips.push(address);
    }
    return this.putSandbox(config, ips).status;
  }

  async stopSandbox(id: string): Promise<void> {
    const sandbox = this.sandboxes.get(id);
    if (!sandbox?.status.isReady) return;
    for (const container of this.pods.get(sandbox.config.podUid)?.containers ?? [])
      if (container.sandbox === sandbox) this.exit(container, 137);
    for (const ip of sandbox.status.ips) this.poolOf(sandbox.config.podCidr).release(ip);
    sandbox.status = { ...sandbox.status, isReady: false };
  }

  async removeSandbox(id: string): Promise<void> {
    await this.stopSandbox(id);
    const sandbox = this.sandboxes.get(id);
    if (!sandbox) return;
    this.sandboxes.delete(id);
    const pod = this.pods.get(sandbox.config.podUid);
    if (pod?.sandbox === sandbox) pod.sandbox = undefined;
    this.forgetEmpty(sandbox.config.podUid);
  }

  async createContainer(sandboxId: string, config: ContainerConfig): Promise<string> {
    const sandbox = this.sandboxes.get(sandboxId);
    if (!sandbox?.status.isReady) throw new RuntimeError('NotFound', `sandbox ${sandboxId} is not ready`);
    return this.putContainer(sandbox, config, this.newId(), config.image).status.id;
  }

  async startContainer(id: string): Promise<void> {
    const container = this.containers.get(id);
    if (!container) throw new RuntimeError('NotFound', `container ${id} is not there`);
    const delay = this.delayOf(container, 'start') ?? this.options.startMs ?? 0;
    if (delay > 0) await wait(this.clock, delay);
    if (container.status.state !== 'created')
      throw new RuntimeError('Failed', `container ${id} is ${container.status.state}, not created`);
    container.status = { ...container.status, state: 'running', startedAt: this.clock.now() };
    this.follow(container);
  }

  async stopContainer(id: string, graceSeconds: number): Promise<void> {
    const container = this.containers.get(id);
    if (!container || container.status.state === 'exited') return;
    const asked = this.delayOf(container, 'stop') ?? this.options.stopMs ?? 0;
    const grace = graceSeconds * 1000;
    const delay = Math.min(asked, grace);
    const at = this.clock.now() + delay;
    if (container.stopAt !== undefined && container.stopAt <= at) return container.ended;
    container.stopAt = at;
    container.end?.cancel();
    const code = asked > grace ? 137 : stopCode(container.config, container.sandbox.config.annotations);
    if (delay <= 0) this.exit(container, code);
    else container.end = this.clock.after(delay, () => this.exit(container, code));
    return container.ended;
  }

  async removeContainer(id: string): Promise<void> {
    const container = this.containers.get(id);
    if (!container) return;
    this.exit(container, 137);
    this.containers.delete(id);
    const uid = container.sandbox.config.podUid;
    const pod = this.pods.get(uid);
    const at = pod?.containers.indexOf(container) ?? -1;
    if (at >= 0) pod!.containers.splice(at, 1);
    this.forgetEmpty(uid);
  }

  async podStatus(podUid: string): Promise<RuntimePod | undefined> {
    const pod = this.pods.get(podUid);
    return (
      pod && { uid: podUid, sandbox: pod.sandbox?.status, containers: pod.containers.map((c) => c.status) }
    );
  }

  async listPods(): Promise<readonly string[]> {
    return [...this.pods.keys()];
  }

  async *readLog(
    id: string,
    { follow, tailLines }: LogRequest,
    signal?: AbortSignal,
  ): AsyncIterable<LogLine> {
    const container = this.containers.get(id);
    if (!container) throw new RuntimeError('NotFound', `container ${id} is not there`);
    let after = Number.NEGATIVE_INFINITY;
    for (let isFirst = true; ; isFirst = false) {
      const { plan, status } = container;
      const { startedAt, finishedAt } = status;
      const now = this.clock.now();
      if (startedAt !== undefined) {
        const lines = linesBetween({ plan, startedAt, finishedAt }, after, now);
        yield* isFirst && tailLines !== undefined
          ? lines.slice(Math.max(0, lines.length - tailLines))
          : lines;
        after = now;
      }
      if (!follow || status.state === 'exited' || !this.containers.has(id) || signal?.aborted) return;
      await this.nextLine(container, after, signal);
    }
  }

  onChange(listener: (podUid: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async adopt(
    config: SandboxConfig,
    ips: readonly string[],
    known: readonly KnownContainer[],
    configs: (name: string) => Omit<ContainerConfig, 'attempt' | 'image' | 'name'> | undefined,
  ): Promise<void> {
    if (this.pods.has(config.podUid)) return;
    for (const ip of ips) this.poolOf(config.podCidr).reserve(ip);
    const sandbox = this.putSandbox(config, ips);
    // the newest comes first: put them in from the oldest on
    for (const { id, name, attempt, image, startedAt, end } of [...known].sort(
      (a, b) => a.attempt - b.attempt,
    )) {
      const rest = configs(name);
      if (!rest) continue;
      const own = this.putImage(config.node, simulatedImage(image.name));
      const container = this.putContainer(sandbox, { ...rest, name, attempt, image: own }, id, image);
      container.status = { ...container.status, state: 'running', startedAt, createdAt: startedAt };
      if (end) this.exit(container, end.exitCode, end.at, end.reason);
      else this.follow(container);
    }
  }

  /** Lets a process that runs end when its plan says so. */
  private follow(container: Container): void {
    const { plan, status } = container;
    if (!plan.end) return;
    const at = status.startedAt! + plan.end.afterMs;
    const left = at - this.clock.now();
    const { exitCode } = plan.end;
    // even a process that does nothing runs for a moment
    container.end = this.clock.after(Math.max(left, 0), () => this.exit(container, exitCode, at));
  }

  private exit(container: Container, exitCode: number, at = this.clock.now(), reason?: string): void {
    if (container.status.state === 'exited') return;
    container.end?.cancel();
    container.status = {
      ...container.status,
      state: 'exited',
      startedAt: container.status.startedAt ?? at,
      finishedAt: at,
      exitCode,
      reason: reason ?? (exitCode === 0 ? 'Completed' : 'Error'),
    };
    container.tellEnded();
    for (const listener of this.listeners) listener(container.sandbox.config.podUid);
  }

  /** Waits for the container's next line, its end, or `signal`. */
  private async nextLine(container: Container, after: number, signal?: AbortSignal): Promise<void> {
    const { plan, status } = container;
    const at =
      status.startedAt && nextLineAt({ plan, startedAt: status.startedAt, finishedAt: undefined }, after);
    const stop = new AbortController();
    const abort = (): void => stop.abort();
    signal?.addEventListener('abort', abort, { once: true });
    const pause = at ? at - this.clock.now() : 1000;
    await Promise.race([wait(this.clock, Math.max(pause, 1), stop.signal), container.ended]);
    signal?.removeEventListener('abort', abort);
    stop.abort();
  }

  private putImage(node: string, image: RuntimeImage): RuntimeImage {
    const images = this.images.get(node) ?? new Map<string, RuntimeImage>();
    this.images.set(node, images.set(image.name, image));
    return image;
  }

  private delayOf(container: Container, what: 'start' | 'stop'): number | undefined {
    return durationOf(container.sandbox.config.annotations[`sim.kubeskiff.io/${what}-delay`]);
  }

  private putSandbox(config: SandboxConfig, ips: readonly string[]): Sandbox {
    const status = { id: this.newId(), isReady: true, ips, attempt: config.attempt };
    const sandbox: Sandbox = { config, status };
    this.sandboxes.set(status.id, sandbox);
    const pod = this.pods.get(config.podUid);
    if (pod) pod.sandbox = sandbox;
    else this.pods.set(config.podUid, { sandbox, containers: [] });
    return sandbox;
  }

  private putContainer(
    sandbox: Sandbox,
    config: ContainerConfig,
    id: string,
    image: RuntimeImage,
  ): Container {
    let tellEnded = (): void => {};
    const ended = new Promise<void>((resolve) => {
      tellEnded = resolve;
    });
    const container: Container = {
      config,
      plan: planFor(config, sandbox.config.annotations),
      sandbox,
      status: {
        id,
        name: config.name,
        attempt: config.attempt,
        image,
        state: 'created',
        createdAt: this.clock.now(),
        startedAt: undefined,
        finishedAt: undefined,
        exitCode: 0,
        reason: '',
        message: '',
      },
      end: undefined,
      stopAt: undefined,
      ended,
      tellEnded,
    };
    this.containers.set(id, container);
    this.pods.get(sandbox.config.podUid)!.containers.unshift(container);
    return container;
  }

  private forgetEmpty(uid: string): void {
    const pod = this.pods.get(uid);
    if (pod && !pod.sandbox && pod.containers.length === 0) this.pods.delete(uid);
  }

  private poolOf(cidr: string): AddressPool {
    const pool = this.pools.get(cidr) ?? new AddressPool(cidr);
    this.pools.set(cidr, pool);
    return pool;
  }

  private newId(): string {
    return `${this.options.random.uuid()}${this.options.random.uuid()}`.replaceAll('-', '');
  }
}
