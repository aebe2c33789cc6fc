// What a simulated container does by itself, and how it ends when it is stopped.
import type { ContainerConfig } from './runtime.ts';
import { durationOf, endless, type ProcessPlan, planOf } from './simulated-command.ts';

type Annotations = Readonly<Record<string, string>>;

// Programs that every base image has: arguments that begin with one are for an image without an entry point of its own.
const programs = new Set(['sh', 'bash', 'ash', 'echo', 'printf', 'date', 'env', 'sleep', 'true', 'false']);

/** The arguments of a container without a command, where they are a command themselves (`kubectl run x --image=busybox -- sh`). */
function asProgram(args: readonly string[]): readonly string[] {
  return programs.has(args[0]?.split('/').at(-1) ?? '') ? args : [];
}

/** What a container does: as the pod's annotations, its command, or its role says. */
export function planFor(config: ContainerConfig, annotations: Annotations): ProcessPlan {
  const { command = [], args = [], env, role, name, image } = config;
  const after = durationOf(annotations['sim.kubeskiff.io/exit-after']);
  if (after !== undefined && role === 'main') {
    const exitCode = Number(annotations['sim.kubeskiff.io/exit-code'] ?? 0);
    return { ...endless, end: { afterMs: after, exitCode } };
  }
  const words = command.length > 0 ? [...command, ...args] : asProgram(args);
  const plan = words.length > 0 ? planOf(words, env) : endless;
  // somebody waits for an init container: one that would go on for ever is done at once
  if (role === 'init' && !plan.end && !plan.loop && !words.includes('sleep'))
    return { ...plan, end: { afterMs: 0, exitCode: 0 } };
  if (plan.lines.length > 0 || plan.end || plan.loop) return plan;
  const text = `${name} runs ${image.name} (simulated)\n`;
  return { ...plan, lines: [{ afterMs: 0, stream: 'stdout', text }] };
}

/**
 * The exit code of a container that was stopped. Servers end well when asked to; what would not be started again was
 * interrupted in its work: 128 + SIGTERM.
 */
export function stopCode({ restarts }: ContainerConfig, annotations: Annotations): number {
  const asked = annotations['sim.kubeskiff.io/stop-exit-code'];
  if (asked !== undefined) return Number(asked);
  return restarts === 'Always' ? 0 : 143;
}
