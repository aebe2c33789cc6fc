// What a controller is: informers that put keys into a queue, and one `reconcile(key)` that makes the world as it is wanted.
// A controller is one file (or folder) with one definition; the manager runs the list in controllers.ts.
//
// C1. `setup` runs once, before the informers start: it asks for informers, adds handlers and indexes.
// C2. `reconcile` is called when every informer that `setup` asked for is synced; never twice at once for one key.
// C3. It reads the world from listers and the API, and run twice changes nothing the second time. Cached objects are
//     never changed: copy first (structuredClone).
// C4. When it throws, the key is tried again after a wait that grows; conflicts are such throws and are not logged.
import type { Logger } from 'pino';
import type { Clock, Random } from '../api/clock.ts';
import type { Client } from '../client/client.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import type { InformerSource } from '../client/informer.ts';
import type { RateLimit, WorkQueue } from '../client/work-queue.ts';

/** What a controller works with. */
export interface ControllerContext {
  readonly client: Client;
  readonly informers: InformerSource;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Records events with the controller's `eventSource` as their source. */
  readonly events: EventRecorder;
  /** Keys to reconcile: handlers add to it, and `reconcile` may (`addAfter`). */
  readonly queue: WorkQueue;
  /** PEM of the authority that signed the API server's certificate; '' when it is not known. */
  readonly rootCertificateAuthority: string;
  /** Aborted when the manager stops. */
  readonly signal: AbortSignal;
}

/** A controller that was set up. */
export interface ControllerInstance {
  /** `again`: nothing failed, but the key is to be tried again after a wait that grows. */
  reconcile(key: string): Promise<'again' | undefined> | Promise<void>;
  /** Called once when the informers are synced, before the first `reconcile`. */
  started?(): void;
}

/** A controller. */
export interface ControllerDefinition {
  /** Upstream's name, as in kube-controller-manager's --controllers: `deployment-controller`. */
  readonly name: string;
  /** The source of its events, where it differs from the name. */
  readonly eventSource?: string;
  /** Keys reconciled at the same time. Upstream's default is 5 for most. */
  readonly workers?: number;
  /** How retries are spaced; default: upstream's for controllers. */
  readonly rateLimit?: RateLimit;
  setup(context: ControllerContext): ControllerInstance;
}

/** Declares a controller. */
export function defineController(definition: ControllerDefinition): ControllerDefinition {
  return definition;
}
