// What the parts of the contract share: the store under test, and values to put into it.
import { onTestFinished } from 'vitest';
import type { Encode, Entry, HistoryWindow, Revision, Storage, StorageEvent } from '../storage.ts';

/** Which store to open. */
export interface ContractStore {
  /** The same place again is the same store, where stores last. */
  place: string;
  window?: HistoryWindow;
}

/** What not every implementation can do. */
export interface ContractCapabilities {
  /** What was acknowledged is there when the place is opened again. */
  durable: boolean;
  /** Lists and watches may span resources, which are the first segments of keys; otherwise they stay below one. */
  spansResources: boolean;
  /** A consumer of `watch` that is slow costs no memory and may come too late. */
  endsSlowWatches: boolean;
}

/** The implementation under test. */
export interface Subject {
  readonly name: string;
  readonly capabilities: ContractCapabilities;
  /** A store of its own for a test; `reopen` closes it and opens it again. */
  fresh(window?: HistoryWindow): Promise<{ storage: Storage; reopen: () => Promise<Storage> }>;
}

export function subjectOf(
  name: string,
  open: (store: ContractStore) => Promise<Storage>,
  capabilities: ContractCapabilities,
): Subject {
  let places = 0;
  return {
    name,
    capabilities,
    async fresh(window) {
      places += 1;
      const store: ContractStore = { place: `place-${places}`, window };
      let storage = await open(store);
      onTestFinished(() => storage.close());
      const reopen = async () => {
        await storage.close();
        storage = await open(store);
        return storage;
      };
      return { storage, reopen };
    },
  };
}

/** An encoder of a value that carries its revision, as objects do. */
export function text(value: string | number): Encode {
  return (revision) => Buffer.from(JSON.stringify({ value: String(value), revision }));
}

export function read(entry: Entry): { value: string; revision: Revision } {
  return JSON.parse(entry.value.toString()) as { value: string; revision: Revision };
}

export function count(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

export async function keysOf(storage: Storage, prefix: string): Promise<string[]> {
  return (await storage.list(prefix)).entries.map((entry) => entry.key);
}

/** The first events of a watch, at least `n`. */
export async function take(
  watch: AsyncIterable<readonly StorageEvent[]>,
  n: number,
): Promise<StorageEvent[]> {
  const events: StorageEvent[] = [];
  for await (const batch of watch) {
    events.push(...batch);
    if (events.length >= n) return events;
  }
  throw new Error(`the watch ended after ${events.length} of ${n} events`);
}

export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
