// Spreads endpoints over slices with as few writes as possible. Upstream: reconcileByPortMapping in
// k8s.io/endpointslice/reconciler.go.
import { isDeepStrictEqual } from 'node:util';
import type { Endpoint, EndpointSlice } from '#types/discovery.k8s.io_v1';

/** An endpoint's identity: the same pod at the same addresses. */
export function endpointKey({ addresses, hostname, targetRef }: Endpoint): string {
  return JSON.stringify([
    addresses,
    hostname ?? '',
    targetRef?.kind,
    targetRef?.namespace,
    targetRef?.name,
    targetRef?.uid,
  ]);
}

/** What is to be done with the slices of one set of ports. */
export interface Packing {
  readonly update: readonly EndpointSlice[];
  readonly remove: readonly EndpointSlice[];
  /** Endpoints of slices that have to be made. */
  readonly create: readonly (readonly Endpoint[])[];
}

interface Draft {
  readonly slice: EndpointSlice;
  endpoints: Endpoint[];
  changed: boolean;
}

/**
 * Packs `desired` into `slices` and new ones of at most `max` endpoints. `labelsFor` gives the labels that a slice should
 * have; a slice with others is updated.
 */
export function pack(
  slices: readonly EndpointSlice[],
  desired: readonly Endpoint[],
  max: number,
  labels: Readonly<Record<string, string>>,
): Packing {
  const left = new Map(desired.map((e) => [endpointKey(e), e]));
  const drafts = slices.map((slice): Draft => {
    const existing = slice.endpoints ?? [];
    const endpoints: Endpoint[] = [];
    let changed = !isDeepStrictEqual(slice.metadata.labels ?? {}, labels);
    for (const endpoint of existing) {
      const key = endpointKey(endpoint);
      const wanted = left.get(key);
      if (!wanted) continue;
      left.delete(key);
      endpoints.push(wanted);
      changed ||= !isDeepStrictEqual(wanted, endpoint);
    }
    return { slice, endpoints, changed: changed || endpoints.length !== existing.length };
  });
  const remove = drafts.filter((d) => d.endpoints.length === 0 && d.changed).map((d) => d.slice);
  const kept = drafts.filter((d) => !remove.includes(d.slice));
  const rest = [...left.values()];
  // slices that are written anyway are filled first, the fullest before all
  const written = kept.filter((d) => d.changed).sort((a, b) => b.endpoints.length - a.endpoints.length);
  for (const draft of written) draft.endpoints.push(...rest.splice(0, max - draft.endpoints.length));
  const create: Endpoint[][] = [];
  while (rest.length > 0) {
    const fitting = kept
      .filter((d) => !d.changed && d.endpoints.length + rest.length <= max)
      .sort((a, b) => b.endpoints.length - a.endpoints.length)[0];
    if (fitting && rest.length < max) {
      fitting.endpoints.push(...rest.splice(0));
      fitting.changed = true;
    } else create.push(rest.splice(0, max));
  }
  const update = kept
    .filter((d) => d.changed)
    .map(({ slice, endpoints }) => ({
      ...slice,
      metadata: { ...slice.metadata, labels: { ...labels } },
      endpoints,
    }));
  return { update, remove, create };
}
