// kube-apiserver and this server, each started by the same flags.
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Json, JsonObject } from '../../../src/api/object.ts';
import { packageRoot } from '../../../src/api/schema/type-table.ts';

/** A request to a server. */
export interface Request {
  readonly method: 'DELETE' | 'GET' | 'PATCH' | 'POST' | 'PUT';
  readonly path: string;
  readonly contentType?: string;
  readonly body?: Json;
}

/** What a server said to it. */
export interface Answer {
  /** 0: the connection broke. */
  readonly code: number;
  readonly warnings: readonly string[];
  readonly body: JsonObject;
}

/** A running server. */
export interface Server {
  send(request: Request): Promise<Answer>;
  stop(): Promise<void>;
}

const readyWithinMs = 60_000;
const token = 'token';

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

function warningsOf(header: string | string[] | undefined): string[] {
  return [header ?? []].flat();
}

class RunningServer implements Server {
  private readonly agent = new Agent({ connections: 16, connect: { rejectUnauthorized: false } });

  private readonly url: string;
  private readonly child: ChildProcess;

  constructor(url: string, child: ChildProcess) {
    this.url = url;
    this.child = child;
  }

  async send({ method, path, contentType = 'application/json', body }: Request): Promise<Answer> {
    let answered: { statusCode: number; headers: IncomingHttpHeaders; text: string };
    try {
      const response = await request(`${this.url}${path}`, {
        method,
        dispatcher: this.agent,
        headers: { authorization: `Bearer ${token}`, 'content-type': contentType },
        ...(body && { body: JSON.stringify(body) }),
      });
      answered = { ...response, text: await response.body.text() };
    } catch (error) {
      // what kube-apiserver does where it panics
      return { code: 0, warnings: [], body: { text: (error as Error).message } };
    }
    const { statusCode, headers, text } = answered;
    const isJson = /json/.test(String(headers['content-type']));
    const said = isJson ? (JSON.parse(text) as JsonObject) : { text };
    return { code: statusCode, warnings: warningsOf(headers['warning']), body: said };
  }

  async ready(log: () => string): Promise<void> {
    const deadline = Date.now() + readyWithinMs;
    for (;;) {
      const { code } = await this.send({ method: 'GET', path: '/readyz' });
      if (code === 200) return;
      if (Date.now() > deadline || this.child.exitCode !== null) {
        this.child.kill('SIGKILL');
        throw new Error(`a server was not ready:\n${log()}`);
      }
      await wait(100);
    }
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.on('exit', resolve));
    if (this.child.exitCode === null) this.child.kill('SIGTERM');
    else return;
    await ended;
    await this.agent.close();
  }
}

async function start(command: readonly string[], flags: readonly string[], folder: string): Promise<Server> {
  mkdirSync(folder);
  const port = await freePort();
  const [program, ...args] = [...command, `--secure-port=${port}`, `--cert-dir=${folder}`, ...flags];
  const child = spawn(program!, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk) => {
    log = `${log}${chunk}`.slice(-2000);
  });
  const server = new RunningServer(`https://127.0.0.1:${port}`, child);
  await server.ready(() => log);
  return server;
}

/** Starts both with `more` flags; `upstream` is the compiled oracle. */
export async function startBoth(upstream: string, more: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'api-server-'));
  const key = join(folder, 'service-accounts.key');
  const tokens = join(folder, 'tokens.csv');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(key, privateKey.export({ type: 'pkcs1', format: 'pem' }));
  writeFileSync(tokens, `${token},admin,admin,system:masters\n`);
  const flags = [
    '--bind-address=127.0.0.1',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--authorization-mode=RBAC',
    '--allow-privileged=true',
    '--disable-admission-plugins=ServiceAccount',
    `--token-auth-file=${tokens}`,
    ...more,
  ];
  const program = [process.execPath, join(packageRoot(), 'dist', 'main.js'), 'kube-apiserver'];
  const [theirs, ours] = await Promise.all([
    start([upstream, join(folder, 'etcd')], flags, join(folder, 'upstream')),
    start(program, [...flags, '--etcd-servers=http://127.0.0.1:1'], join(folder, 'ours')),
  ]);
  return {
    theirs,
    ours,
    /** Ends both and takes their data away. */
    async stop(): Promise<void> {
      await Promise.all([theirs.stop(), ours.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
