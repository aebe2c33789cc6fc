// Whether the built program is the one that the sources make.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** What `npm run build` makes. */
export const program = join(root, 'dist', 'main.js');

/** The time of the newest file under some paths. */
function newest(paths) {
  let time = 0;
  for (const path of paths) {
    const { mtimeMs } = statSync(path);
    const inner = statSync(path).isDirectory()
      ? newest(
          readdirSync(path)
            .filter((f) => f !== 'generated')
            .map((f) => join(path, f)),
        )
      : mtimeMs;
    time = Math.max(time, inner);
  }
  return time;
}

const sources = ['src', 'openapi', 'scripts', 'package.json'].map((p) => join(root, p));

/** Whether there is a program, built after the last change. In a package, which has no sources, it always is. */
export function isProgramCurrent() {
  if (!existsSync(join(root, 'src'))) return true;
  return existsSync(program) && statSync(program).mtimeMs >= newest(sources);
}
