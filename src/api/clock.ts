// Time and chance as parameters: every part takes these from the composition root, so tests can drive them.
import { randomBytes, randomUUID } from 'node:crypto';

/** A timer that can be stopped. */
export interface Timer {
  cancel(): void;
}

/** The current time and timers. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Runs `fn` once after `ms` milliseconds. The timer never keeps the process alive by itself. */
  after(ms: number, fn: () => void): Timer;
  /** Runs `fn` every `ms` milliseconds. The timer never keeps the process alive by itself. */
  every(ms: number, fn: () => void): Timer;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, fn) {
    const handle = setTimeout(fn, ms);
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
  every(ms, fn) {
    const handle = setInterval(fn, ms);
    handle.unref();
    return { cancel: () => clearInterval(handle) };
  },
};

/** Keeps the process alive until it is cancelled: the clock's timers alone do not. */
export function keepAlive(): Timer {
  const handle = setInterval(() => {}, 2 ** 30);
  return { cancel: () => clearInterval(handle) };
}

/** Chance: uids, name suffixes, jitter. */
export interface Random {
  /** A version 4 UUID. */
  uuid(): string;
  /** `n` characters of the alphabet that generated names use; see upstream's k8s.io/apimachinery/pkg/util/rand. */
  suffix(n: number): string;
  /** A number in [0, 1). */
  float(): number;
}

// No vowels and no 0, 1, 3: generated names shall not spell words.
const suffixAlphabet = 'bcdfghjklmnpqrstvwxz2456789';

// Asking the system for a few bytes at a time costs more than the bytes.
let pool = Buffer.alloc(0);
let poolAt = 0;

function randomByte(): number {
  if (poolAt === pool.length) {
    pool = randomBytes(4096);
    poolAt = 0;
  }
  return pool[poolAt++]!;
}

/** The machine's randomness. */
export const systemRandom: Random = {
  uuid: () => randomUUID(),
  suffix(n) {
    let text = '';
    while (text.length < n) {
      const at = randomByte() & 31;
      if (at < suffixAlphabet.length) text += suffixAlphabet[at];
    }
    return text;
  },
  float: () => Math.random(),
};
