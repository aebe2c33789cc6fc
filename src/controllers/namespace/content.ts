// Deletes what is in a namespace and counts what is left.
// Upstream: pkg/controller/namespace/deletion/namespaced_resources_deleter.go.
import type { Pod } from '#types/core_v1';
import type { KubeObject } from '../../api/object.ts';
import { ApiError } from '../../api/status.ts';
import type { Client } from '../../client/client.ts';
import { type DiscoveredResource, discover } from '../../client/discovery.ts';
import { pods } from '../../client/resources.ts';
import type { ContentReport } from './conditions.ts';

/** What a look found. */
export interface ContentLook extends ContentReport {
  /** Nothing is left and nothing went wrong. */
  readonly isEmpty: boolean;
  /** Seconds until what is left may be gone, by grace periods and finalizers; 0 when nothing is known. */
  readonly estimateSeconds: number;
}

// What objects with finalizers are given, since nobody knows how long these take.
const finalizerSeconds = 15;

/** A look while it goes on. */
interface Tally {
  discoveryErrors: string[];
  deletionErrors: string[];
  remaining: Map<string, number>;
  finalizers: Map<string, number>;
  estimateSeconds: number;
}

/** Deletes everything in a namespace, pods before all else, and tells what is left. */
export async function deleteContent(client: Client, namespace: string): Promise<ContentLook> {
  const tally: Tally = {
    discoveryErrors: [],
    deletionErrors: [],
    remaining: new Map(),
    finalizers: new Map(),
    estimateSeconds: 0,
  };
  const { resources, failed } = await discover(client);
  tally.discoveryErrors.push(...failed.map((f) => `${f}: stale GroupVersion discovery: ${f}`));
  const deletable = resources.filter((r) => r.namespaced && r.verbs.includes('delete'));
  const isPods = (r: DiscoveredResource): boolean => r.group === '' && r.plural === 'pods';
  // pods may still need what else is there: secrets, service accounts (KEP 5080)
  await Promise.all(deletable.filter(isPods).map((r) => deleteAll(client, r, namespace, tally)));
  const podsRemain = tally.remaining.size > 0;
  if (!podsRemain)
    await Promise.all(deletable.filter((r) => !isPods(r)).map((r) => deleteAll(client, r, namespace, tally)));
  const failures = tally.deletionErrors.length + tally.discoveryErrors.length;
  return {
    ...tally,
    remaining: podsRemain ? undefined : tally.remaining,
    isEmpty: tally.remaining.size === 0 && failures === 0,
  };
}

async function deleteAll(
  client: Client,
  of: DiscoveredResource,
  namespace: string,
  tally: Tally,
): Promise<void> {
  try {
    let left = await remaining(client, of, namespace);
    if (left.length === 0) return;
    const graceSeconds = of.group === '' && of.plural === 'pods' ? await longestGrace(client, namespace) : 0;
    await deleteCollection(client, of, namespace, left);
    left = await remaining(client, of, namespace);
    if (left.length === 0) return;
    tally.remaining.set(`${of.plural}.${of.group}`, left.length);
    const finalizers = left.flatMap((o) => o.metadata.finalizers ?? []);
    for (const name of finalizers) tally.finalizers.set(name, (tally.finalizers.get(name) ?? 0) + 1);
    const estimate = graceSeconds || (finalizers.length > 0 ? finalizerSeconds : 0);
    tally.estimateSeconds = Math.max(tally.estimateSeconds, estimate);
    if (estimate === 0)
      tally.deletionErrors.push(
        `unexpected items still remain in namespace: ${namespace} for gvr: ${of.group}/${of.version}, Resource=${of.plural}`,
      );
  } catch (error) {
    tally.deletionErrors.push(error instanceof Error ? error.message : String(error));
  }
}

/** What cannot be listed counts as nothing, as upstream has it. */
async function remaining(client: Client, of: DiscoveredResource, namespace: string): Promise<KubeObject[]> {
  if (!of.verbs.includes('list')) return [];
  try {
    return (await client.list(of, { namespace, metadataOnly: true })).items;
  } catch (error) {
    if (error instanceof ApiError && [404, 405].includes(error.code)) return [];
    throw error;
  }
}

async function deleteCollection(
  client: Client,
  of: DiscoveredResource,
  namespace: string,
  known: readonly KubeObject[],
): Promise<void> {
  // owners are deleted as well: dependents need no orphaning
  const options = { propagationPolicy: 'Background' as const };
  if (of.verbs.includes('deletecollection')) {
    await client.deleteCollection(of, { namespace }, options);
    return;
  }
  for (const { metadata } of known) {
    await client.delete(of, { namespace, name: metadata.name! }, options).catch((error: unknown) => {
      if (!(error instanceof ApiError && [404, 405].includes(error.code))) throw error;
    });
  }
}

/** The longest grace period of the pods that run, in seconds. */
async function longestGrace(client: Client, namespace: string): Promise<number> {
  const { items } = await client.list(pods, { namespace });
  const grace = (pod: Pod): number =>
    ['Succeeded', 'Failed'].includes(pod.status?.phase ?? '')
      ? 0
      : (pod.spec.terminationGracePeriodSeconds ?? 0);
  return items.reduce((longest, pod) => Math.max(longest, grace(pod)), 0);
}
