// Owner references that say the same twice are dropped with a warning.
// Upstream: dedupOwnerReferencesAndAddWarning in k8s.io/apiserver/pkg/endpoints/handlers/rest.go.
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject, OwnerReference } from '../../api/object.ts';
import type { Exchange } from '../exchange.ts';

/**
 * Drops exact repetitions from metadata.ownerReferences in place. Bodies are told apart from what admission, or a patch, has made
 * of them.
 */
export function dedupOwnerReferences(object: KubeObject, exchange: Exchange, afterAdmission = false): void {
  const references = object.metadata.ownerReferences;
  if (!references || references.length < 2) return;
  const kept: OwnerReference[] = [];
  const repeated = new Set<string>();
  for (const reference of references) {
    if (kept.some((k) => isDeepStrictEqual(k, reference))) repeated.add(reference.uid);
    else kept.push(reference);
  }
  if (repeated.size === 0) return;
  object.metadata.ownerReferences = kept;
  const uids = [...repeated].join(', ');
  const when = afterAdmission ? ' after mutating admission happens' : '';
  exchange.warn(
    `.metadata.ownerReferences contains duplicate entries${when}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${uids}`,
  );
}
