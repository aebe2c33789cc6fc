// A cluster of a newcomer, `kubeskiff up` as a process, and his kubectl.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programSkipReason, type RunningProgram, startProgram } from '../harness/program.ts';
import { kubectlBinary, skipReason } from '../kubectl/binary.ts';
import { normalise } from '../kubectl/normalise.ts';
import { type KubectlResult, type RunningKubectl, spawnKubectl } from '../kubectl/run-kubectl.ts';

/** Why the tutorial is skipped; undefined when it runs. */
export const tutorialSkipReason = skipReason ?? programSkipReason;

const manifests = join(import.meta.dirname, '..', 'fixtures', 'tutorial');
const patienceMs = 10_000;

/** A cluster with its kubectl. */
export class Journey {
  readonly folder = mkdtempSync(join(tmpdir(), 'kubeskiff-tutorial-'));
  private program: RunningProgram | undefined;

  /** The version of kubectl: 36. */
  get minor(): number {
    return kubectlBinary?.minor ?? 0;
  }

  get kubeconfig(): string {
    return join(this.folder, 'data', 'kubeconfig');
  }

  /** Starts the cluster; what it told when it was ready. */
  async start(): Promise<string> {
    cpSync(manifests, this.folder, { recursive: true });
    this.program = startProgram(['up', '--port', '0', '--data-dir', join(this.folder, 'data')]);
    await this.program.until('ready at https://');
    return this.program.until('kubectl create deployment');
  }

  /** Ends the cluster; its exit code. */
  async end(): Promise<number | null | undefined> {
    const code = await this.program?.end();
    rmSync(this.folder, { recursive: true, force: true });
    return code;
  }

  spawn(command: string): RunningKubectl {
    return spawnKubectl(command.split(' '), this);
  }

  /** Runs kubectl to its end. */
  run(command: string): Promise<KubectlResult> {
    return this.spawn(command).ended();
  }

  /** Runs kubectl, which must succeed; what it printed, for comparison. */
  async prints(command: string): Promise<string> {
    const { code, stdout, stderr } = await this.run(command);
    if (code !== 0) throw new Error(`kubectl ${command} ended with ${code}:\n${stderr}${stdout}`);
    return shown(stdout);
  }

  /** Runs kubectl again and again until it prints what is wanted; what it printed last, for comparison. */
  async printsAtLast(command: string, wanted: string | RegExp): Promise<string> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const text = await this.prints(command);
      const holds = typeof wanted === 'string' ? text === wanted : wanted.test(text);
      if (holds || performance.now() > deadline) return text;
    }
  }

  /** The names of the pods that a selector finds. */
  async pods(selector: string): Promise<string[]> {
    const { stdout } = await this.run(`get pods -l ${selector} -o name`);
    return stdout.trim().split('\n').filter(Boolean);
  }
}

/** An output in the form for comparison: hashes and random names are placeholders. */
export function shown(text: string): string {
  const plain = text
    // before normalise: a random name may look like one of its own
    .replace(/\b(kubernetes-bootcamp|user-v1)-[a-z0-9]{7,10}-[a-z0-9]{5}\b/g, '$1-<hash>-<pod>')
    .replace(/ in [\d.]+m?s \([\d.]+m?s including waiting\)/g, ' in <time> (<time> including waiting)')
    .replace(/\(x(\d+) over (?:\d+m)?\d+s\)/g, '(x$1 over <age>)');
  return normalise(plain)
    .replace(
      /\b(kubernetes-bootcamp|user-v1|pod-template-hash)([-=])(?=[a-z0-9]{7,10}\b)[a-z0-9]*\d[a-z0-9]*/g,
      '$1$2<hash>',
    )
    .replace(/simulated:\/\/[0-9a-f]{64}/g, 'simulated://<id>')
    .replace(/sha256:[0-9a-f]{64}/g, 'sha256:<id>')
    .replace(/size: \d+ bytes/g, 'size: <n> bytes');
}
