// Terms of pod affinity and anti-affinity, compiled once per pod.
// Upstream: AffinityTerm in k8s.io/kube-scheduler/framework/types.go.
import type { Pod, PodAffinityTerm, WeightedPodAffinityTerm } from '#types/core_v1';
import { type LabelSelector, type Labels, selectorOfObject } from '../api/label-selector.ts';

/** Which pods a term means, and where they count. */
export interface AffinityTerm {
  readonly namespaces: ReadonlySet<string>;
  /** Namespaces by their labels, besides those by name. */
  readonly namespaceSelector: LabelSelector;
  readonly selector: LabelSelector;
  readonly topologyKey: string;
  /** Equal for terms that mean the same. */
  readonly key: string;
}

/** A term that is preferred. */
export interface WeightedAffinityTerm extends AffinityTerm {
  readonly weight: number;
}

/** The terms of a pod's affinity and anti-affinity. */
export interface AffinityTerms {
  readonly required: readonly AffinityTerm[];
  readonly preferred: readonly WeightedAffinityTerm[];
}

/** No terms. */
export const noTerms: AffinityTerms = { required: [], preferred: [] };

function selectorKey(selector: LabelSelector): string {
  return selector.nothing ? '\t' : selector.toString();
}

/** A term with its key. */
export function keyed<T extends Omit<AffinityTerm, 'key'>>(term: T): T & AffinityTerm {
  const namespaces = [...term.namespaces].sort().join(',');
  const selectors = `${selectorKey(term.namespaceSelector)}\n${selectorKey(term.selector)}`;
  return { ...term, key: `term\n${namespaces}\n${selectors}\n${term.topologyKey}` };
}

function compileTerm(pod: Pod, term: PodAffinityTerm): AffinityTerm {
  const own = !term.namespaces?.length && !term.namespaceSelector;
  return keyed({
    namespaces: new Set(own ? [pod.metadata.namespace ?? ''] : (term.namespaces ?? [])),
    namespaceSelector: selectorOfObject(term.namespaceSelector),
    selector: selectorOfObject(term.labelSelector),
    topologyKey: term.topologyKey,
  });
}

interface WireTerms {
  requiredDuringSchedulingIgnoredDuringExecution?: PodAffinityTerm[];
  preferredDuringSchedulingIgnoredDuringExecution?: WeightedPodAffinityTerm[];
}

/** Compiles terms; throws SelectorError when a selector is not valid. */
export function affinityTerms(pod: Pod, terms: WireTerms | undefined): AffinityTerms {
  if (!terms) return noTerms;
  return {
    required: (terms.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((term) =>
      compileTerm(pod, term),
    ),
    preferred: (terms.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
      ({ weight, podAffinityTerm }) => ({ ...compileTerm(pod, podAffinityTerm), weight }),
    ),
  };
}

/** Whether the term means the pod. `namespaceLabels` are those of its namespace; null: none. */
export function termMatches(term: AffinityTerm, pod: Pod, namespaceLabels: Labels | null): boolean {
  const isNamespace =
    term.namespaces.has(pod.metadata.namespace ?? '') ||
    term.namespaceSelector.matches(namespaceLabels ?? undefined);
  return isNamespace && term.selector.matches(pod.metadata.labels);
}

/** Whether there are terms and every one means the pod. */
export function matchesAllTerms(terms: readonly AffinityTerm[], pod: Pod): boolean {
  return terms.length > 0 && terms.every((term) => termMatches(term, pod, null));
}
