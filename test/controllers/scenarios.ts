// What each controller has to do in the trials. A new controller is an entry here.
import type { ReplicaSet } from '#types/apps_v1';
import type { ConfigMap, Pod, ReplicationController } from '#types/core_v1';
import type { OwnerReference } from '../../src/api/object.ts';
import {
  configMaps,
  deployments,
  namespaces,
  pods,
  replicaSets,
  replicationControllers,
  serviceAccounts,
  validatingAdmissionPolicies,
} from '../../src/client/resources.ts';
import { deploymentController } from '../../src/controllers/deployment/controller.ts';
import { garbageCollector } from '../../src/controllers/garbage-collector/controller.ts';
import { namespaceController } from '../../src/controllers/namespace/controller.ts';
import { podGarbageCollector } from '../../src/controllers/pod-garbage-collector.ts';
import { replicaSetController } from '../../src/controllers/replicaset/controller.ts';
import { replicationController } from '../../src/controllers/replicationcontroller.ts';
import { rootCaPublisher } from '../../src/controllers/root-ca-publisher.ts';
import { serviceAccountController } from '../../src/controllers/service-account.ts';
import { validatingAdmissionPolicyStatus } from '../../src/controllers/validating-admission-policy-status/controller.ts';
import { type ControlPlane, namesOf } from '../harness/control-plane.ts';
import { startKubelet } from '../harness/kubelet.ts';
import { startReplicas } from './replicas.ts';
import { serviceScenarios } from './service-scenarios.ts';
import { storageProtectionScenarios } from './storage-protection-scenarios.ts';
import { isGone, merge, type Scenario, type Step } from './trials.ts';

const namespace = 'default';
const labels = { app: 'web' };
const web = { namespace, name: 'web' };
const template = {
  metadata: { labels },
  spec: { containers: [{ name: 'c', image: 'nginx:1', resources: {} }] },
};

const makeNamespace = ({ client }: ControlPlane): Promise<unknown> =>
  client.create(namespaces, { metadata: { name: 'a' } } as never);

const accountTrial = (): Scenario => {
  const account = { namespace, name: 'default' };
  let first: string | undefined;
  return {
    controllers: [serviceAccountController],
    writesBlindly: true,
    subject: { of: namespaces, namespace: '', name: namespace },
    outcome: [serviceAccounts],
    steps: [
      {
        act: makeNamespace,
        async isDone({ client }) {
          first = (await client.get(serviceAccounts, account)).metadata.uid;
          return (await client.get(serviceAccounts, { ...account, namespace: 'a' })) !== undefined;
        },
      },
      {
        act: ({ client }) => client.delete(serviceAccounts, account),
        isDone: async ({ client }) => (await client.get(serviceAccounts, account)).metadata.uid !== first,
      },
    ],
  };
};

const rootCaTrial = (): Scenario => {
  const published = { namespace, name: 'kube-root-ca.crt' };
  const isRight = async ({ client }: ControlPlane): Promise<boolean> => {
    const { data } = await client.get(configMaps, published);
    return data?.['ca.crt'] === 'the authority' && !data['more'];
  };
  return {
    controllers: [rootCaPublisher],
    subject: { of: configMaps, ...published },
    outcome: [configMaps],
    steps: [
      {
        act: makeNamespace,
        isDone: async (plane) =>
          (await plane.client.get(configMaps, { ...published, namespace: 'a' })) !== undefined &&
          (await isRight(plane)),
      },
      {
        act: ({ client }) =>
          client.patch(configMaps, published, { data: { 'ca.crt': 'forged', more: 'x' } }, merge),
        isDone: isRight,
      },
      {
        act: ({ client }) => client.delete(configMaps, published),
        isDone: isRight,
      },
    ],
  };
};

const namespaceTrial = (): Scenario => {
  const a = { namespace: '', name: 'a' };
  const held = { namespace: 'a', name: 'held' };
  return {
    controllers: [namespaceController],
    subject: { of: namespaces, ...a },
    outcome: [namespaces, configMaps],
    async before(plane) {
      await makeNamespace(plane);
      const metadata = { ...held, finalizers: ['example.com/hold'] };
      await plane.client.create(configMaps, { metadata });
      for (const name of ['one', 'two'])
        await plane.client.create(configMaps, { metadata: { namespace: 'a', name } });
    },
    steps: [
      {
        act: ({ client }) => client.delete(namespaces, a),
        async isDone({ client }) {
          const { status } = await client.get(namespaces, a);
          return status?.conditions?.find((c) => c.type === 'NamespaceContentRemaining')?.status === 'True';
        },
      },
      {
        act: ({ client }) => client.patch(configMaps, held, { metadata: { finalizers: null } }, merge),
        isDone: ({ client }) => isGone(client.get(namespaces, a)),
      },
    ],
  };
};

const countOfPods = async ({ client }: ControlPlane, count: number): Promise<boolean> =>
  (await client.list(pods, { namespace })).items.length === count;

const replicaSetTrial = (): Scenario => {
  const set: ReplicaSet = {
    metadata: web,
    spec: { replicas: 4, selector: { matchLabels: labels }, template },
    status: { replicas: 0 },
  };
  const has = (count: number) => async (plane: ControlPlane) => {
    const { status } = await plane.client.get(replicaSets, web);
    return status.availableReplicas === count && status.replicas === count && countOfPods(plane, count);
  };
  return {
    controllers: [replicaSetController],
    subject: { of: replicaSets, ...web },
    outcome: [replicaSets, pods],
    before: async (plane) => startKubelet(plane),
    steps: [
      { act: ({ client }) => client.create(replicaSets, set), isDone: has(4) },
      {
        act: ({ client }) => client.patch(replicaSets, web, { spec: { replicas: 2 } }, merge),
        isDone: has(2),
      },
    ],
  };
};

const replicationControllerTrial = (): Scenario => {
  const made: ReplicationController = {
    metadata: web,
    spec: { replicas: 3, selector: labels, template },
    status: { replicas: 0 },
  };
  const has = (count: number) => async (plane: ControlPlane) => {
    const { status } = await plane.client.get(replicationControllers, web);
    return status.availableReplicas === count && status.replicas === count && countOfPods(plane, count);
  };
  return {
    controllers: [replicationController],
    subject: { of: replicationControllers, ...web },
    outcome: [replicationControllers, pods],
    before: async (plane) => startKubelet(plane),
    steps: [
      { act: ({ client }) => client.create(replicationControllers, made), isDone: has(3) },
      {
        act: ({ client }) => client.patch(replicationControllers, web, { spec: { replicas: 1 } }, merge),
        isDone: has(1),
      },
    ],
  };
};

const isRolledOut = async ({ client }: ControlPlane): Promise<boolean> => {
  const { status, metadata, spec } = await client.get(deployments, web);
  const progressing = status.conditions?.find((c) => c.type === 'Progressing');
  return (
    status.observedGeneration === metadata.generation &&
    status.updatedReplicas === spec.replicas &&
    status.replicas === spec.replicas &&
    status.availableReplicas === spec.replicas &&
    progressing?.reason === 'NewReplicaSetAvailable'
  );
};

const rollout: readonly Step[] = [
  {
    act({ client }) {
      const spec = { replicas: 2, selector: { matchLabels: labels }, template, strategy: {} };
      return client.create(deployments, { metadata: web, spec, status: {} });
    },
    isDone: isRolledOut,
  },
  {
    act({ client }) {
      const containers = [{ name: 'c', image: 'nginx:2' }];
      return client.patch(deployments, web, { spec: { template: { spec: { containers } } } }, merge);
    },
    isDone: isRolledOut,
  },
];

const deploymentTrial = (): Scenario => ({
  controllers: [deploymentController],
  subject: { of: deployments, ...web },
  outcome: [deployments, replicaSets],
  before: async (plane) => startReplicas(plane),
  steps: rollout,
});

const deploymentAndSetsTrial = (): Scenario => ({
  controllers: [deploymentController, replicaSetController],
  subject: { of: deployments, ...web },
  outcome: [deployments, replicaSets, pods],
  before: async (plane) => startKubelet(plane),
  steps: rollout.map(({ act, isDone }) => ({
    act,
    isDone: async (plane) => (await isDone(plane)) && countOfPods(plane, 2),
  })),
});

const garbageTrial = (): Scenario => {
  const maps = async ({ client }: ControlPlane): Promise<string[]> =>
    namesOf((await client.list(configMaps, { namespace })).items);
  const has = (wanted: readonly string[]) => async (plane: ControlPlane) =>
    (await maps(plane)).join() === wanted.join();
  async function make({ client }: ControlPlane, name: string, ...owners: ConfigMap[]): Promise<ConfigMap> {
    const ownerReferences = owners.map(({ metadata }): OwnerReference => {
      const { name: owner, uid } = metadata;
      return { apiVersion: 'v1', kind: 'ConfigMap', name: owner!, uid: uid!, blockOwnerDeletion: true };
    });
    return client.create(configMaps, { metadata: { namespace, name, ownerReferences } });
  }
  const remove =
    (name: string, propagationPolicy: 'Background' | 'Foreground' | 'Orphan'): Step['act'] =>
    ({ client }) =>
      client.delete(configMaps, { namespace, name }, { propagationPolicy });
  const all = ['b-child', 'b-grandchild', 'background', 'f-child', 'foreground', 'o-child', 'orphaning'];
  return {
    controllers: [garbageCollector],
    writesBlindly: true,
    subject: { of: configMaps, namespace, name: 'o-child' },
    outcome: [configMaps],
    steps: [
      {
        async act(plane) {
          const top = await make(plane, 'background');
          await make(plane, 'b-grandchild', await make(plane, 'b-child', top));
          const foreground = await make(plane, 'foreground');
          await make(plane, 'f-child', foreground);
          const orphaning = await make(plane, 'orphaning');
          // of two owners one stays for a while
          await make(plane, 'o-child', orphaning, foreground);
        },
        isDone: has(all),
      },
      { act: remove('background', 'Background'), isDone: has(all.slice(3)) },
      { act: remove('orphaning', 'Orphan'), isDone: has(['f-child', 'foreground', 'o-child']) },
      { act: remove('foreground', 'Foreground'), isDone: has([]) },
    ],
  };
};

const podGarbageTrial = (): Scenario => {
  const left = { namespace, name: 'left' };
  const make = async ({ client }: ControlPlane, name: string, nodeName?: string): Promise<void> => {
    // a finalizer keeps a pod in the state in which a killed API server left it
    const metadata = { namespace, name, finalizers: ['example.com/keep'] };
    const containers = [{ name: 'c', image: 'nginx' }];
    await client.create(pods, { metadata, spec: { containers, nodeName } } as unknown as Pod);
    await client.delete(pods, { namespace, name });
  };
  return {
    controllers: [podGarbageCollector],
    writesBlindly: true,
    subject: { of: pods, ...left },
    outcome: [pods],
    steps: [
      {
        async act(plane) {
          await make(plane, 'bound', 'node-1');
          await make(plane, 'left');
        },
        async isDone({ client }) {
          const { status, metadata } = await client.get(pods, left);
          return status.phase === 'Failed' && metadata.deletionGracePeriodSeconds === 0;
        },
      },
      {
        act: ({ client }) => client.patch(pods, left, { metadata: { finalizers: null } }, merge),
        isDone: ({ client }) => isGone(client.get(pods, left)),
      },
    ],
  };
};

const policyStatusTrial = (): Scenario => {
  const policy = { namespace: '', name: 'p.example.com' };
  const withExpression = (expression: string) => ({ spec: { validations: [{ expression }] } });
  const isWarned = async ({ client }: ControlPlane, of: string): Promise<boolean> => {
    const { status, metadata } = await client.get(validatingAdmissionPolicies, policy);
    const { observedGeneration, typeChecking } = status ?? {};
    const [found] = typeChecking?.expressionWarnings ?? [];
    return observedGeneration === metadata.generation && found?.warning.includes(of) === true;
  };
  return {
    controllers: [validatingAdmissionPolicyStatus],
    writesBlindly: true,
    subject: { of: validatingAdmissionPolicies, ...policy },
    outcome: [validatingAdmissionPolicies],
    steps: [
      {
        act: ({ client }) =>
          client.create(validatingAdmissionPolicies, {
            metadata: { name: policy.name },
            spec: {
              matchConstraints: {
                resourceRules: [
                  {
                    operations: ['CREATE'],
                    apiGroups: ['apps'],
                    apiVersions: ['v1'],
                    resources: ['deployments'],
                  },
                ],
              },
              ...withExpression("object.spec.replicas > '1'").spec,
            },
          }),
        isDone: (plane) => isWarned(plane, '(int, string)'),
      },
      {
        act: ({ client }) =>
          client.patch(
            validatingAdmissionPolicies,
            policy,
            withExpression('object.spec.replicas > true'),
            merge,
          ),
        isDone: (plane) => isWarned(plane, '(int, bool)'),
      },
    ],
  };
};

/** Every controller alone, and those that work into each other's hands. */
export const scenarios: Readonly<Record<string, () => Scenario>> = {
  namespace: namespaceTrial,
  serviceaccount: accountTrial,
  'root-ca-certificate-publisher': rootCaTrial,
  deployment: deploymentTrial,
  'deployment with replicaset': deploymentAndSetsTrial,
  replicaset: replicaSetTrial,
  'replication-controller': replicationControllerTrial,
  'garbage-collector': garbageTrial,
  'pod-garbage-collector': podGarbageTrial,
  'validatingadmissionpolicy-status': policyStatusTrial,
  ...serviceScenarios,
  ...storageProtectionScenarios,
};
