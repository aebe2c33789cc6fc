// Gives back the disk space of removed records. LevelDB drops what was deleted when it happens to merge the files that have it
// with those that tell of the deletion. Records come in the order of their keys and go in that order, so files rarely overlap
// and it seldom does: a busy cluster grew by 40 MB a minute, all of which the next opening read through.
import type { Revision } from '../storage.ts';
import type { Level, StorageLogger } from './level.ts';
import { recordKey, recordsEnd } from './leveldb-record.ts';

/** Bytes of removed records after which their space is taken back. */
export const defaultCompactAfter = 128 * 1024 * 1024;

/** See the head of this file. */
export class LevelCompaction {
  private readonly after: number;
  private readonly logger: StorageLogger | undefined;
  private garbage = 0;
  private isRunning = false;

  /** `after`: see {@link defaultCompactAfter}. */
  constructor(after: number, logger: StorageLogger | undefined) {
    this.after = after;
    this.logger = logger;
  }

  /** So many bytes of records were removed since the last time. */
  add(bytes: number): void {
    this.garbage += bytes;
  }

  /**
   * What an earlier process left behind: counts as due when the files are larger than what they hold. `held`: bytes of the
   * records. Files are compressed.
   */
  async inspect(level: Level, held: number): Promise<void> {
    const size = await level.size(recordKey(0), recordsEnd);
    if (size > held && size > this.after / 4) this.garbage = this.after;
  }

  /** Begins to take back the space of records up to a revision when that is worth it; the level's `close` waits for it. */
  run(level: Level, upTo: Revision): void {
    if (this.isRunning || this.garbage < this.after) return;
    this.isRunning = true;
    this.garbage = 0;
    level.compact(recordKey(0), recordKey(upTo + 1)).then(
      () => this.end(),
      (err: unknown) => {
        // nothing is lost; what ails the disk shows with the next write
        this.logger?.info({ err }, 'storage could not take back space');
        this.end();
      },
    );
  }

  private end(): void {
    this.isRunning = false;
  }
}
