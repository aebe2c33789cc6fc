// Fields of pods whose feature is off are dropped; with its gate on they stay.
import { expect, it } from 'vitest';
import { startTestApiServer } from '../../src/testing/api-server.ts';
import { send } from './api.ts';

const volume = {
  name: 'v',
  projected: {
    sources: [
      { clusterTrustBundle: { name: 'b', path: 'b.pem' } },
      {
        podCertificate: { signerName: 'example.com/s', keyType: 'ED25519', credentialBundlePath: 'c.pem' },
      },
    ],
  },
};
const spec = {
  os: { name: 'linux' },
  volumes: [volume],
  schedulingGroup: { podGroupName: 'g' },
  containers: [{ name: 'c', image: 'i', lifecycle: { stopSignal: 'SIGTERM' } }],
};

interface Spec {
  readonly schedulingGroup?: object;
  readonly volumes: { projected: { sources: object[] } }[];
  readonly containers: { lifecycle?: object }[];
}

/** Which of the fields a server keeps: in a pod and in a template. */
async function kept(featureGates: string): Promise<string[][]> {
  await using server = await startTestApiServer({ featureGates, disabledAdmission: ['ServiceAccount'] });
  const fieldsOf = ({ schedulingGroup, volumes, containers }: Spec): string[] =>
    [
      ...(volumes[0]!.projected.sources ?? []).flatMap((source) => Object.keys(source)),
      ...(containers[0]!.lifecycle ? ['lifecycle'] : []),
      ...(schedulingGroup ? ['schedulingGroup'] : []),
    ].sort();
  const create = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const answer = await send(server.url, 'POST', path, { body });
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    return answer.body as unknown as Record<string, unknown>;
  };
  const pod = await create('/api/v1/namespaces/default/pods', { metadata: { name: 'p' }, spec });
  const template = await create('/api/v1/namespaces/default/podtemplates', {
    metadata: { name: 't' },
    template: { metadata: { labels: { a: 'b' } }, spec },
  });
  return [fieldsOf(pod['spec'] as Spec), fieldsOf((template['template'] as { spec: Spec }).spec)];
}

const all = ['clusterTrustBundle', 'lifecycle', 'podCertificate', 'schedulingGroup'];

it.each([
  ['', []],
  ['ContainerStopSignals=true', ['lifecycle']],
  ['AllAlpha=true,AllBeta=true', all],
])('with the gates "%s" keep %s', async (gates, fields) => {
  expect(await kept(gates)).toEqual([fields, fields]);
});

it('are checked when they stay', async () => {
  await using server = await startTestApiServer({
    featureGates: 'AllAlpha=true',
    disabledAdmission: ['ServiceAccount'],
  });
  const refusal = async (rest: object, stopSignal: string): Promise<string> => {
    const container = { name: 'c', image: 'i', lifecycle: { stopSignal } };
    const { status, body } = await send(server.url, 'POST', '/api/v1/namespaces/default/pods', {
      body: { metadata: { name: 'p' }, spec: { containers: [container], ...rest } },
    });
    expect(status).toBe(422);
    return String(body['message']);
  };
  expect(await refusal({}, 'SIGTERM')).toBe(
    'Pod "p" is invalid: spec.containers[0].lifecycle.stopSignal: Forbidden: may not be set for containers with empty `spec.os.name`',
  );
  expect(await refusal({ os: { name: 'windows' } }, 'SIGHUP')).toBe(
    'Pod "p" is invalid: spec.containers[0].lifecycle.stopSignal: Unsupported value: "SIGHUP": supported values: "SIGKILL", "SIGTERM"',
  );
  expect(await refusal({ os: { name: 'linux' }, schedulingGroup: {} }, 'SIGHUP')).toBe(
    'Pod "p" is invalid: spec.schedulingGroup.podGroupName: Invalid value: null: must specify one of: `podGroupName`',
  );
});
