// LevelDB as far as storage uses it, over classic-level; tests put faults in its place.
import { ClassicLevel } from 'classic-level';
import { makeFolder } from '../make-folder.ts';
import { LockedError, UnavailableError } from '../storage.ts';

/** The part of a logger that storage uses. */
export interface StorageLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Pairs and keys that go in or out together. */
export interface LevelBatch {
  readonly puts: readonly (readonly [key: Buffer, value: Buffer])[];
  readonly deletes: readonly Buffer[];
}

/** An open LevelDB. */
export interface Level {
  get(key: Buffer): Promise<Buffer | undefined>;
  /** All pairs with a key in [from, to), in order, in chunks. */
  scan(from: Buffer, to: Buffer): AsyncIterable<[key: Buffer, value: Buffer][]>;
  /** Writes all or nothing; survives a crash of the machine when it resolves. After a failure, only `close` is allowed. */
  write(batch: LevelBatch): Promise<void>;
  /** About how many bytes the pairs with a key in [from, to) take on disk, those that were deleted among them. */
  size(from: Buffer, to: Buffer): Promise<number>;
  /** Takes back the disk space of deleted pairs in [from, to). Reads and writes go on meanwhile. */
  compact(from: Buffer, to: Buffer): Promise<void>;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

/** Opens the LevelDB of a directory, which is made when there is none. */
export type OpenLevel = (path: string) => Promise<Level>;

// The default of 16 kB would make a chunk of eight objects.
const chunkPairs = 1_000;
const chunkBytes = 4 * 1024 * 1024;

/** The real one. Rejects with LockedError or UnavailableError. */
export const openClassicLevel: OpenLevel = async (path) => {
  let db: ClassicLevel<Buffer, Buffer>;
  try {
    // The store holds Secrets. LevelDB would make the directory for everybody to read.
    makeFolder(path, 0o700);
    db = new ClassicLevel(path, { keyEncoding: 'buffer', valueEncoding: 'buffer' });
    await db.open();
  } catch (error) {
    throw openingError(path, error);
  }
  return {
    get: (key) => db.get(key),
    async *scan(from, to) {
      const iterator = db.iterator({ gte: from, lt: to, fillCache: false, highWaterMarkBytes: chunkBytes });
      try {
        let pairs = await iterator.nextv(chunkPairs);
        while (pairs.length > 0) {
          // LevelDB reads on in its thread while the consumer is busy.
          const next = iterator.nextv(chunkPairs);
          next.catch(() => {}); // Reported below, unless the consumer stops before.
          yield pairs;
          pairs = await next;
        }
      } finally {
        await iterator.close();
      }
    },
    write({ puts, deletes }) {
      // Chained: half the time of an array of operations.
      const batch = db.batch();
      for (const [key, value] of puts) batch.put(key, value);
      for (const key of deletes) batch.del(key);
      return batch.write({ sync: true });
    },
    size: (from, to) => db.approximateSize(from, to),
    compact: (from, to) => db.compactRange(from, to),
    close: () => db.close(),
  };
};

/** An error of LevelDB as a storage reports it. */
export function unavailableError(message: string, cause: unknown): UnavailableError {
  if (cause instanceof UnavailableError) return cause;
  return new UnavailableError(message, { cause, noSpace: causes(cause).some(tellsOfNoSpace) });
}

function openingError(path: string, error: unknown): Error {
  if (causes(error).some((cause) => cause.code === 'LEVEL_LOCKED')) {
    const message = `${path} is in use by another process: stop that one, or choose another directory`;
    return new LockedError(message, { cause: error });
  }
  const reason = causes(error).at(-1)?.message ?? String(error);
  return unavailableError(`${path} cannot be opened: ${reason}`, error);
}

// LevelDB tells the system's error as text only.
function tellsOfNoSpace({ code, message }: CodedError): boolean {
  return (
    code === 'ENOSPC' || code === 'EDQUOT' || /no space left on device|disk quota exceeded/i.test(message)
  );
}

type CodedError = Error & { code?: unknown };

function causes(error: unknown): CodedError[] {
  return error instanceof Error ? [error, ...causes(error.cause)] : [];
}
