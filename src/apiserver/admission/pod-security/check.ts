// What a check is, and the words that checks share.
// Upstream: k8s.io/pod-security-admission/policy/{checks,helpers,visitor}.go.
import type { Container, PodSecurityContext, PodSpec, SecurityContext } from '#types/core_v1';

/** What checks look at: a pod or the template of one. */
export interface CheckedPod {
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
}

/** Why a pod is not allowed. */
export interface Violation {
  /** Few words; told of many pods at once. */
  readonly reason: string;
  /** What exactly, told of a single pod. */
  readonly detail: string;
}

/** Looks at a pod; undefined where it is allowed. */
export type CheckPod = (pod: CheckedPod) => Violation | undefined;

/** One check and how it changed over time. */
export interface Check {
  /** Checks run in the order of their ids, those of the baseline first. */
  readonly id: string;
  readonly level: 'baseline' | 'restricted';
  /** By the minor release from which on each holds, ascending. */
  readonly since: readonly { readonly minor: number; readonly check: CheckPod }[];
  /** The id of the check of the baseline in whose place this one runs. */
  readonly overrides?: string;
}

/** All containers in upstream's order: init, ordinary, ephemeral. */
export function containersOf({ spec }: CheckedPod): Container[] {
  const { initContainers = [], containers, ephemeralContainers = [] } = spec;
  // ephemeral ones have all that is checked
  return [...initContainers, ...(containers ?? []), ...(ephemeralContainers as unknown as Container[])];
}

/** The names of the containers that are at fault. */
export function containersWhere(pod: CheckedPod, isBad: (container: Container) => boolean): string[] {
  return containersOf(pod)
    .filter(isBad)
    .map(({ name }) => name);
}

/** `"a", "b"`; nothing in the names is escaped. */
export function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}

/** The singular for one, the plural for all other counts. */
export function plural(count: number, singular: string, many = `${singular}s`): string {
  return count === 1 ? singular : many;
}

/** `container "a"`, `containers "a", "b"`; likewise with another noun. */
export function named(names: readonly string[], noun = 'container'): string {
  return `${plural(names.length, noun)} ${quoted(names)}`;
}

/** Each text once, sorted. */
export function sortedSet(texts: Iterable<string>): string[] {
  return [...new Set(texts)].sort();
}

/** Who of the pod itself and its containers is at fault: those at once that set something to a bad value. */
export function settersWhere(
  pod: CheckedPod,
  isBad: (context: PodSecurityContext | SecurityContext) => boolean,
): string[] {
  const setters: string[] = [];
  const { securityContext } = pod.spec;
  if (securityContext && isBad(securityContext)) setters.push('pod');
  const bad = containersWhere(pod, (c) => !!c.securityContext && isBad(c.securityContext));
  if (bad.length > 0) setters.push(named(bad));
  return setters;
}

/** The check, but for pods that say they are of Windows: validation keeps them from setting what it asks for. */
export function unlessWindows(check: CheckPod): CheckPod {
  return (pod) => (pod.spec.os?.name === 'windows' ? undefined : check(pod));
}

/** The check, but for pods with users of their own: root of theirs is nobody on the host. */
export function unlessOwnUsers(check: CheckPod): CheckPod {
  return (pod) => (pod.spec.hostUsers === false ? undefined : check(pod));
}
