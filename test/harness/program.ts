// The built program as processes of their own: `kubeskiff up`, `apiserver`, `node`, ...
import { type ChildProcess, spawn } from 'node:child_process';
import { isProgramCurrent, program } from '../../scripts/program.mjs';

/** Why tests of the program are skipped; undefined when it is built. `npm test` builds it first. */
export const programSkipReason: string | undefined = isProgramCurrent()
  ? undefined
  : 'dist/ is older than the sources: run "npm run build"';

/** A process that runs. */
export interface RunningProgram {
  readonly child: ChildProcess;
  /** All that it printed so far, both streams. */
  output(): string;
  /** Resolves with the output once it holds `text`; rejects when it ends before, or within 20 s. */
  until(text: string | RegExp): Promise<string>;
  /** Ends it; resolves with its exit code, or null when the signal ended it. */
  end(signal?: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

const patienceMs = 20_000;
const running = new Set<ChildProcess>();
// a test that was cut off must not leave processes
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts the program. */
export function startProgram(args: readonly string[]): RunningProgram {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let text = '';
  let look = (): void => {};
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      look();
    });
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', (code) => {
      running.delete(child);
      resolve(code);
    });
  });
  return {
    child,
    output: () => text,
    until: (wanted) =>
      new Promise((resolve, reject) => {
        const holds = (): boolean => (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text));
        const fail = (why: string): void =>
          reject(new Error(`kubeskiff ${args.join(' ')} ${why} before ${wanted} came:\n${text}`));
        const limit = setTimeout(() => fail('was silent'), patienceMs);
        look = () => {
          if (!holds()) return;
          clearTimeout(limit);
          resolve(text);
        };
        look();
        void ended.then((code) => {
          clearTimeout(limit);
          if (!holds()) fail(`ended with ${code}`);
        });
      }),
    end(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}
