// Compiled code that is kept between starts, on a Node that cannot keep it itself (before 22): what V8 made of the program the
// first time is read back the next time, in place of parsing and compiling it again.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { constants, Script } from 'node:vm';
import { type Clock, systemClock } from '../api/clock.ts';

/** Everything that a start runs has been compiled by then. */
const keepAfterMs = 2_000;
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

function readOrNothing(path: string): Buffer | undefined {
  try {
    const kept = readFileSync(path);
    return kept.length > 0 ? kept : undefined;
  } catch {
    return undefined;
  }
}

function removeForgotten(folder: string, now: number): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (now - statSync(path).mtimeMs > forgottenAfterMs) rmSync(path, { force: true });
  }
}

/** Never in the way: a cache that cannot be written is none. */
function keep(script: Script, path: string, now: number): void {
  try {
    const folder = dirname(path);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const unfinished = `${path}.${process.pid}`;
    writeFileSync(unfinished, script.createCachedData());
    renameSync(unfinished, path);
    removeForgotten(folder, now);
  } catch {
    // the next start compiles once more
  }
}

/**
 * Runs a CommonJS program with the code kept from an earlier run; returns its exports. `program`: its path, whose name says
 * which version it is. `use`: what it is run for; each use keeps the code that it needs.
 */
export function runKept(program: string, use: string, clock: Clock = systemClock): unknown {
  const path = cacheFile(program, use);
  const cachedData = readOrNothing(path);
  // only ASCII, which is read fastest as latin1
  const source = readFileSync(program, 'latin1');
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, {
    filename: program,
    cachedData,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(program), module, program, dirname(program));
  if (script.cachedDataRejected !== false) {
    let done = false;
    const once = (): void => {
      if (!done) keep(script, path, clock.now());
      done = true;
    };
    clock.after(keepAfterMs, once);
    process.once('exit', once);
  }
  return module.exports;
}
