// Storage in a directory, on LevelDB. LevelDB is the log from which the state in memory is rebuilt on opening; it holds one
// record for each event of the history, and for each older key its newest.
import { type Clock, systemClock } from '../../api/clock.ts';
import { defaultWindow } from '../history.ts';
import { MvccStorage } from '../mvcc.ts';
import { FormatError, type HistoryWindow, type Storage, type StorageEvent } from '../storage.ts';
import { TreeTimeline } from '../timeline.ts';
import { type Level, type OpenLevel, openClassicLevel, type StorageLogger } from './level.ts';
import { defaultCompactAfter, LevelCompaction } from './leveldb-compaction.ts';
import { LevelJournal } from './leveldb-journal.ts';
import {
  compactedKey,
  decodeRecord,
  decodeRevision,
  encodeRevision,
  formatKey,
  formatVersion,
  recordKey,
  recordsEnd,
} from './leveldb-record.ts';

export interface LevelStorageOptions {
  /** The directory; made when there is none. */
  path: string;
  /** How far the past is kept; default: about 20,000 events and 64 MB. */
  window?: HistoryWindow;
  /** Default: the machine's. */
  clock?: Clock;
  logger?: StorageLogger;
  /** Bytes of records that history lost after which their disk space is taken back; default: 128 MB. */
  compactAfter?: number;
  /** Where LevelDB comes from; for faults in tests. */
  openLevel?: OpenLevel;
}

/**
 * Opens the storage of a directory. LockedError when another process has it, FormatError when another version of this
 * program made it, UnavailableError when it cannot be read.
 */
export async function openLevelStorage(options: LevelStorageOptions): Promise<Storage> {
  const {
    path,
    window = defaultWindow,
    clock = systemClock,
    logger,
    compactAfter = defaultCompactAfter,
    openLevel: open = openClassicLevel,
  } = options;
  const level = await open(path);
  try {
    await checkFormat(level, path);
    const { timeline, lost, bytes } = await readTimeline(level, window);
    const compaction = new LevelCompaction(compactAfter, logger);
    await compaction.inspect(level, bytes);
    const journal = new LevelJournal({ path, open, clock, logger, compaction }, level, timeline.revision());
    if (lost.length > 0) journal.forget(lost, timeline.compactedRevision());
    return new MvccStorage(timeline, journal);
  } catch (error) {
    await level.close();
    throw error;
  }
}

async function checkFormat(level: Level, path: string): Promise<void> {
  const found = (await level.get(formatKey))?.toString();
  if (found === formatVersion) return;
  if (found !== undefined) {
    throw new FormatError(
      `${path} has storage format ${found} and this version reads ${formatVersion}: ` +
        'use the version that wrote it, or choose another directory',
    );
  }
  for await (const _ of level.scan(Buffer.alloc(0), Buffer.alloc(16, 0xff))) {
    throw new FormatError(`${path} holds a LevelDB of something else: choose another directory`);
  }
  const puts = [
    [formatKey, Buffer.from(formatVersion)],
    [compactedKey, encodeRevision(1)],
  ] as const;
  await level.write({ puts, deletes: [] });
}

/** Rebuilds the state, and tells which events the window has no room for any more, and how many bytes were read. */
async function readTimeline(
  level: Level,
  window: HistoryWindow,
): Promise<{ timeline: TreeTimeline; lost: StorageEvent[]; bytes: number }> {
  const compacted = decodeRevision((await level.get(compactedKey))!);
  const timeline = new TreeTimeline(window, compacted);
  const lost: StorageEvent[] = [];
  let bytes = 0;
  for await (const pairs of level.scan(recordKey(0), recordsEnd)) {
    for (const [, value] of pairs) bytes += value.length;
    const changes = pairs.map(([key, value]) => decodeRecord(key, value));
    const later = changes.findIndex(({ entry }) => entry.revision > compacted);
    const old = later < 0 ? changes : changes.slice(0, later);
    for (const change of old) timeline.restore(change);
    timeline.apply(changes.slice(old.length));
    for (const event of timeline.trim()) lost.push(event);
  }
  return { timeline, lost, bytes };
}
