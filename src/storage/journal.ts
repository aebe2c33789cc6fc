// What makes writes durable. The log of changes on a medium; the state in memory is rebuilt from it.
import type { Revision, StorageEvent } from './storage.ts';
import type { Change } from './timeline.ts';

/** Where a storage writes its changes before it shows them. */
export interface Journal {
  /**
   * Stores the changes, all or none; they survive kill -9 when this resolves. Never called while an earlier call is under
   * way. Without changes, it stores what {@link forget} has left to do. Rejects with UnavailableError when it did not store
   * them; the storage then counts them as failed, and the journal sees to it that no later reading finds them.
   */
  append(changes: readonly Change[]): Promise<void>;
  /**
   * The history ended up to `compacted` and lost these events: what only they needed may go, whenever it suits.
   * Synchronous and cheap.
   */
  forget(events: readonly StorageEvent[], compacted: Revision): void;
  /** Called once, with no append under way. */
  close(): Promise<void>;
}

/** Nothing survives. */
export const noJournal: Journal = {
  append: () => Promise.resolve(),
  forget: () => {},
  close: () => Promise.resolve(),
};
