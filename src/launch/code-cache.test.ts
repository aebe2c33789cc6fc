import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TestClock } from '../api/test-clock.ts';
import { runKept } from './code-cache.ts';

// else V8 finds in memory what it compiled for the test before
setFlagsFromString('--no-compilation-cache');

let folder: string;
let program: string;
let clock: TestClock;
/** Bytes of code that were compiled, as the program is told. */
let compiled: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubeskiff-code-'));
  program = join(folder, 'program-1.cjs');
  writeFileSync(
    program,
    'exports.sum = (a, b) => a + b; exports.here = __dirname; exports.os = require("node:os");',
  );
  clock = new TestClock();
  compiled = 1_000;
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
});

afterAll(() => setFlagsFromString('--compilation-cache'));

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const cached = () => join(folder, 'cache', 'kubeskiff', 'code');
const run = (use = 'up', flags: readonly string[] = []) =>
  runKept(program, use, flags, clock, () => compiled) as {
    sum(a: number, b: number): number;
    here: string;
    os: unknown;
  };

test('a program runs as Node would run it', () => {
  const { sum, here, os } = run();
  expect(sum(1, 2)).toBe(3);
  expect(here).toBe(folder);
  expect(os).toHaveProperty('tmpdir');
});

test('its code is kept once it has run for a while, one file a use', () => {
  run('up');
  run('version');
  clock.advance(1_999);
  expect(() => readdirSync(cached())).toThrow('ENOENT');
  clock.advance(1);
  expect(readdirSync(cached())).toEqual([
    `program-1-up-${process.version}-${process.arch}`,
    `program-1-version-${process.version}-${process.arch}`,
  ]);
  const [name] = readdirSync(cached());
  const kept = readFileSync(join(cached(), name!));
  expect(run().sum(2, 3)).toBe(5);
  clock.advance(10_000);
  // what is good is not written again
  expect(readFileSync(join(cached(), name!))).toEqual(kept);
});

test('code is kept for starts with the flags of this one, whatever V8 has been told since', () => {
  const [atStart, later] = [300, 200].map((size) => `--max-inlined-bytecode-size-cumulative=${size}`);
  const longAgo = new Date('2026-01-01');
  vi.spyOn(process, 'once').mockReturnValue(process);
  const startWith = (flag: string): string => {
    setFlagsFromString(flag);
    clock = new TestClock();
    run('up', [atStart!]);
    setFlagsFromString(later!);
    clock.advance(2_000);
    return join(cached(), readdirSync(cached())[0]!);
  };
  try {
    const path = startWith(atStart!);
    // what V8 takes back is not written again
    for (const [flag, anew] of [
      [atStart!, false],
      [later!, true],
    ] as const) {
      utimesSync(path, longAgo, longAgo);
      startWith(flag);
      expect(statSync(path).mtimeMs !== longAgo.getTime()).toBe(anew);
    }
  } finally {
    setFlagsFromString('--max-inlined-bytecode-size-cumulative=920');
  }
});

/** When the file was last written. */
function written(name: string): number {
  return statSync(join(cached(), name)).mtimeMs;
}

test('code is kept anew when much more has been compiled', () => {
  run();
  clock.advance(2_000);
  const [name] = readdirSync(cached());
  const longAgo = new Date('2026-01-01');
  const moments: [number, boolean][] = [
    [1_100, false],
    [1_101, true],
    [1_200, false],
  ];
  utimesSync(join(cached(), name!), longAgo, longAgo);
  for (const [bytes, anew] of moments) {
    compiled = bytes;
    clock = new TestClock();
    run();
    clock.advance(2_000);
    expect(written(name!) !== longAgo.getTime()).toBe(anew);
    utimesSync(join(cached(), name!), longAgo, longAgo);
  }
});

test('a start that takes long is looked at again', () => {
  run();
  clock.advance(2_000);
  const [name] = readdirSync(cached());
  const longAgo = new Date('2026-01-01');
  for (const ms of [2_000, 4_000]) {
    utimesSync(join(cached(), name!), longAgo, longAgo);
    compiled *= 2;
    clock.advance(ms);
    expect(written(name!)).not.toBe(longAgo.getTime());
  }
  utimesSync(join(cached(), name!), longAgo, longAgo);
  compiled *= 2;
  clock.advance(100_000);
  expect(written(name!)).toBe(longAgo.getTime());
});

test('a start that ends before is looked at when it ends', () => {
  const ends = vi.spyOn(process, 'once').mockReturnValue(process);
  run();
  const [[, end]] = ends.mock.calls as unknown as [[string, () => void]];
  expect(() => readdirSync(cached())).toThrow('ENOENT');
  end();
  const [name] = readdirSync(cached());
  rmSync(join(cached(), name!));
  compiled *= 2;
  clock.advance(3_000);
  end();
  expect(readdirSync(cached())).toEqual([name]);
  rmSync(join(cached(), name!));
  compiled *= 2;
  clock.advance(50_000);
  compiled *= 2;
  rmSync(join(cached(), name!), { force: true });
  end();
  expect(readdirSync(cached())).toEqual([]);
});

test('code that is not good is made anew', () => {
  run();
  clock.advance(2_000);
  const [name] = readdirSync(cached());
  const path = join(cached(), name!);
  const size = readFileSync(path).length;
  for (const bad of ['', 'not code', readFileSync(path).subarray(0, size - 10)]) {
    writeFileSync(path, bad);
    expect(run().sum(3, 4)).toBe(7);
    clock.advance(2_000);
    expect(readFileSync(path).length).toBeGreaterThanOrEqual(size);
  }
});

test('where nothing can be written the program runs all the same', () => {
  writeFileSync(join(folder, 'cache'), 'a file');
  chmodSync(join(folder, 'cache'), 0o400);
  expect(run().sum(1, 1)).toBe(2);
  clock.advance(2_000);
  expect(readFileSync(join(folder, 'cache'), 'utf8')).toBe('a file');
});
