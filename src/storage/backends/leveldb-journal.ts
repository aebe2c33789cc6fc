// The journal on LevelDB. After a failed write, LevelDB refuses all later ones until it is opened again, and what failed may
// have reached the disk; so the next write opens it again and removes what was never acknowledged. (Only where the process
// dies before that, a write that was reported as failed can turn up after the restart: nobody can know better on a disk that
// takes no writes.)
import type { Clock } from '../../api/clock.ts';
import type { Journal } from '../journal.ts';
import type { Revision, StorageEvent, UnavailableError } from '../storage.ts';
import type { Change } from '../timeline.ts';
import { type Level, type OpenLevel, type StorageLogger, unavailableError } from './level.ts';
import type { LevelCompaction } from './leveldb-compaction.ts';
import { compactedKey, encodeRecord, encodeRevision, recordKey, recordsEnd } from './leveldb-record.ts';

export interface LevelJournalOptions {
  path: string;
  open: OpenLevel;
  clock: Clock;
  logger: StorageLogger | undefined;
  compaction: LevelCompaction;
}

/** Records that history has lost are removed this many at a time, with a batch that is written anyway. */
const removalsAtOnce = 1_000;

/** While writes fail, LevelDB is opened again at most this often. */
const reopenEveryMs = 200;

/** See the head of this file. */
export class LevelJournal implements Journal {
  private readonly options: LevelJournalOptions;
  private level: Level;
  /** The newest revision that was acknowledged. */
  private committed: Revision;
  /** Why writes fail at present. */
  private failure: UnavailableError | undefined;
  private reopenedAt = Number.NEGATIVE_INFINITY;
  /** Keys of the records that history has lost. */
  private readonly removals: Buffer[] = [];
  /** Where history ends, and where it does as far as the disk knows. */
  private compacted: Revision = 0;
  private storedCompacted: Revision = 0;

  constructor(options: LevelJournalOptions, level: Level, committed: Revision) {
    this.options = options;
    this.level = level;
    this.committed = committed;
  }

  async append(changes: readonly Change[]): Promise<void> {
    if (this.failure !== undefined) await this.reopen(this.failure);
    const puts = changes.map((change) => [recordKey(change.entry.revision), encodeRecord(change)] as const);
    const idle = changes.length === 0;
    const tidy = this.removals.length >= removalsAtOnce || (idle && this.compacted > this.storedCompacted);
    if (idle && !tidy) return;
    // More may be forgotten while this is being written.
    const deletes = tidy ? this.removals.slice() : [];
    const { compacted } = this;
    // Together with the removals, or else a restart would take what is left for the whole history.
    if (tidy) puts.push([compactedKey, encodeRevision(compacted)]);
    try {
      await this.level.write({ puts, deletes });
    } catch (cause) {
      throw this.fail(cause);
    }
    this.removals.splice(0, deletes.length);
    if (tidy) {
      this.storedCompacted = compacted;
      this.options.compaction.run(this.level, compacted);
    }
    this.committed = changes.at(-1)?.entry.revision ?? this.committed;
  }

  forget(events: readonly StorageEvent[], compacted: Revision): void {
    for (const { type, entry, previous, revision } of events) {
      if (previous !== undefined) this.remove(previous.revision, previous.value.length);
      if (type === 'delete') this.remove(revision, entry.value.length);
    }
    this.compacted = compacted;
  }

  private remove(revision: Revision, bytes: number): void {
    this.removals.push(recordKey(revision));
    this.options.compaction.add(bytes);
  }

  async close(): Promise<void> {
    this.reopenedAt = Number.NEGATIVE_INFINITY;
    try {
      // Also removes what was never acknowledged, where writes fail at present.
      await this.append([]);
    } catch (error) {
      // History that could not be removed is only too much, and goes the next time.
      this.options.logger?.warn({ err: error }, 'storage could not tidy up while closing');
    }
    await this.level.close();
  }

  private fail(cause: unknown): UnavailableError {
    const { path, logger } = this.options;
    this.failure = unavailableError(`${path} cannot be written`, cause);
    logger?.warn({ err: this.failure, path }, 'storage refuses writes');
    return this.failure;
  }

  private async reopen(failure: UnavailableError): Promise<void> {
    const { path, open, clock, logger } = this.options;
    const now = clock.now();
    if (now >= this.reopenedAt && now < this.reopenedAt + reopenEveryMs) throw failure;
    this.reopenedAt = now;
    await this.level.close().catch(() => {});
    try {
      this.level = await open(path);
      await this.removeUnacknowledged();
    } catch (cause) {
      throw this.fail(cause);
    }
    this.failure = undefined;
    logger?.info({ path }, 'storage accepts writes again');
  }

  private async removeUnacknowledged(): Promise<void> {
    const deletes: Buffer[] = [];
    for await (const pairs of this.level.scan(recordKey(this.committed + 1), recordsEnd)) {
      for (const [key] of pairs) deletes.push(key);
    }
    if (deletes.length > 0) await this.level.write({ puts: [], deletes });
  }
}
