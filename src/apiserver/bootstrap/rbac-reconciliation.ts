// What becomes at a start of the roles and bindings that every cluster has: they get what is missing of them, and keep what
// was added.
// Upstream: auth/rbac/reconciliation/{reconcile_role,reconcile_rolebindings}.go in k8s.io/component-helpers.
import { isDeepStrictEqual } from 'node:util';
import type { AggregationRule, ClusterRole, ClusterRoleBinding } from '#types/rbac.authorization.k8s.io_v1';
import type { KubeObject } from '../../api/object.ts';
import { uncovered } from '../authorization/rule-coverage.ts';

const autoUpdate = 'rbac.authorization.kubernetes.io/autoupdate';

/** Labels or annotations: what is there goes before what is wanted. */
function merged(
  current: Record<string, string> | undefined,
  wanted: Record<string, string> | undefined,
): Record<string, string> | undefined {
  return current === undefined && wanted === undefined ? undefined : { ...wanted, ...current };
}

function missingOf<T>(
  current: readonly T[] | null | undefined,
  wanted: readonly T[] | null | undefined,
): T[] {
  return (wanted ?? []).filter((item) => !current?.some((other) => isDeepStrictEqual(other, item)));
}

function aggregationOf(
  current: AggregationRule | undefined,
  wanted: AggregationRule | undefined,
): AggregationRule | undefined {
  if (wanted === undefined) return undefined;
  const held = current?.clusterRoleSelectors ?? [];
  return { ...current, clusterRoleSelectors: [...held, ...missingOf(held, wanted.clusterRoleSelectors)] };
}

/** The role with the rules and selectors that it lacks. */
function mendedRole(current: ClusterRole, wanted: ClusterRole): ClusterRole {
  const missing = isDeepStrictEqual(current.rules, wanted.rules)
    ? []
    : uncovered(current.rules ?? [], wanted.rules ?? []);
  const { aggregationRule: _, ...role } = current;
  const aggregationRule = aggregationOf(current.aggregationRule, wanted.aggregationRule);
  return {
    ...role,
    ...(missing.length > 0 && { rules: [...(current.rules ?? []), ...missing] }),
    ...(aggregationRule && { aggregationRule }),
  };
}

/** The binding with the subjects that it lacks; with nothing of what it was where it binds another role. */
function mendedBinding(current: ClusterRoleBinding, wanted: ClusterRoleBinding): ClusterRoleBinding {
  if (!isDeepStrictEqual(current.roleRef, wanted.roleRef)) return wanted;
  const missing = missingOf(current.subjects, wanted.subjects);
  return missing.length === 0 ? current : { ...current, subjects: [...(current.subjects ?? []), ...missing] };
}

/**
 * What is to stand in the place of a role or a binding at a start, or undefined where nothing is missing of it or its
 * annotation says that it is to stay as it is.
 */
export function mendRbac(current: KubeObject, wanted: KubeObject): KubeObject | undefined {
  const { metadata } = current;
  if (metadata.annotations?.[autoUpdate] === 'false') return undefined;
  const mended = current.kind!.endsWith('Binding')
    ? mendedBinding(current as ClusterRoleBinding, wanted as ClusterRoleBinding)
    : mendedRole(current as ClusterRole, wanted as ClusterRole);
  const labels = merged(metadata.labels, wanted.metadata.labels);
  const annotations = merged(metadata.annotations, wanted.metadata.annotations);
  const object = {
    ...mended,
    metadata: { ...metadata, ...(labels && { labels }), ...(annotations && { annotations }) },
  } as KubeObject;
  return isDeepStrictEqual(object, current) ? undefined : object;
}
