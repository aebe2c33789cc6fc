// What every controller must bear, whatever it controls: other writers, caches that are late, watches that break and expire,
// and the end of its process between any two writes. A scenario says what a controller has to do; it is played undisturbed,
// then with each disturbance, and must come to the same end. Time is the test's own.
import type { KubeObject } from '../../src/api/object.ts';
import type { Resource } from '../../src/client/resource.ts';
import type { Transport, TransportRequest } from '../../src/client/transport.ts';
import type { ControllerDefinition } from '../../src/controllers/define-controller.ts';
import { TestClock } from '../../src/testing/clock.ts';
import { type ControlPlane, startControlPlane, until } from '../harness/control-plane.ts';
import { type RunningControllers, startControllers } from '../harness/controllers.ts';

/** One thing that happens, and what the controller has to make of it. */
export interface Step {
  act(plane: ControlPlane): Promise<unknown>;
  isDone(plane: ControlPlane): Promise<boolean>;
}

/** A controller and what it has to do. Made anew for each time it is played. */
export interface Scenario {
  readonly controllers: readonly ControllerDefinition[];
  /** What is there before the controllers start; may start stand-ins for other parts. */
  before?(plane: ControlPlane): Promise<unknown>;
  readonly steps: readonly Step[];
  /** What is compared at the end. */
  readonly outcome: readonly Resource[];
  /** What is touched so that the controller looks again. */
  readonly subject: { readonly of: Resource; readonly namespace: string; readonly name: string };
  /** It never replaces what it read, so it can have no conflict. */
  readonly writesBlindly?: boolean;
}

/** What came of a scenario. */
export interface Outcome {
  readonly objects: readonly object[];
  /** Writes that the controllers sent, but for events. */
  readonly writes: number;
  /** Objects that they made. */
  readonly created: number;
  /** Writes that were refused with 409 and the reason Conflict. */
  readonly conflicts: number;
}

/** A scenario that is being played. */
export interface Play {
  readonly plane: ControlPlane;
  readonly clock: TestClock;
  readonly scenario: Scenario;
  /** Ends the controllers as a killed process would, and starts them again with empty caches. */
  restart(between: () => void): Promise<void>;
}

/** Something that goes wrong. */
export interface Disturbance {
  /** Stands between the controllers and the server. */
  wrap(inner: Transport, play: Play): Transport;
  /** Around each act. Default: just acts. */
  during?(act: () => Promise<unknown>, play: Play): Promise<unknown>;
  /** Called again and again while the controllers work. */
  meanwhile?(play: Play): Promise<unknown>;
}

const isEvent = ({ path }: TransportRequest): boolean => /\/events(?:\/|$)/.test(path);
/** Whether a request writes; events do not count. */
export const isWrite = (request: TransportRequest): boolean => request.method !== 'GET' && !isEvent(request);
/** The annotation that others write. */
export const touched = 'example.com/touched';
const stepMs = 100;
const restMs = 30_000;

/** The type of patches that scenarios send. */
export const merge = { type: 'merge' } as const;

/** Whether a reading finds nothing. */
export const isGone = (reading: Promise<unknown>): Promise<boolean> =>
  reading.then(
    () => false,
    () => true,
  );

/** Plays a scenario to its end. Fails when a step is not done, or when the controllers do not come to rest. */
export async function play(scenario: Scenario, disturbance?: Disturbance, end?: Outcome): Promise<Outcome> {
  const clock = new TestClock();
  const tally = { writes: 0, created: 0, conflicts: 0 };
  let running: RunningControllers;
  const state = { clock, scenario } as Play;
  const plane = await startControlPlane({
    clock,
    disabledAdmission: ['ServiceAccount'],
    wrap(inner) {
      const counting = counted(inner, tally);
      return disturbance?.wrap(counting, state) ?? counting;
    },
  });
  const start = (): void => {
    running = startControllers(plane, ...scenario.controllers);
  };
  Object.assign(state, {
    plane,
    async restart(between: () => void) {
      await running.stop();
      between();
      start();
    },
  });
  const drive = { clock, stepMs };
  const rest = (meanwhile?: () => Promise<unknown> | undefined): Promise<unknown> => {
    const end = clock.now() + restMs;
    const look = async (): Promise<boolean> => {
      await meanwhile?.();
      return clock.now() >= end;
    };
    return until('time has passed', look, { clock, stepMs: 3000 });
  };
  const outcome = async (): Promise<Outcome> => ({ objects: await objectsOf(plane, scenario), ...tally });
  try {
    await scenario.before?.(plane);
    start();
    for (const { act, isDone } of scenario.steps) {
      await (disturbance?.during?.(() => act(plane), state) ?? act(plane));
      const look = async (): Promise<boolean> => {
        await disturbance?.meanwhile?.(state);
        return isDone(plane);
      };
      await until('the step is done', look, drive);
    }
    // nothing more happens: what is done stays done
    await rest(() => disturbance?.meanwhile?.(state));
    if (end) {
      const wanted = JSON.stringify(end.objects);
      const isSame = async (): Promise<boolean> => JSON.stringify((await outcome()).objects) === wanted;
      await until('all is as it was undisturbed', isSame, drive).catch(() => {});
    }
    const { writes } = tally;
    await rest();
    if (tally.writes !== writes) throw new Error('the controllers never rest');
    return await outcome();
  } finally {
    await plane[Symbol.asyncDispose]();
  }
}

function counted(inner: Transport, tally: { writes: number; created: number; conflicts: number }): Transport {
  return {
    async send(request) {
      const response = await inner.send(request);
      if (!isWrite(request)) return response;
      tally.writes++;
      if (request.method === 'POST' && response.status === 201) tally.created++;
      if (response.status !== 409) return response;
      const bytes = await response.bytes();
      if (bytes.includes('"reason":"Conflict"')) tally.conflicts++;
      return { ...response, header: (name) => response.header(name), bytes: async () => bytes };
    },
    close: () => inner.close(),
  };
}

/** The objects at the end without what differs from time to time. */
async function objectsOf(plane: ControlPlane, { outcome }: Scenario): Promise<object[]> {
  const lists = await Promise.all(outcome.map((of) => plane.client.list(of)));
  return lists.flatMap(({ items }, i) =>
    items
      // the server's own, with its port
      .filter(({ metadata }) => metadata.name !== 'kubernetes')
      .map((item) => ({ kind: outcome[i]!.kind, ...essence(item) }))
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  );
}

// others' touches raise generations
const passing =
  /^(?:uid|generation|observedGeneration|resourceVersion|managedFields|generateName|clusterIPs?|.*Times?|.*Timestamp)$/;
const passingAnnotations = new Set([touched, 'endpoints.kubernetes.io/last-change-trigger-time']);

function essence(object: KubeObject): object {
  const { generateName } = object.metadata;
  const text = JSON.stringify(object, (key, value: unknown) => {
    const isPassing = passing.test(key) || passingAnnotations.has(key);
    const isEmpty =
      key === 'annotations' && Object.keys(value as object).every((k) => passingAnnotations.has(k));
    return isPassing || isEmpty ? undefined : value;
  });
  const suffix = generateName ? object.metadata.name!.slice(generateName.length) : '';
  return JSON.parse(suffix ? text.replaceAll(suffix, '<suffix>') : text) as object;
}
