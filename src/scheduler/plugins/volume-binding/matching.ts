// Which volumes a node may use, and which would serve a claim.
// Upstream: k8s.io/component-helpers/storage/volume/pv_helpers.go.
import type { Node, PersistentVolume, PersistentVolumeClaim, TopologySelectorTerm } from '#types/core_v1';
import { selectorOfObject } from '../../../api/label-selector.ts';
import { compareQuantities } from '../../../api/quantity.ts';
import { compileNodeSelector, matchesAnyTerm } from '../../../kinds/core/node-selector.ts';
import { classOfClaim } from './claims.ts';

/** Whether the node reaches the volume. */
export function nodeReaches({ spec }: PersistentVolume, node: Node): boolean {
  const required = spec.nodeAffinity?.required;
  return !required || matchesAnyTerm(compileNodeSelector(required), node);
}

/** Whether the node is in one of the topologies; none means all. */
export function isInTopologies(terms: readonly TopologySelectorTerm[] | undefined, node: Node): boolean {
  if (!terms?.length) return true;
  return terms.some(({ matchLabelExpressions }) =>
    (matchLabelExpressions ?? []).every(({ key, values }) => {
      const value = node.metadata.labels?.[key];
      return value !== undefined && (values ?? []).includes(value);
    }),
  );
}

function isFor({ spec }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  const ref = spec.claimRef;
  if (!ref || ref.name !== metadata.name || ref.namespace !== metadata.namespace) return false;
  return !ref.uid || ref.uid === metadata.uid;
}

function serves(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const { spec, status, metadata } = volume;
  if (metadata.deletionTimestamp || (spec.claimRef && !isFor(volume, claim))) return false;
  const wanted = claim.spec.resources?.requests?.['storage'] ?? '0';
  if (compareQuantities(spec.capacity?.['storage'] ?? '0', wanted) < 0) return false;
  if ((spec.volumeMode ?? 'Filesystem') !== (claim.spec.volumeMode ?? 'Filesystem')) return false;
  if ((spec.volumeAttributesClassName ?? '') !== (claim.spec.volumeAttributesClassName ?? '')) return false;
  if (spec.claimRef) return true;
  if (status?.phase !== 'Available' || (spec.storageClassName ?? '') !== classOfClaim(claim)) return false;
  if (claim.spec.selector && !selectorOfObject(claim.spec.selector).matches(metadata.labels)) return false;
  return (claim.spec.accessModes ?? []).every((mode) => spec.accessModes?.includes(mode));
}

/** The volume to bind to the claim on this node: its own, or the smallest that serves; undefined when there is none. */
export function matchingVolume(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  taken: ReadonlySet<string>,
  node: Node,
): PersistentVolume | undefined {
  const fitting = volumes.filter((volume) => !taken.has(volume.metadata.name!) && serves(volume, claim));
  const own = fitting.find((volume) => volume.spec.claimRef);
  if (own) return nodeReaches(own, node) ? own : undefined;
  let smallest: PersistentVolume | undefined;
  for (const volume of fitting) {
    if (!nodeReaches(volume, node)) continue;
    const size = volume.spec.capacity?.['storage'] ?? '0';
    if (!smallest || compareQuantities(size, smallest.spec.capacity?.['storage'] ?? '0') < 0)
      smallest = volume;
  }
  return smallest;
}
