import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeFolder } from './make-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubeskiff-folder-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('makes what is missing, with the mode, and nothing where it is there', () => {
  const path = join(folder, 'a', 'b');
  makeFolder(path, 0o700);
  makeFolder(path);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

test('a file in the way is an error', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect(() => makeFolder(file)).toThrow(/EEXIST/);
  expect(() => makeFolder(join(file, 'below'))).toThrow(/ENOTDIR/);
});

// made by recursive mkdir, this would never return
test.runIf(existsSync('/proc/self'))('a file system that takes no folders is an error', () => {
  expect(() => makeFolder('/proc/kubeskiff/pki')).toThrow(/ENOENT/);
});
