// How changes are written in LevelDB: a log with one record for each, under keys that sort by revision.
//
//     key    'h' revision:8
//     value  type:1 createRevision:8 keyLength:4 key value        (numbers big endian)
//
// Beside them stand the format's version and the compacted revision, under keys that start with 'm'.
import { FormatError, type Revision } from '../storage.ts';
import type { Change } from '../timeline.ts';

/** The version of all of this. */
export const formatVersion = '1';
export const formatKey = Buffer.from('mformat');
export const compactedKey = Buffer.from('mcompacted');

const typeCodes = { put: 1, delete: 2 } as const;
const headerLength = 1 + 8 + 4;

/** After all records. */
export const recordsEnd = Buffer.from('i');

/** The key of the record of a revision. */
export function recordKey(revision: Revision): Buffer {
  const key = Buffer.alloc(9, 'h');
  writeRevision(key, revision, 1);
  return key;
}

export function encodeRecord({ type, entry }: Change): Buffer {
  const keyLength = Buffer.byteLength(entry.key);
  const record = Buffer.allocUnsafe(headerLength + keyLength + entry.value.length);
  record[0] = typeCodes[type];
  writeRevision(record, entry.createRevision, 1);
  record.writeUInt32BE(keyLength, 9);
  record.write(entry.key, headerLength);
  entry.value.copy(record, headerLength + keyLength);
  return record;
}

/** The value of the entry shares the record's memory. */
export function decodeRecord(key: Buffer, record: Buffer): Change {
  const type = record[0] === typeCodes.put ? 'put' : record[0] === typeCodes.delete ? 'delete' : undefined;
  const keyEnd = record.length < headerLength ? Number.NaN : headerLength + record.readUInt32BE(9);
  if (key.length !== 9 || type === undefined || !(keyEnd <= record.length)) {
    throw new FormatError(
      `record ${key.toString('hex')} is damaged: restore the data directory from a backup`,
    );
  }
  return {
    type,
    entry: {
      key: record.toString('utf8', headerLength, keyEnd),
      value: record.subarray(keyEnd),
      companion: undefined,
      revision: readRevision(key, 1),
      createRevision: readRevision(record, 1),
    },
  };
}

export function encodeRevision(revision: Revision): Buffer {
  const bytes = Buffer.alloc(8);
  writeRevision(bytes, revision, 0);
  return bytes;
}

export function decodeRevision(bytes: Buffer): Revision {
  return readRevision(bytes, 0);
}

// Eight bytes, of which 48 bits are used: enough for a million writes a second over nine years.
function writeRevision(into: Buffer, revision: Revision, at: number): void {
  into.writeUInt16BE(0, at);
  into.writeUIntBE(revision, at + 2, 6);
}

function readRevision(from: Buffer, at: number): Revision {
  return from.readUIntBE(at + 2, 6);
}
