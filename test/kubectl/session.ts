// One API server over TLS and a kubectl that talks to it by the kubeconfig that the server wrote.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe } from 'vitest';
import { type ApiServerSettings, runApiServer } from '../../src/cluster/run-api-server.ts';
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
  /** Resolves when it ended. */
  ended(): Promise<KubectlResult>;
  stop(): Promise<KubectlResult>;
}

/** Objects as one JSON text. (1.27 does not read JSON texts one after another.) */
export function listOf(items: readonly unknown[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

const defaultTimeoutMs = 20_000;

/** Runs kubectl against one server. */
export class KubectlSession {
  /** For the test's files; kubectl runs in it. Made by start. */
  folder = '';
  private server: Awaited<ReturnType<typeof runApiServer>> | undefined;
  private namespaces = 0;

  /** The version's minor number: 36. */
  get minor(): number {
    return kubectlBinary?.minor ?? 0;
  }

  get kubeconfig(): string {
    return join(this.folder, 'kubeconfig');
  }

  /** `https://127.0.0.1:PORT`. */
  get url(): string {
    return this.server?.url ?? '';
  }

  /** Starts the server, on memory unless told otherwise. */
  async start(changes: Partial<ApiServerSettings> = {}): Promise<void> {
    this.folder ||= mkdtempSync(join(tmpdir(), 'kubeskiff-kubectl-'));
    const settings: ApiServerSettings = {
      storage: 'memory',
      dataDirectory: '',
      certificateDirectory: '',
      bindAddress: '127.0.0.1',
      port: 0,
      kubeconfig: this.kubeconfig,
      serviceRange: '10.96.0.0/16',
      nodePortRange: '30000-32767',
      tokenFile: '',
      clientAuthorityFile: '',
      issuer: 'https://kubernetes.default.svc.cluster.local',
      extraNames: [],
      advertiseAddress: '192.0.2.10',
      disabledAdmission: [],
      ...changes,
    };
    const level = process.env['KUBESKIFF_TEST_LOG'] ?? 'silent';
    this.server = await runApiServer(settings, pino({ level }));
  }

  /** Stops the server; the folder stays for another start. */
  async stopServer(): Promise<void> {
    await this.server?.close();
    this.server = undefined;
  }

  async close(): Promise<void> {
    await this.stopServer();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Starts a kubectl and leaves it running. */
  spawn(args: readonly string[], { stdin, env, timeoutMs = 60_000 }: KubectlOptions = {}): RunningKubectl {
    if (!kubectlBinary) throw new Error(skipReason);
    const child = spawn(kubectlBinary.path, args, {
      cwd: this.folder,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: join(this.folder, 'home'),
        KUBECONFIG: this.kubeconfig,
        ...env,
      },
    });
    return follow(child, args, stdin, timeoutMs);
  }

  /** Runs kubectl to its end, whatever that is. */
  run(args: readonly string[], options: KubectlOptions = {}): Promise<KubectlResult> {
    return this.spawn(args, { timeoutMs: defaultTimeoutMs, ...options }).ended();
  }

  /** Runs kubectl, which must succeed; its stdout. */
  async ok(args: readonly string[], options: KubectlOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.run(args, options);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}:\n${stderr}${stdout}`);
    return stdout;
  }

  /** Runs kubectl, which must fail; its stderr. */
  async fails(args: readonly string[], options: KubectlOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.run(args, options);
    if (code === 0) throw new Error(`kubectl ${args.join(' ')} succeeded:\n${stdout}${stderr}`);
    return stderr;
  }

  /** An object as the server has it. */
  async json<T = Record<string, unknown>>(args: readonly string[]): Promise<T> {
    return JSON.parse(await this.ok([...args, '-o', 'json'])) as T;
  }

  /** A fresh namespace with its `default` service account: here is no controller that makes it. */
  async namespace(): Promise<string> {
    const name = `t${++this.namespaces}`;
    const metadata = { name };
    const account = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: name },
    };
    const stdin = listOf([{ apiVersion: 'v1', kind: 'Namespace', metadata }, account]);
    await this.ok(['create', '-f', '-'], { stdin });
    return name;
  }
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
  let look = (): void => {};
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
  const until = (text: string | RegExp, limitMs = 10_000): Promise<string> => {
    const holds = (): boolean => (typeof text === 'string' ? stdout.includes(text) : text.test(stdout));
    return new Promise((resolve, reject) => {
      const fail = (why: string): void =>
        reject(new Error(`kubectl ${args.join(' ')} ${why} before ${text} came:\n${stdout}\n${stderr}`));
      const limit = setTimeout(() => fail('was silent'), limitMs);
      look = () => {
        if (!holds()) return;
        clearTimeout(limit);
        resolve(stdout);
      };
      look();
      void end.then(() => {
        clearTimeout(limit);
        if (!holds()) fail('ended');
      });
    });
  };
  return {
    child,
    output: () => stdout,
    until,
    ended: () => end,
    stop: () => {
      child.kill('SIGINT');
      return end;
    },
  };
}

/** A suite with one server of its own; skipped with its reason where there is no kubectl. */
export function kubectlSuite(
  name: string,
  body: (kubectl: KubectlSession) => void,
  settings: Partial<ApiServerSettings> = {},
): void {
  if (skipReason) {
    console.warn(`${name}: skipped, ${skipReason}`);
    describe.skip(`${name} (${skipReason})`, () => body(new KubectlSession()));
    return;
  }
  describe(`${name} with kubectl 1.${kubectlBinary?.minor}`, () => {
    const kubectl = new KubectlSession();
    beforeAll(() => kubectl.start(settings));
    afterAll(() => kubectl.close());
    body(kubectl);
  });
}
