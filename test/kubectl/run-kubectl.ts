// One run of the pinned kubectl, with a kubeconfig and a folder of its own.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { kubectlBinary, skipReason } from './binary.ts';

/** How a kubectl ended. */
export interface KubectlResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a run may be given. */
export interface KubectlOptions {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Killed after this time; 20 s by default. */
  readonly timeoutMs?: number;
}

/** A kubectl that goes on running: a watch, a proxy. */
export interface RunningKubectl {
  readonly child: ChildProcessWithoutNullStreams;
  /** All that it printed to stdout so far. */
  output(): string;
  /** Resolves with the output once it holds the text; rejects with what there is when time is up or it ended. */
  until(text: string | RegExp, timeoutMs?: number): Promise<string>;
  /** Like until, for what it logs to stderr (`-v=6`: one line for each response). */
  untilLogged(text: string | RegExp, timeoutMs?: number): Promise<string>;
  /** Resolves when it ended. */
  ended(): Promise<KubectlResult>;
  stop(): Promise<KubectlResult>;
}

/** Where a kubectl runs: its folder has its home, and files that are named without a path. */
export interface KubectlPlace {
  readonly folder: string;
  readonly kubeconfig: string;
}

/** Starts a kubectl and leaves it running, for a minute unless told otherwise. */
export function spawnKubectl(
  args: readonly string[],
  { folder, kubeconfig }: KubectlPlace,
  { stdin, env, timeoutMs = 60_000 }: KubectlOptions = {},
): RunningKubectl {
  if (!kubectlBinary) throw new Error(skipReason);
  const child = spawn(kubectlBinary.path, args, {
    cwd: folder,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: join(folder, 'home'),
      KUBECONFIG: kubeconfig,
      ...env,
    },
  });
  return follow(child, args, stdin, timeoutMs);
}

/** 1.27 colours what `cluster-info` prints, terminal or not. */
function plain(text: string): string {
  return text.replace(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g'), '');
}

function follow(
  child: ChildProcessWithoutNullStreams,
  args: readonly string[],
  stdin: string | undefined,
  timeoutMs: number,
): RunningKubectl {
  let stdout = '';
  let stderr = '';
  const looks = new Set<() => void>();
  const look = (): void => {
    for (const one of looks) one();
  };
  const timer = setTimeout(() => {
    stderr += `\nkilled after ${timeoutMs} ms: kubectl ${args.join(' ')}`;
    child.kill('SIGKILL');
  }, timeoutMs);
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    look();
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
    look();
  });
  // A kubectl that ends before it read all of its input is no fault of the test.
  child.stdin.on('error', () => {});
  child.stdin.end(stdin ?? '');
  const end = new Promise<KubectlResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout: plain(stdout), stderr });
    });
  });
  const untilIn = (printed: () => string, text: string | RegExp, limitMs = 10_000): Promise<string> => {
    const holds = (): boolean => (typeof text === 'string' ? printed().includes(text) : text.test(printed()));
    return new Promise((resolve, reject) => {
      const fail = (why: string): void =>
        reject(new Error(`kubectl ${args.join(' ')} ${why} before ${text} came:\n${stdout}\n${stderr}`));
      const limit = setTimeout(() => fail('was silent'), limitMs);
      const check = (): void => {
        if (!holds()) return;
        clearTimeout(limit);
        looks.delete(check);
        resolve(printed());
      };
      looks.add(check);
      check();
      void end.then(() => {
        clearTimeout(limit);
        if (!holds()) fail('ended');
      });
    });
  };
  return {
    child,
    output: () => stdout,
    until: (text, limitMs) => untilIn(() => stdout, text, limitMs),
    untilLogged: (text, limitMs) => untilIn(() => stderr, text, limitMs),
    ended: () => end,
    stop: () => {
      child.kill('SIGINT');
      return end;
    },
  };
}
