// Why a container could not be started: what its waiting state says, and when to try again.

/** A start failed in a way that users shall see. */
export class StartError extends Error {
  /** The reason of the waiting state: `ErrImagePull`, `CreateContainerConfigError`, `CrashLoopBackOff`. */
  readonly reason: string;
  /** Milliseconds since the Unix epoch; undefined: after the usual time. */
  readonly retryAt: number | undefined;

  constructor(reason: string, message: string, retryAt?: number) {
    super(message);
    this.name = 'StartError';
    this.reason = reason;
    this.retryAt = retryAt;
  }
}
