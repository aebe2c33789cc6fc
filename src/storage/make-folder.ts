// Makes a folder and those above it. Not by mkdir's own `recursive`: on file systems that take no folders and say ENOENT, as
// /proc does, Node tries for ever (seen on Node 20 and 26).
import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Makes what is missing of `path`, with these permission bits. Throws the error of mkdir; EEXIST where a file stands there. */
export function makeFolder(path: string, mode = 0o777): void {
  const missing: string[] = [];
  for (let at = resolve(path); !isThere(at); at = dirname(at)) missing.push(at);
  if (missing.length === 0 && !statSync(path).isDirectory()) mkdirSync(path);
  for (const folder of missing.reverse())
    try {
      mkdirSync(folder, { mode });
    } catch (error) {
      // somebody else was faster
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
}
