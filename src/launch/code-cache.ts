// Compiled code that is kept between starts, on a Node that cannot keep it itself (before 22): what V8 made of the program the
// first time is read back the next time, in place of parsing and compiling it again.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { getHeapCodeStatistics, setFlagsFromString } from 'node:v8';
import { constants, Script } from 'node:vm';
import { type Clock, systemClock } from '../api/clock.ts';

/** By the first, everything that a start runs has been compiled, on a machine that has time; the others are for one that has not. */
const looksAfterMs = [2_000, 4_000, 8_000];
/** So much more must have been compiled than what is kept for it to be written anew: that takes some 30 ms. */
const worthKeeping = 1.1;
/** Bytes of the number at the end of a file: how much was compiled when it was written. */
const trailerBytes = 8;
/** What other versions left behind goes when nobody has read it for so long. */
const forgottenAfterMs = 30 * 24 * 3_600_000;

function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'kubeskiff', 'code');
}

/** Code serves one program on one Node with its options; V8 checks all but what the program says. */
function cacheFile(program: string, use: string): string {
  const node = `${process.version}-${process.arch}`;
  return join(cacheFolder(), `${basename(program, '.cjs')}-${use}-${node}`);
}

/** What a file holds. */
interface Kept {
  readonly code: Buffer | undefined;
  /** How much had been compiled: bytes, as compiledBytes tells them. */
  readonly compiled: number;
}

const nothing: Kept = { code: undefined, compiled: 0 };

function readKept(path: string): Kept {
  try {
    const bytes = readFileSync(path);
    const end = bytes.length - trailerBytes;
    return end > 0 ? { code: bytes.subarray(0, end), compiled: bytes.readDoubleLE(end) } : nothing;
  } catch {
    return nothing;
  }
}

/** Bytes of compiled code in this thread: the program's, and what Node has of its own. Takes a millisecond. */
function compiledBytes(): number {
  return getHeapCodeStatistics().bytecode_and_metadata_size;
}

function removeForgotten(folder: string, now: number): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (now - statSync(path).mtimeMs > forgottenAfterMs) rmSync(path, { force: true });
  }
}

/** Never in the way: a cache that cannot be written is none. */
function keep(script: Script, path: string, compiled: number, now: number, flags: readonly string[]): void {
  try {
    // it says with which flags it was made, and is of no use to a start with others
    flags.forEach(setFlagsFromString);
    const folder = dirname(path);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const unfinished = `${path}.${process.pid}`;
    const trailer = Buffer.alloc(trailerBytes);
    trailer.writeDoubleLE(compiled);
    writeFileSync(unfinished, Buffer.concat([script.createCachedData(), trailer]));
    renameSync(unfinished, path);
    removeForgotten(folder, now);
  } catch {
    // the next start compiles once more
  }
}

/**
 * Runs a CommonJS program with the code kept from an earlier run; returns its exports. `program`: its path, whose name says
 * which version it is. `use`: what it is run for; each use keeps the code that it needs. `flags`: what V8 is told at such a start;
 * keeping code tells it so again. `compiled`: how many bytes of code the thread has now.
 */
export function runKept(
  program: string,
  use: string,
  flags: readonly string[] = [],
  clock: Clock = systemClock,
  compiled: () => number = compiledBytes,
): unknown {
  const path = cacheFile(program, use);
  const kept = readKept(path);
  // only ASCII, which is read fastest as latin1
  const source = readFileSync(program, 'latin1');
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, {
    filename: program,
    cachedData: kept.code,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(program), module, program, dirname(program));
  let least = script.cachedDataRejected === false ? kept.compiled * worthKeeping : 0;
  const look = (): void => {
    const now = compiled();
    if (now <= least) return;
    least = now * worthKeeping;
    keep(script, path, now, clock.now(), flags);
  };
  for (const ms of looksAfterMs) clock.after(ms, look);
  // what it compiles later is for no start
  const last = clock.now() + Math.max(...looksAfterMs);
  process.once('exit', () => {
    if (clock.now() < last) look();
  });
  return module.exports;
}
