// Many hands at once: deployments are scaled, rolled, paused, deleted and made anew, and pods deleted, at random; when it is
// over, everything is as the last wishes say and nothing is left over.
import { type Client, startCluster } from 'kubeskiff/testing';
import { expect, test } from 'vitest';
import type { Deployment } from '#types/apps_v1';
import { ApiError } from '../../src/api/status.ts';
import { deployments, endpointSlices, pods, replicaSets, services } from '../../src/client/resources.ts';
import { until } from '../harness/control-plane.ts';

const names = ['a', 'b', 'c', 'd'];
const namespace = 'default';

/** A small generator of numbers: what fails can be repeated. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

function deployment(name: string, replicas: number, image: string) {
  const labels = { app: name };
  return {
    metadata: { name, namespace },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image }] },
      },
    },
  };
}

/** One random act; refusals that follow from the others' acts are no fault. */
async function act(client: Client, roll: (sides: number) => number): Promise<void> {
  const name = names[roll(names.length)]!;
  const patch = (body: object) => client.patch(deployments, { namespace, name }, body, { type: 'merge' });
  const image = (tag: number) => ({
    spec: { template: { spec: { containers: [{ name: 'c', image: `nginx:${tag}` }] } } },
  });
  const acts = [
    () => client.create(deployments, deployment(name, roll(6), 'nginx:0')),
    () => patch({ spec: { replicas: roll(12) } }),
    () => patch(image(roll(4))),
    () => patch({ spec: { paused: roll(2) === 1 } }),
    () =>
      client.delete(
        deployments,
        { namespace, name },
        { propagationPolicy: roll(2) ? 'Background' : 'Foreground' },
      ),
    async () => {
      const { items } = await client.list(pods, { namespace, labelSelector: `app=${name}` });
      const victim = items[roll(Math.max(1, items.length))];
      if (victim) await client.delete(pods, victim, roll(2) ? { gracePeriodSeconds: 0 } : {});
    },
    async () => {
      const { items } = await client.list(replicaSets, { namespace, labelSelector: `app=${name}` });
      const victim = items[roll(Math.max(1, items.length))];
      if (victim) await client.delete(replicaSets, victim, { propagationPolicy: 'Background' });
    },
  ];
  try {
    await acts[roll(acts.length)]!();
  } catch (error) {
    if (!(error instanceof ApiError && [404, 409].includes(error.code))) throw error;
  }
}

function isComplete({ metadata, spec, status }: Deployment): boolean {
  const wanted = spec.replicas ?? 1;
  return (
    status?.observedGeneration === metadata.generation &&
    (status?.replicas ?? 0) === wanted &&
    (status?.updatedReplicas ?? 0) === wanted &&
    (status?.availableReplicas ?? 0) === wanted
  );
}

test.each([1, 2, 3])('seed %i', async (seed) => {
  await using cluster = await startCluster({ nodes: 3 });
  const { client } = cluster;
  for (const name of names)
    await client.create(services, {
      metadata: { name, namespace },
      spec: { selector: { app: name }, ports: [{ port: 80 }] },
    });
  const hands = [1, 2, 3, 4].map(async (hand) => {
    const roll = dice(seed * 1000 + hand);
    for (let i = 0; i < 60; i++) await act(client, roll);
  });
  await Promise.all(hands);
  await until('no deployment is still being deleted', async () => {
    const { items } = await client.list(deployments, { namespace });
    return items.every((d) => !d.metadata.deletionTimestamp);
  });
  for (const name of names) {
    await client
      .patch(deployments, { namespace, name }, { spec: { paused: false } }, { type: 'merge' })
      .catch((error: unknown) => {
        if (!(error instanceof ApiError && error.code === 404)) throw error;
      });
  }
  await until('every deployment is complete', async () =>
    (await client.list(deployments, { namespace })).items.every(isComplete),
  );
  const wanted = (await client.list(deployments, { namespace })).items;
  const sum = wanted.reduce((n, d) => n + (d.spec.replicas ?? 1), 0);
  await until('there are just the pods that are wanted, all Running', async () => {
    const { items } = await client.list(pods, { namespace });
    return (
      items.length === sum &&
      items.every((p) => p.status.phase === 'Running' && !p.metadata.deletionTimestamp)
    );
  });
  const sets = (await client.list(replicaSets, { namespace })).items;
  const owners = new Set(wanted.map((d) => d.metadata.uid));
  expect(sets.filter((s) => !s.metadata.ownerReferences?.some((o) => owners.has(o.uid)))).toEqual([]);
  await until('the endpoints are just the pods', async () => {
    const found = (await client.list(endpointSlices, { namespace })).items
      .filter((s) => names.includes(s.metadata.labels?.['kubernetes.io/service-name'] ?? ''))
      .flatMap((s) => s.endpoints ?? []);
    return found.length === sum && found.every((e) => e.conditions?.ready === true);
  });
});
