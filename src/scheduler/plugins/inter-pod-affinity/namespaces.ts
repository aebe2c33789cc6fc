// Namespaces that terms name by their labels. Upstream: plugins/interpodaffinity/plugin.go.
import type { Namespace } from '#types/core_v1';
import { type Labels, noLabel } from '../../../api/label-selector.ts';
import type { Lister } from '../../../client/object-store.ts';
import { type AffinityTerm, keyed } from '../../affinity-term.ts';

/** The labels of a namespace. */
export function namespaceLabels(namespaces: Lister<Namespace>, name: string): Labels {
  return namespaces.get(name)?.metadata.labels;
}

/** The terms with the namespaces by name that their selectors mean now. */
export function withNamespaces<T extends AffinityTerm>(
  terms: readonly T[],
  namespaces: Lister<Namespace>,
): T[] {
  return terms.map((term) => {
    const selector = term.namespaceSelector;
    if (selector.nothing || selector.isEmpty()) return term;
    const named = namespaces.list().filter(({ metadata }) => selector.matches(metadata.labels));
    const names = named.map(({ metadata }) => metadata.name!);
    const all = new Set([...term.namespaces, ...names]);
    return keyed({ ...term, namespaces: all, namespaceSelector: noLabel });
  });
}
