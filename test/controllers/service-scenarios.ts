// What the controllers of services have to do in the trials.
import type { Pod, Service } from '#types/core_v1';
import type { ObjectName } from '../../src/client/client.ts';
import {
  endpointSlices,
  endpoints,
  nodes,
  pods,
  serviceCidrs,
  services,
} from '../../src/client/resources.ts';
import { endpointsController } from '../../src/controllers/endpoints/controller.ts';
import { endpointSliceController } from '../../src/controllers/endpointslice/controller.ts';
import { serviceCidrController } from '../../src/controllers/service-cidr/controller.ts';
import type { ControlPlane } from '../harness/control-plane.ts';
import { isGone, type Scenario, type Step } from './trials.ts';

const namespace = 'default';
const labels = { app: 'web' };
const web = { namespace, name: 'web' };

async function setReady({ client }: ControlPlane, name: string, isReady: boolean): Promise<void> {
  const ip = `10.1.0.${name.length}`;
  const condition = { type: 'Ready', status: isReady ? 'True' : 'False' };
  const status = { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions: [condition] };
  await client.patch(pods, { namespace, name }, { status }, { type: 'merge', subresource: 'status' });
}

async function makeServiceAndPods(plane: ControlPlane): Promise<void> {
  const spec = { selector: labels, ports: [{ port: 80 }] };
  await plane.client.create(services, { metadata: web, spec } as unknown as Service);
  for (const name of ['a', 'bb']) {
    const containers = [{ name: 'c', image: 'nginx' }];
    const metadata = { namespace, name, labels };
    await plane.client.create(pods, { metadata, spec: { nodeName: 'n', containers } } as unknown as Pod);
    await setReady(plane, name, true);
  }
}

/** `addresses`: of the service, each with whether it is ready. */
function serviceSteps(addresses: (plane: ControlPlane) => Promise<string[]>): readonly Step[] {
  const is = (wanted: readonly string[]) => async (plane: ControlPlane) =>
    (await addresses(plane)).sort().join() === wanted.join();
  return [
    { act: makeServiceAndPods, isDone: is(['10.1.0.1 true', '10.1.0.2 true']) },
    { act: (plane) => setReady(plane, 'a', false), isDone: is(['10.1.0.1 false', '10.1.0.2 true']) },
    {
      act: ({ client }) => client.delete(pods, { namespace, name: 'bb' }, { gracePeriodSeconds: 0 }),
      isDone: is(['10.1.0.1 false']),
    },
  ];
}

const endpointsTrial = (): Scenario => ({
  controllers: [endpointsController],
  subject: { of: services, ...web },
  outcome: [endpoints],
  steps: [
    ...serviceSteps(async ({ client }) => {
      const { subsets } = await client.get(endpoints, web);
      return (subsets ?? []).flatMap((s) => [
        ...(s.addresses ?? []).map(({ ip }) => `${ip} true`),
        ...(s.notReadyAddresses ?? []).map(({ ip }) => `${ip} false`),
      ]);
    }),
    {
      act: ({ client }) => client.delete(services, web),
      isDone: ({ client }) => isGone(client.get(endpoints, web)),
    },
  ],
});

const endpointSliceTrial = (): Scenario => ({
  controllers: [endpointSliceController],
  subject: { of: services, ...web },
  outcome: [endpointSlices],
  before: ({ client }) => client.create(nodes, { metadata: { name: 'n' } } as never),
  steps: serviceSteps(async ({ client }) => {
    const labelSelector = 'kubernetes.io/service-name=web';
    const { items } = await client.list(endpointSlices, { namespace, labelSelector });
    return items.flatMap((slice) =>
      (slice.endpoints ?? []).map((e) => `${e.addresses?.[0]} ${e.conditions?.ready}`),
    );
  }),
});

const serviceCidrTrial = (): Scenario => {
  const kept = { namespace: '', name: 'kept' };
  const taken = { namespace: '', name: 'taken' };
  const user = { namespace: 'default', name: 'user' };
  const isReady = async ({ client }: ControlPlane, name: ObjectName, status: string): Promise<boolean> =>
    (await client.get(serviceCidrs, name)).status?.conditions?.[0]?.status === status;
  return {
    controllers: [serviceCidrController],
    subject: { of: serviceCidrs, ...kept },
    outcome: [serviceCidrs],
    writesBlindly: true,
    steps: [
      {
        async act({ client }) {
          await client.create(serviceCidrs, { metadata: kept, spec: { cidrs: ['10.7.0.0/24'] } });
          await client.create(serviceCidrs, { metadata: taken, spec: { cidrs: ['10.8.0.0/24'] } });
        },
        isDone: async (plane) =>
          (await isReady(plane, kept, 'True')) && (await isReady(plane, taken, 'True')),
      },
      {
        async act({ client }) {
          const spec = { clusterIP: '10.8.0.5', ports: [{ port: 80 }] };
          await client.create(services, { metadata: user, spec } as never);
          await client.delete(serviceCidrs, taken);
        },
        isDone: (plane) => isReady(plane, taken, 'False'),
      },
      {
        act: ({ client }) => client.delete(services, user),
        isDone: ({ client }) => isGone(client.get(serviceCidrs, taken)),
      },
    ],
  };
};

/** By name. */
export const serviceScenarios: Readonly<Record<string, () => Scenario>> = {
  endpoints: endpointsTrial,
  endpointslice: endpointSliceTrial,
  'service-cidr': serviceCidrTrial,
};
