// The built program, in one file for all its uses: most of its code is shared by them, and one file is read fastest.
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';
import { burstFlags } from './burst-flags.ts';
import { runKept } from './code-cache.ts';

/** What the program offers to the files of dist/ that start it. */
export interface Program {
  /** Runs a command line. */
  main(args: readonly string[]): Promise<void>;
  /** Runs controllers, scheduler and nodes in a worker thread. */
  parts(): Promise<void>;
  /** What tests import. */
  testing(): Promise<Record<string, unknown>>;
}

/** Its name beside this file, with a hash of what it says; known when it has been built. */
declare const programFile: string;

// Node 22 and later keep compiled code themselves.
const { enableCompileCache } = nodeModule as { enableCompileCache?: () => unknown };

/** What V8 is told when the program starts for a use: `up` and the thread that it makes are told something. */
function flagsOf(use: string): readonly string[] {
  return use === 'up' || use === 'parts' ? burstFlags(process.versions.node) : [];
}

/** Loads the program. `use`: what for, as a word. */
export function loadProgram(use: string): Program {
  const path = fileURLToPath(new URL(programFile, import.meta.url));
  if (enableCompileCache === undefined) return runKept(path, use, flagsOf(use)) as Program;
  enableCompileCache();
  return nodeModule.createRequire(path)(path) as Program;
}
