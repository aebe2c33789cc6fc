// How long a start takes: the first one of a program, which compiles it, and those after it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const nextStarts = 5;
/** The compiled code of the first start is kept after 2 s. */
const keptAfterMs = 2_500;

/** `start` resolves to `{readyMs, stop()}`; milliseconds of the first start, and the median of those after it. */
export async function measureStarts(start) {
  const cache = mkdtempSync(join(tmpdir(), 'kubeskiff-code-'));
  const before = { ...process.env };
  Object.assign(process.env, { XDG_CACHE_HOME: cache, NODE_COMPILE_CACHE: join(cache, 'node') });
  try {
    const times = [];
    for (let i = 0; i <= nextStarts; i++) {
      const subject = await start();
      times.push(subject.readyMs);
      if (i === 0) await new Promise((resolve) => setTimeout(resolve, keptAfterMs));
      await subject.stop();
    }
    const [first, ...next] = times;
    return { first, next: next.sort((a, b) => a - b)[Math.floor(nextStarts / 2)] };
  } finally {
    for (const name of ['XDG_CACHE_HOME', 'NODE_COMPILE_CACHE']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    rmSync(cache, { recursive: true, force: true });
  }
}
