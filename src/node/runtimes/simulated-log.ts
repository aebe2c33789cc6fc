// The log of a simulated container: made of its plan when somebody reads it, so that containers that nobody asks about cost
// nothing.
import type { LogLine } from './runtime.ts';
import type { PlannedLine, ProcessPlan } from './simulated-command.ts';

/** How many rounds of a loop a log goes back. */
const maxRounds = 1000;

/** The part of a container's life that a log shows. */
export interface LogSpan {
  readonly plan: ProcessPlan;
  readonly startedAt: number;
  /** Undefined while it runs. */
  readonly finishedAt: number | undefined;
}

function lineAt(line: PlannedLine, start: number): LogLine {
  const at = start + line.afterMs;
  const text = typeof line.text === 'string' ? line.text : line.text(at);
  return { at, stream: line.stream, text };
}

/** The lines after `after` and up to `until`, in order. */
export function linesBetween(span: LogSpan, after: number, until: number): LogLine[] {
  const end = Math.min(until, span.finishedAt ?? until);
  const found: LogLine[] = [];
  const add = (lines: readonly PlannedLine[], start: number): void => {
    for (const line of lines) {
      const at = start + line.afterMs;
      if (at > after && at <= end) found.push(lineAt(line, start));
    }
  };
  add(span.plan.lines, span.startedAt);
  const loop = span.plan.loop;
  if (!loop) return found;
  const first = span.startedAt + loop.fromMs;
  if (loop.everyMs <= 0 || !Number.isFinite(loop.everyMs)) {
    add(loop.lines, first);
    return found;
  }
  const lastRound = Math.floor((end - first) / loop.everyMs);
  const wanted = Math.floor((after - first) / loop.everyMs);
  for (let round = Math.max(0, wanted, lastRound - maxRounds); round <= lastRound; round++)
    add(loop.lines, first + round * loop.everyMs);
  return found;
}

/** When the next line after `after` comes; undefined: never. */
export function nextLineAt(span: LogSpan, after: number): number | undefined {
  const { plan, startedAt } = span;
  let next = Number.POSITIVE_INFINITY;
  for (const line of plan.lines) {
    const at = startedAt + line.afterMs;
    if (at > after) next = Math.min(next, at);
  }
  const loop = plan.loop;
  if (loop && Number.isFinite(loop.everyMs) && loop.everyMs > 0) {
    const first = startedAt + loop.fromMs;
    const round = Math.max(0, Math.floor((after - first) / loop.everyMs));
    for (const start of [first + round * loop.everyMs, first + (round + 1) * loop.everyMs])
      for (const line of loop.lines)
        if (start + line.afterMs > after) next = Math.min(next, start + line.afterMs);
  }
  return Number.isFinite(next) ? next : undefined;
}
