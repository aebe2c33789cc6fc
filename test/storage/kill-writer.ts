// The process that kill.test.ts kills: many writers at once, each over a few keys of its own. It tells every acknowledged
// write on its standard output. Not a test by itself.
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openLevelStorage } from '../../src/storage/backends/leveldb.ts';
import type { Encode } from '../../src/storage/storage.ts';

const [path, round, window] = process.argv.slice(2) as [string, string, string];
const storage = await openLevelStorage({ path, window: { events: Number(window), bytes: 64_000_000 } });

const writers = 48;
const keysOfWriter = 4;

/** A value that tells whether it is whole. */
function encoderOf(key: string, n: number): Encode {
  return (revision) => {
    const body = JSON.stringify({ key, revision, round, padding: `${n}`.repeat((n * 37) % 900) });
    return Buffer.from(`${createHash('sha1').update(body).digest('hex')} ${body}`);
  };
}

async function write(writer: number): Promise<never> {
  for (let n = 0; ; n++) {
    const key = `pods/w${writer}/${n % keysOfWriter}`;
    const current = storage.timeline.get(key);
    const type = current !== undefined && n % 7 === 3 ? 'delete' : 'put';
    const expect = n % 2 === 0 ? (current?.revision ?? 0) : undefined;
    const { revision } = await storage[type](key, encoderOf(key, n), { expect });
    writeSync(1, `${type} ${key} ${revision}\n`);
  }
}

await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
