// One API server over TLS and a kubectl that talks to it by the kubeconfig that the server wrote.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe } from 'vitest';
import { type ApiServerSettings, runApiServer } from '../../src/cluster/run-api-server.ts';
import { kubectlBinary, skipReason } from './binary.ts';
import { type KubectlOptions, type KubectlResult, type RunningKubectl, spawnKubectl } from './run-kubectl.ts';

/** Objects as one JSON text. (1.27 does not read JSON texts one after another.) */
export function listOf(items: readonly unknown[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

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
  spawn(args: readonly string[], options: KubectlOptions = {}): RunningKubectl {
    return spawnKubectl(args, this, options);
  }

  /** Runs kubectl to its end, whatever that is. */
  run(args: readonly string[], options: KubectlOptions = {}): Promise<KubectlResult> {
    return this.spawn(args, { timeoutMs: 20_000, ...options }).ended();
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
