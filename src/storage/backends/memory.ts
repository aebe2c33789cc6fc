// Storage that lives as long as the process: for tests and throw-away clusters.
import { defaultWindow } from '../history.ts';
import { noJournal } from '../journal.ts';
import { MvccStorage } from '../mvcc.ts';
import type { HistoryWindow, Storage } from '../storage.ts';
import { TreeTimeline } from '../timeline.ts';

export interface MemoryStorageOptions {
  /** How far the past is kept; default: about 20,000 events and 64 MB. */
  window?: HistoryWindow;
}

/** A fresh, empty storage. */
export function openMemoryStorage(options: MemoryStorageOptions = {}): Storage {
  return new MvccStorage(new TreeTimeline(options.window ?? defaultWindow, 1), noJournal);
}
