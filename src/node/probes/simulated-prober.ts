// Probes of the simulation: each succeeds after its initial delay, unless an annotation of the pod says otherwise:
//   sim.kubeskiff.io/unready: "true"       containers are never ready, with or without a probe (sim/unready means the same)
//   sim.kubeskiff.io/ready-after: 10s      not before
//   sim.kubeskiff.io/fail-liveness-after: 30s   the liveness probe fails from then on; the container is killed
//   sim.kubeskiff.io/fail-startup: "true"  the startup probe never succeeds; the container is killed when its time is up
import type { Pod, Probe } from '#types/core_v1';
import type { Clock } from '../../api/clock.ts';
import type { AnyContainer } from '../../kinds/pod-spec/containers-of.ts';
import { durationOf } from '../runtimes/simulated-command.ts';
import type { ProbeResults, Prober } from './prober.ts';

function isSet(text: string | undefined): boolean {
  return text !== undefined && !['', '0', 'false', 'no'].includes(text);
}

function delayMs(probe: Probe | undefined): number {
  return (probe?.initialDelaySeconds ?? 0) * 1000;
}

/** After how long a probe that fails from `fromMs` on has failed often enough. */
function failureMs(probe: Probe, fromMs: number): number {
  return (
    Math.max(fromMs, delayMs(probe)) +
    ((probe.failureThreshold ?? 3) - 1) * (probe.periodSeconds ?? 10) * 1000
  );
}

/** A prober that asks nobody. */
export function simulatedProber(clock: Clock): Prober {
  return {
    results(pod: Pod, container: AnyContainer, startedAt: number): ProbeResults {
      const annotations = pod.metadata.annotations ?? {};
      const { startupProbe, readinessProbe, livenessProbe } = container;
      const now = clock.now();
      const isDue = (at: number): boolean => now >= at;
      const startedFrom = startedAt + delayMs(startupProbe);
      if (startupProbe && isSet(annotations['sim.kubeskiff.io/fail-startup'])) {
        const failsAt = startedAt + failureMs(startupProbe, 0);
        return isDue(failsAt)
          ? { started: false, ready: false, failed: 'startup' }
          : { started: false, ready: false, changesAt: failsAt };
      }
      if (!isDue(startedFrom)) return { started: false, ready: false, changesAt: startedFrom };

      const failing = durationOf(annotations['sim.kubeskiff.io/fail-liveness-after']);
      const diesAt =
        livenessProbe && failing !== undefined ? startedAt + failureMs(livenessProbe, failing) : undefined;
      if (diesAt !== undefined && isDue(diesAt)) return { started: true, ready: false, failed: 'liveness' };
      const later = diesAt === undefined ? {} : { changesAt: diesAt };
      if (isSet(annotations['sim.kubeskiff.io/unready'] ?? annotations['sim/unready']))
        return { started: true, ready: false, ...later };
      const after = durationOf(annotations['sim.kubeskiff.io/ready-after']) ?? 0;
      const readyFrom = Math.max(startedFrom, startedAt + delayMs(readinessProbe), startedAt + after);
      if (isDue(readyFrom)) return { started: true, ready: true, ...later };
      return { started: true, ready: false, changesAt: Math.min(readyFrom, diesAt ?? readyFrom) };
    },
  };
}
