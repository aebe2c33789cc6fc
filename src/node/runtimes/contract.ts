// The tests of the numbered guarantees in runtime.ts. Every runtime runs them.
import { describe, expect, it } from 'vitest';
import type {
  ContainerConfig,
  LogLine,
  Runtime,
  RuntimeContainer,
  RuntimeError,
  RuntimeImage,
  SandboxConfig,
} from './runtime.ts';

/** What a runtime brings along to be tested. */
export interface RuntimeSubject {
  readonly runtime: Runtime;
  /** An image with `sh`. */
  readonly image: string;
  /** An image that can't be pulled. */
  readonly missingImage: string;
  /** Lets time pass: moves a clock, or waits. */
  pass(milliseconds: number): Promise<void>;
  close?(): Promise<void>;
}

const node = 'n1';
const podCidr = '10.244.7.0/28';
const annotations = {};

/** Runs the contract. `open` makes a runtime of its own for each test. */
export function runtimeContract(name: string, open: () => Promise<RuntimeSubject>): void {
  const run = (title: string, test: (subject: Tools) => Promise<void>): void =>
    it(title, async () => {
      const subject = await open();
      try {
        await test(toolsOf(subject));
      } finally {
        await subject.close?.();
      }
    });

  describe(`runtime contract: ${name}`, () => {
    run('R1: a container is created, running, exited, and ids are new each time', async (t) => {
      const sandbox = await t.sandbox();
      const first = await t.runtime.createContainer(sandbox, await t.config('sleep 3600'));
      expect(await t.container(first)).toMatchObject({ state: 'created', name: 'c', attempt: 0 });
      await t.runtime.startContainer(first);
      expect(await t.container(first)).toMatchObject({ state: 'running', finishedAt: undefined });
      await expect(t.runtime.startContainer(first)).rejects.toThrow();
      await t.runtime.stopContainer(first, 1);
      const ended = await t.container(first);
      expect(ended.state).toBe('exited');
      expect(ended.finishedAt).toBeGreaterThanOrEqual(ended.startedAt!);
      const second = await t.runtime.createContainer(sandbox, { ...(await t.config('true')), attempt: 1 });
      expect(second).not.toBe(first);
      expect((await t.runtime.podStatus('u1'))!.containers.map((c) => c.id)).toEqual([second, first]);
    });

    run('R1: a container ends with the code of its process', async (t) => {
      const id = await t.start(await t.sandbox(), 'sleep 0.2; exit 7');
      await t.ended(id);
      expect(await t.container(id)).toMatchObject({ state: 'exited', exitCode: 7, reason: 'Error' });
    });

    run('R2: stopping twice, or what has ended, does nothing', async (t) => {
      const id = await t.start(await t.sandbox(), 'sleep 3600');
      await Promise.all([t.runtime.stopContainer(id, 30), t.runtime.stopContainer(id, 1)]);
      const ended = await t.container(id);
      await t.runtime.stopContainer(id, 0);
      expect(await t.container(id)).toEqual(ended);
      await t.runtime.stopContainer('unknown', 0);
    });

    run('R3: a sandbox takes its containers along, and its address is free again', async (t) => {
      const sandbox = await t.sandbox();
      const id = await t.start(sandbox, 'sleep 3600');
      await t.runtime.stopSandbox(sandbox);
      await t.runtime.stopSandbox(sandbox);
      expect((await t.container(id)).state).toBe('exited');
      expect((await t.runtime.podStatus('u1'))!.sandbox).toMatchObject({ isReady: false });
      await expect(t.runtime.createContainer(sandbox, await t.config('true'))).rejects.toMatchObject({
        code: 'NotFound',
      } satisfies Partial<RuntimeError>);
      await t.runtime.removeContainer(id);
      await t.runtime.removeSandbox(sandbox);
      await t.runtime.removeSandbox(sandbox);
      expect(await t.runtime.podStatus('u1')).toBeUndefined();
      expect(await t.runtime.listPods()).toEqual([]);
      // a range of 16 addresses would soon be used up otherwise
      for (let i = 0; i < 40; i++) await t.runtime.removeSandbox(await t.sandbox(`v${i}`));
    });

    run('R4: listeners are told of every end, after the status shows it', async (t) => {
      const seen: (string | undefined)[] = [];
      const end = t.runtime.onChange((uid) => {
        void t.runtime.podStatus(uid).then((pod) => seen.push(pod?.containers[0]?.state));
      });
      const sandbox = await t.sandbox();
      await t.ended(await t.start(sandbox, 'true'));
      expect(seen).toEqual(['exited']);
      await t.runtime.stopContainer(await t.start(sandbox, 'sleep 3600'), 0);
      await t.subject.pass(0);
      expect(seen).toEqual(['exited', 'exited']);
      end();
    });

    run('R5: sandboxes have addresses of their own, inside their range', async (t) => {
      const addresses: string[] = [];
      for (let i = 0; i < 5; i++) {
        const { ips } = await t.runtime.runSandbox(t.sandboxConfig(`u${i}`));
        addresses.push(...ips);
      }
      expect(new Set(addresses).size).toBe(5);
      for (const address of addresses) expect(address).toMatch(/^10\.244\.7\.\d+$/);
      const host = await t.runtime.runSandbox({ ...t.sandboxConfig('host'), hostNetwork: true });
      expect(host.ips).toEqual([]);
    });

    run('R6: what was pulled is found, on that node; what can’t be pulled is told', async (t) => {
      const request = { node, image: t.subject.image, annotations };
      expect(await t.runtime.findImage(request)).toBeUndefined();
      const image = await t.runtime.pullImage(request);
      expect(await t.runtime.findImage(request)).toEqual(image);
      expect(await t.runtime.listImages(node)).toEqual([image]);
      await expect(
        t.runtime.pullImage({ node, image: t.subject.missingImage, annotations }),
      ).rejects.toMatchObject({ name: 'RuntimeError', message: expect.stringContaining('not found') });
    });

    run('R7: a log is read from its start or its end, and until the container is removed', async (t) => {
      const id = await t.start(await t.sandbox(), 'echo one; echo two >&2; sleep 0.1; echo three');
      await t.ended(id);
      expect(await t.log(id)).toEqual(['stdout one\n', 'stderr two\n', 'stdout three\n']);
      expect(await t.log(id, { tailLines: 1 })).toEqual(['stdout three\n']);
      expect(await t.log(id, { tailLines: 0 })).toEqual([]);
      await t.runtime.removeContainer(id);
      await expect(t.log(id)).rejects.toMatchObject({ code: 'NotFound' });
    });

    run('R7: a log that is followed ends with the container, or with the signal', async (t) => {
      const id = await t.start(await t.sandbox(), 'echo one; sleep 0.5; echo two; sleep 0.5');
      const followed = t.log(id, { follow: true });
      const stop = new AbortController();
      const cut = t.log(id, { follow: true }, stop.signal);
      await t.subject.pass(100);
      stop.abort();
      expect(await cut).toEqual(['stdout one\n']);
      await t.ended(id);
      expect(await followed).toEqual(['stdout one\n', 'stdout two\n']);
    });

    run('R8: a status does not change later', async (t) => {
      const sandbox = await t.sandbox();
      const id = await t.start(sandbox, 'sleep 3600');
      const before = await t.runtime.podStatus('u1');
      const copy = structuredClone(before);
      await t.runtime.stopContainer(id, 0);
      await t.runtime.removeSandbox(sandbox);
      expect(before).toEqual(copy);
    });
  });
}

interface Tools {
  readonly subject: RuntimeSubject;
  readonly runtime: Runtime;
  sandboxConfig(uid: string): SandboxConfig;
  /** Runs a sandbox and resolves with its id. */
  sandbox(uid?: string): Promise<string>;
  config(script: string): Promise<ContainerConfig>;
  /** Creates and starts a container. */
  start(sandbox: string, script: string): Promise<string>;
  container(id: string): Promise<RuntimeContainer>;
  /** Lets time pass until the container has ended. */
  ended(id: string): Promise<void>;
  log(
    id: string,
    request?: { follow?: boolean; tailLines?: number },
    signal?: AbortSignal,
  ): Promise<string[]>;
}

function toolsOf(subject: RuntimeSubject): Tools {
  const { runtime } = subject;
  let image: RuntimeImage | undefined;
  const sandboxConfig = (podUid: string): SandboxConfig => ({
    podUid,
    namespace: 'default',
    name: podUid,
    node,
    attempt: 0,
    hostNetwork: false,
    podCidr,
    labels: {},
    annotations,
  });
  const tools: Tools = {
    subject,
    runtime,
    sandboxConfig,
    sandbox: async (uid = 'u1') => (await runtime.runSandbox(sandboxConfig(uid))).id,
    async config(script) {
      image ??= await runtime.pullImage({ node, image: subject.image, annotations });
      return {
        name: 'c',
        attempt: 0,
        role: 'main',
        image,
        command: ['sh', '-c', script],
        args: undefined,
        workingDir: undefined,
        env: [],
        restarts: 'Never',
      };
    },
    async start(sandbox, script) {
      const id = await runtime.createContainer(sandbox, await tools.config(script));
      await runtime.startContainer(id);
      return id;
    },
    async container(id) {
      for (const uid of await runtime.listPods()) {
        const found = (await runtime.podStatus(uid))?.containers.find((c) => c.id === id);
        if (found) return found;
      }
      throw new Error(`no container ${id}`);
    },
    async ended(id) {
      for (let i = 0; i < 200; i++) {
        if ((await tools.container(id)).state === 'exited') return;
        await subject.pass(50);
      }
      throw new Error(`container ${id} does not end`);
    },
    async log(id, request = {}, signal) {
      const lines: LogLine[] = [];
      for await (const line of runtime.readLog(id, request, signal)) lines.push(line);
      return lines.map(({ stream, text }) => `${stream} ${text}`);
    },
  };
  return tools;
}
