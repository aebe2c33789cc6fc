// What runs containers for the node agent: a simulation, processes, or a CRI runtime. The agent decides, a runtime obeys.
// Upstream: the RuntimeService and ImageService of k8s.io/cri-api/pkg/apis/runtime/v1/api.proto.
//
// R1. A container is created, then running, then exited; it never goes back. Ids are never used twice.
// R2. `stopContainer` resolves when the container has exited: by itself after it was asked to, or killed after the grace
//     period. A second call with a shorter grace period shortens the first. Stopping what has exited does nothing.
// R3. `stopSandbox` ends every container of the sandbox and gives its addresses back. Stopping or removing twice, or what
//     is unknown, does nothing.
// R4. When a container exits, whoever asked for it, listeners are told the pod's uid after `podStatus` shows it.
// R5. A ready sandbox has an address of its own inside its `podCidr`; one on the host's network has none.
// R6. After `pullImage` resolved, `findImage` finds the image on that node. It rejects with a RuntimeError whose message is
//     what users read.
// R7. Lines of a log come in order, and can be read until `removeContainer`. With `follow` the log ends when the container
//     has exited and everything was given, or when the signal aborts.
// R8. What `podStatus` resolves with is a snapshot: it does not change later.

/** Why a runtime refused. */
export type RuntimeErrorCode = 'NotFound' | 'Invalid' | 'Unavailable' | 'Failed';

/** A runtime refused. The message is shown to users: in events and in waiting reasons. */
export class RuntimeError extends Error {
  readonly code: RuntimeErrorCode;

  constructor(code: RuntimeErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'RuntimeError';
    this.code = code;
  }
}

/** An image on a node. */
export interface RuntimeImage {
  /** `docker.io/library/nginx@sha256:...`: the imageID of container statuses. */
  readonly id: string;
  /** The full name: `docker.io/library/nginx:1.25`. */
  readonly name: string;
  readonly sizeBytes: number;
}

/** Which image, for whom. */
export interface ImageRequest {
  readonly node: string;
  /** With its tag or digest; a missing tag was made `latest` before. */
  readonly image: string;
  /** The pod's. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** The surroundings of a pod's containers. */
export interface SandboxConfig {
  readonly podUid: string;
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  /** 0 for the first sandbox of a pod, one more for each that follows. */
  readonly attempt: number;
  readonly hostNetwork: boolean;
  /** Where the pod's address comes from: `10.244.3.0/24`. */
  readonly podCidr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A container to be made. */
export interface ContainerConfig {
  readonly name: string;
  /** How often it was started before. */
  readonly attempt: number;
  readonly role: 'init' | 'sidecar' | 'main' | 'ephemeral';
  readonly image: RuntimeImage;
  /** As the pod says it, variables expanded; undefined: the image's own. */
  readonly command: readonly string[] | undefined;
  readonly args: readonly string[] | undefined;
  readonly workingDir: string | undefined;
  readonly env: readonly { readonly name: string; readonly value: string }[];
  /** What the agent will do when it ends. A hint: services live on, jobs end. */
  readonly restarts: 'Always' | 'OnFailure' | 'Never';
}

/** A sandbox as it is. */
export interface RuntimeSandbox {
  readonly id: string;
  readonly isReady: boolean;
  readonly ips: readonly string[];
  readonly attempt: number;
}

/** A container as it is. Times are milliseconds since the Unix epoch. */
export interface RuntimeContainer {
  readonly id: string;
  readonly name: string;
  readonly attempt: number;
  readonly image: RuntimeImage;
  readonly state: 'created' | 'running' | 'exited' | 'unknown';
  readonly createdAt: number;
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
  readonly exitCode: number;
  /** `Completed`, `Error`, `OOMKilled`. */
  readonly reason: string;
  readonly message: string;
}

/** A pod as the runtime knows it. */
export interface RuntimePod {
  readonly uid: string;
  readonly sandbox: RuntimeSandbox | undefined;
  /** Every container that was not removed, the newest first. */
  readonly containers: readonly RuntimeContainer[];
}

/** Which part of a log. */
export interface LogRequest {
  /** Go on with lines that come later. */
  readonly follow?: boolean;
  /** Start with the last so many of the lines that are there. */
  readonly tailLines?: number;
}

/** One line of a log. */
export interface LogLine {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly stream: 'stdout' | 'stderr';
  /** With its newline, where the process wrote one. */
  readonly text: string;
}

/** A container that was running, or had ended, before the agent was started anew. */
export interface KnownContainer {
  readonly id: string;
  readonly name: string;
  readonly attempt: number;
  readonly image: RuntimeImage;
  readonly startedAt: number;
  /** Undefined while it runs. */
  readonly end: { readonly at: number; readonly exitCode: number; readonly reason: string } | undefined;
}

/** Runs containers. One runtime may serve several nodes. */
export interface Runtime {
  /** The scheme of container ids and of the node's containerRuntimeVersion: `simulated`, `containerd`. */
  readonly name: string;
  readonly version: string;
  findImage(request: ImageRequest): Promise<RuntimeImage | undefined>;
  pullImage(request: ImageRequest, signal?: AbortSignal): Promise<RuntimeImage>;
  /** The images of a node. */
  listImages(node: string): Promise<readonly RuntimeImage[]>;
  /** Makes a ready sandbox and resolves with it. */
  runSandbox(config: SandboxConfig): Promise<RuntimeSandbox>;
  stopSandbox(id: string): Promise<void>;
  removeSandbox(id: string): Promise<void>;
  /** Resolves with the new container's id. Rejects with NotFound when there is no such sandbox. */
  createContainer(sandboxId: string, config: ContainerConfig): Promise<string>;
  startContainer(id: string): Promise<void>;
  stopContainer(id: string, graceSeconds: number): Promise<void>;
  /** Forgets a container and its log; a running one is killed first. */
  removeContainer(id: string): Promise<void>;
  /** Undefined when the runtime has never heard of the pod, or forgot it. */
  podStatus(podUid: string): Promise<RuntimePod | undefined>;
  /** The uids of every pod that has a sandbox or a container. */
  listPods(): Promise<readonly string[]>;
  /** Reads a container's log. Rejects with NotFound when there is no such container. */
  readLog(id: string, request: LogRequest, signal?: AbortSignal): AsyncIterable<LogLine>;
  /** Calls `listener` with the uid of a pod whose containers changed; returns what ends that. */
  onChange(listener: (podUid: string) => void): () => void;
  /**
   * Only of runtimes that keep nothing across a restart: takes the pod up again as the API knows it. `ips` are those it had;
   * configurations of the containers come by name.
   */
  adopt?(
    sandbox: SandboxConfig,
    ips: readonly string[],
    containers: readonly KnownContainer[],
    configs: (name: string) => Omit<ContainerConfig, 'attempt' | 'image' | 'name'> | undefined,
  ): Promise<void>;
}
