// What kubectl printed at a real cluster, step by step, beside what it prints here. No controller runs here: the state that
// they and the kubelets had brought about is written from the recording (pods, replica sets, statuses, events).
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { deviations, rewordings } from './deviations.ts';
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

kubectlSuite('recorded', (kubectl) => {
  const mine = steps.filter((step) =>
    kubectl.minor <= 30 ? step.kubectl === '1.28' || step.step < 3 : step.kubectl === '1.36.3',
  );
  const texts = kubectl.minor === 36 || kubectl.minor === 28;
  for (const step of mine) {
    const [, , verb] = step.cmd[0] === '-n' ? step.cmd : ['', '', ...step.cmd];
    // Other versions of kubectl word what they print themselves differently; tables come from the server.
    if (!texts && step.step > 2 && verb !== 'get') continue;
    const reason = deviations[step.step];
    const title = `step ${step.step}: ${step.cmd.join(' ')}${reason ? ` (deviates: ${reason})` : ''}`;
    it(title, async () => {
      const { code, stdout, stderr } = await kubectl.run(step.cmd, { stdin: step.stdin });
      const seen = (text: string, today: boolean): string => {
        let shown = normalise(text);
        if (!today)
          for (const { now, recorded, step: only } of rewordings)
            if (only === undefined || only === step.step) shown = shown.replace(recorded, now);
        return step.repeat === 'same lines' ? shown.split('\n').sort().join('\n') : shown;
      };
      const found = { code, stdout: seen(stdout, true), stderr: seen(stderr, true) };
      const wanted = {
        code: step.code,
        stdout: seen(step.stdout ?? '', false),
        stderr: seen(step.stderr ?? '', false),
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
