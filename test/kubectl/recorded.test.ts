// What kubectl printed at a real cluster, step by step, beside what it prints here. No controller runs here: the state that
// they and the kubelets had brought about is written from the recording (pods, replica sets, statuses, events).
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { deviations, olderWordings, rewordings } from './deviations.ts';
import { normalise, Placeholders } from './normalise.ts';
import { type KubectlSession, kubectlSuite, listOf } from './session.ts';

interface RecordedObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; uid?: string };
}

interface RecordedEvent {
  involved: string;
  type: string;
  reason: string;
  message: string;
  count: number | null;
  source: Record<string, string>;
  reportingComponent: string;
  reportingInstance: string;
  action?: string;
}

interface RecordedStep {
  step: number;
  kubectl: string;
  cmd: string[];
  stdin?: string;
  stdout?: string;
  stderr?: string;
  code: number;
  repeat?: 'same lines';
}

interface Recording {
  state: Record<'before' | 'nodes' | 'leases' | 'made' | 'changed' | 'status', RecordedObject[]> & {
    events: RecordedEvent[];
  };
  steps: RecordedStep[];
}

const here = dirname(fileURLToPath(import.meta.url));
const { state, steps } = JSON.parse(readFileSync(join(here, 'recorded.json'), 'utf8')) as Recording;
const namespace = 'kubectl-output';

async function uidsOf(kubectl: KubectlSession): Promise<Map<string, string>> {
  const kinds =
    'pod,replicaset,deployment,statefulset,daemonset,job,replicationcontroller,pvc,pv,service,cronjob,hpa,pdb';
  const { items } = await kubectl.json<{ items: RecordedObject[] }>(['-n', namespace, 'get', kinds]);
  return new Map(items.map(({ kind, metadata }) => [`${kind}/${metadata.name}`, metadata.uid ?? '']));
}

function eventOf(recorded: RecordedEvent, index: number, uids: ReadonlyMap<string, string>): unknown {
  const [kind, name] = recorded.involved.split('/');
  const time = new Date(Date.now() - 60_000 + index * 1000).toISOString();
  const seconds = `${time.slice(0, 19)}Z`;
  const old = recorded.count === null ? {} : { count: recorded.count, firstTimestamp: seconds };
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `e${index}`, namespace },
    involvedObject: { kind, name, namespace, uid: uids.get(recorded.involved) },
    type: recorded.type,
    reason: recorded.reason,
    message: recorded.message,
    source: recorded.source,
    ...old,
    ...(recorded.count === null ? { eventTime: `${time.slice(0, 23)}000Z` } : { lastTimestamp: seconds }),
    reportingComponent: recorded.reportingComponent,
    reportingInstance: recorded.reportingInstance,
    action: recorded.action,
  };
}

/** Writes what controllers and kubelets had written. */
async function restoreState(kubectl: KubectlSession): Promise<void> {
  const podNames = state.made.filter(({ kind }) => kind === 'Pod').map(({ metadata }) => metadata.name);
  const filler = async (): Promise<Placeholders> => new Placeholders(await uidsOf(kubectl), podNames);
  const send = async (verb: readonly string[], objects: readonly RecordedObject[]): Promise<void> => {
    const fill = await filler();
    const stdin = listOf(objects.map((object) => fill.fill(object)));
    await kubectl.ok([...verb, '-f', '-'], { stdin });
  };
  await send(
    ['create'],
    [...state.nodes, ...state.leases, ...state.made.filter(({ kind }) => kind === 'ReplicaSet')],
  );
  await send(
    ['create'],
    state.made.filter(({ kind, metadata }) => kind !== 'ReplicaSet' && metadata.name !== 'probe'),
  );
  const binding = {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name: 'probe' },
    target: { kind: 'Node', name: 'node-1' },
  };
  const path = `/api/v1/namespaces/${namespace}/pods/probe/binding`;
  await kubectl.ok(['create', '--raw', path, '-f', '-'], { stdin: JSON.stringify(binding) });
  // The node controller takes this one off once a node is ready.
  await kubectl.ok(['taint', 'nodes', '--all', 'node.kubernetes.io/not-ready-']);
  await send(['replace'], state.changed);
  await send(['replace', '--subresource=status'], state.status);
  const uids = await uidsOf(kubectl);
  const fill = await filler();
  const events = state.events.map((event, index) => eventOf(fill.fill(event), index, uids));
  await kubectl.ok(['create', '-f', '-'], { stdin: listOf(events) });
}

const versionOf = { newer: '1.36.3', older: '1.28' } as const;

/** The recording of the kubectl that is nearest to `minor`; what the older one was not asked is asked as of the newer one. */
function stepsFor(minor: number): RecordedStep[] {
  const commandOf = (step: RecordedStep): string => step.cmd.join(' ');
  const older = steps.filter((step) => minor <= 30 && step.kubectl === versionOf.older);
  const asked = new Set(older.map(commandOf));
  const newer = steps.filter((step) => step.kubectl === versionOf.newer && !asked.has(commandOf(step)));
  return [...newer, ...older].sort((a, b) => a.step - b.step);
}

/** A recorded output in the words of 1.36 and of the kubectl that runs. */
function reworded(text: string, step: number, minor: number): string {
  let shown = normalise(text);
  for (const { now, recorded, step: only } of rewordings)
    if (only === undefined || only === step) shown = shown.replace(recorded, now);
  for (const { recorded, older = '', before, step: only } of olderWordings)
    if (recorded && only === step && minor < before) shown = shown.replace(recorded, older);
  return shown;
}

kubectlSuite('recorded', (kubectl) => {
  const { minor } = kubectl;
  for (const step of stepsFor(minor)) {
    const reason = deviations[step.step];
    const anyOrder =
      step.repeat === 'same lines' ||
      olderWordings.some(
        (wording) => wording.anyOrder && wording.step === step.step && minor < wording.before,
      );
    const ordered = (text: string): string => (anyOrder ? text.split('\n').sort().join('\n') : text);
    const title = `step ${step.step}: ${step.cmd.join(' ')}${reason ? ` (deviates: ${reason})` : ''}`;
    it(title, async () => {
      const { code, stdout, stderr } = await kubectl.run(step.cmd, { stdin: step.stdin });
      const found = { code, stdout: ordered(normalise(stdout)), stderr: ordered(normalise(stderr)) };
      const wanted = {
        code: step.code,
        stdout: ordered(reworded(step.stdout ?? '', step.step, minor)),
        stderr: ordered(reworded(step.stderr ?? '', step.step, minor)),
      };
      if (step.step === 0)
        await kubectl.ok(['create', '-f', '-'], {
          stdin: listOf(state.before.map((object) => new Placeholders(new Map(), []).fill(object))),
        });
      if (step.step === 2) await restoreState(kubectl);
      if (reason) expect(found, 'went as recorded: take it off the list of deviations').not.toEqual(wanted);
      else expect(found).toEqual(wanted);
    });
  }
});
