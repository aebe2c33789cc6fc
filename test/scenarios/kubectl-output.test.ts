// The tour through kubectl's output, for the kinds that our controllers run: what test/kubectl/recorded.test.ts writes as
// state, controllers, scheduler and nodes bring about here.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { persistentVolumeClaims, persistentVolumes } from '../../src/client/resources.ts';
import { startCluster, type TestCluster } from '../../src/testing/test-cluster.ts';
import { until } from '../harness/control-plane.ts';
import { kubectlBinary, skipReason } from '../kubectl/binary.ts';
import { type KubectlResult, spawnKubectl } from '../kubectl/run-kubectl.ts';
import { compareOutput } from './compare-output.ts';
import { Names } from './names.ts';
import type { RecordedObject, RecordedStep } from './recording.ts';
import { isEqual } from './replay.ts';
import { watchScenario } from './watcher.ts';

const namespace = 'kubectl-output';
const recordedFile = join(import.meta.dirname, '..', 'kubectl', 'recorded.json');
const { state, steps } = JSON.parse(readFileSync(recordedFile, 'utf8')) as {
  state: { made: RecordedObject[] };
  steps: (RecordedStep & { step: number })[];
};
/** get and describe of pods, deployments, replica sets, services and replication controllers. */
const shown = [
  3, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 113, 114, 115, 116, 117, 253,
].concat([255, 257, 258, 259, 261]);
/** Pods of kinds whose controllers are not there. */
const absentPods = /^(?:pod\/)?(?:db-|ds-|once-).*\n/gm;
/** Set by the controllers of volumes, which are not there. */
const bound = {
  phase: 'Bound',
  accessModes: ['ReadWriteOnce', 'ReadOnlyMany'],
  capacity: { storage: '1Gi' },
};

const reason = skipReason ?? (kubectlBinary?.minor === 36 ? undefined : 'it was recorded with kubectl 1.36');

describe.skipIf(reason)(`kubectl output${reason ? ` (${reason})` : ''}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubeskiff-output-'));
  const stop = new AbortController();
  const names = new Names({
    timeline: state.made.map((object) => ({
      step: 1,
      type: 'ADDED',
      kind: object.kind,
      name: object.metadata.name,
      object,
    })),
  });
  let cluster: TestCluster;
  const run = (step: RecordedStep): Promise<KubectlResult> => {
    const stdin = step.stdin && names.fromRecorded(step.stdin);
    return spawnKubectl(step.cmd, { folder, kubeconfig: cluster.kubeconfig }, { stdin }).ended();
  };
  const recordedStep = (number: number): (typeof steps)[number] => steps.find((s) => s.step === number)!;

  beforeAll(async () => {
    cluster = await startCluster({ nodes: 3, port: true });
    const { client } = cluster;
    const { history } = await watchScenario(client, { namespace, names, withNodes: false }, stop.signal);
    for (const step of [0, 1]) expect(await run(recordedStep(step))).toMatchObject({ code: 0 });
    const claim = await client.get(persistentVolumeClaims, { namespace, name: 'claim' });
    const volume = await client.get(persistentVolumes, { namespace: '', name: 'kubectl-output-pv' });
    const { uid } = claim.metadata;
    const claimRef = { kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace, name: 'claim', uid };
    await client.patch(persistentVolumes, volume, { spec: { claimRef } }, { type: 'merge' });
    const annotations = { 'pv.kubernetes.io/bind-completed': 'yes' };
    const binding = { metadata: { annotations }, spec: { volumeName: volume.metadata.name } };
    await client.patch(persistentVolumeClaims, claim, binding, { type: 'merge' });
    await client.patch(
      persistentVolumeClaims,
      claim,
      { status: bound },
      { type: 'merge', subresource: 'status' },
    );
    await until('all pods run', () => {
      const pods = history.objects().filter(({ kind }) => kind === 'Pod');
      const isReady = ({ status }: RecordedObject): boolean =>
        (status as { conditions?: { type: string; status: string }[] }).conditions?.some(
          (c) => c.type === 'Ready' && c.status === 'True',
        ) ?? false;
      return pods.length === 4 && pods.every(isReady);
    });
  });
  afterAll(async () => {
    stop.abort();
    await cluster.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(shown.map((number) => [number, recordedStep(number).cmd.join(' ')]))(
    'step %i: %s',
    async (number) => {
      const step = recordedStep(number as number);
      const recorded = { ...step, stdout: step.stdout?.replace(absentPods, '') };
      // what was written last may not be shown yet
      const compare = async (): Promise<ReturnType<typeof compareOutput>> =>
        compareOutput(namespace, step.step, recorded, await run(step), names);
      let outputs = await compare();
      for (let i = 0; i < 10 && !isEqual(outputs); i++) outputs = await compare();
      expect(outputs.today).toEqual(outputs.recorded);
    },
  );
});
