// Runs a cluster in a process of its own that outlives the command.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeDataDirectory, readRecord } from '../cluster/data-directory.ts';

const lookMs = 20;

/** Starts `kubeskiff up` with these options in the background; resolves with the exit code when it is ready or has failed. */
export async function detach(args: readonly string[], dataDirectory: string): Promise<number> {
  makeDataDirectory(dataDirectory);
  const logPath = join(dataDirectory, 'log');
  const log = openSync(logPath, 'w');
  const rest = args.filter((a) => !/^--detach(=|$)/.test(a));
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1]!, 'up', ...rest], {
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let ended = false;
  child.on('exit', () => {
    ended = true;
  });
  for (;;) {
    await sleep(lookMs);
    if (ended) {
      process.stderr.write(readFileSync(logPath, 'utf8'));
      process.stderr.write(`the cluster did not start; its log is ${logPath}\n`);
      return 1;
    }
    if ((await readRecord(dataDirectory))?.pid === child.pid) break;
  }
  child.unref();
  const text = readFileSync(logPath, 'utf8');
  process.stdout.write(text === '' ? `kubeskiff runs in the background (process ${child.pid})\n` : text);
  return 0;
}
