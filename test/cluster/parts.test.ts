// The parts as separate processes, killed and started again under load: the same end is reached.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../src/client/client.ts';
import { configMaps } from '../../src/client/resources.ts';
import { namesOf } from '../harness/control-plane.ts';
import { programSkipReason } from '../harness/program.ts';
import {
  clientParts,
  Load,
  type PartName,
  PartProcesses,
  seeded,
  settle,
  unsettled,
} from './part-processes.ts';

/** How long they are killed; `scripts/test-long.mjs` gives them a minute. */
const durationMs = Number(process.env['KUBESKIFF_KILL_SECONDS'] ?? 2) * 1000;
// clients that were refused wait up to half a minute, with jitter twice that (client-go's reflector)
const patienceMs = 70_000;
const seed = Number(process.env['KUBESKIFF_SEED'] ?? Date.now() % 1_000_000);
const whyNot = programSkipReason ? ` (${programSkipReason})` : '';

describe.skipIf(programSkipReason)(`parts as processes, seed ${seed}${whyNot}`, () => {
  const processes = new PartProcesses();
  const random = seeded(seed);
  let client: Client;
  let load: Load;

  beforeAll(async () => {
    client = await processes.start();
    load = new Load(client, random);
  });
  afterAll(async () => {
    await client.close();
    expect(await processes.end()).toEqual({ apiserver: 0, 'controller-manager': 0, node: 0, scheduler: 0 });
  });

  /** Load, while parts are killed at random moments; then the end. */
  async function killUnderLoad(parts: readonly PartName[]): Promise<void> {
    const working = load.run(durationMs);
    const until = performance.now() + durationMs;
    while (performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 200 + random() * 1000));
      await processes.restart(parts[Math.floor(random() * parts.length)]!);
    }
    await working;
    await settle(client);
    const deadline = performance.now() + patienceMs;
    let faults = await unsettled(client);
    while (faults.length > 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      faults = await unsettled(client);
    }
    expect(faults, processes.output()).toEqual([]);
  }

  const timeout = durationMs + patienceMs + 20_000;

  test('controllers, scheduler and nodes are killed', { timeout }, () => killUnderLoad(clientParts));

  test('the API server is killed: what it acknowledged is there, and all goes on', { timeout }, async () => {
    await killUnderLoad(['apiserver']);
    const { items } = await client.list(configMaps, { namespace: 'default' });
    expect(namesOf(items)).toEqual(expect.arrayContaining(load.acknowledged));
    expect(load.acknowledged.length).toBeGreaterThan(0);
  });

  test('all of them are killed', { timeout }, () => killUnderLoad([...clientParts, 'apiserver']));
});
