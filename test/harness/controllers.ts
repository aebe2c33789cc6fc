// Runs controllers against a control plane of a test.
import type { ControllerDefinition } from '../../src/controllers/define-controller.ts';
import { runControllers } from '../../src/controllers/manager.ts';
import type { ControlPlane } from './control-plane.ts';

/** Controllers that run; `stop` ends them as a killed process would: nothing is finished. */
export interface RunningControllers {
  stop(): Promise<void>;
}

/** Starts controllers with informers of their own. */
export function startControllers(
  plane: ControlPlane,
  ...definitions: ControllerDefinition[]
): RunningControllers {
  const stop = new AbortController();
  const signal = AbortSignal.any([plane.signal, stop.signal]);
  const client = plane.clientFor('kube-controller-manager');
  const informers = plane.informersFor(client);
  const { clock, random, log } = plane;
  const options = { client, informers, clock, random, log, rootCertificateAuthority: 'the authority' };
  const ended = runControllers(definitions, options, signal);
  informers.start(signal);
  return {
    async stop() {
      stop.abort();
      await ended;
    },
  };
}
