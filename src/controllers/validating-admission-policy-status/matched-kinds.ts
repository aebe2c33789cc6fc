// The kinds that a policy names in its rules; wildcards name none.
// Upstream: typesToCheck of k8s.io/apiserver/pkg/admission/plugin/policy/validating/typechecking.go.
import type {
  NamedRuleWithOperations,
  ValidatingAdmissionPolicy,
} from '#types/admissionregistration.k8s.io_v1';
import type { DiscoveredResource } from '../../client/discovery.ts';
import type { GroupVersionKind } from '../../kinds/admissionregistration/expressions/type-check.ts';

const most = 10;

/** Names without wildcards, in order; none where one of them has one. */
function plain(names: readonly string[] | undefined): string[] {
  return names?.some((name) => name.includes('*')) ? [] : [...(names ?? [])].sort();
}

function* kindsOfRule(
  rule: NamedRuleWithOperations,
  served: readonly DiscoveredResource[],
): Generator<GroupVersionKind> {
  const plurals = (rule.resources ?? []).filter((name) => !/[*/]/.test(name)).sort();
  for (const group of plain(rule.apiGroups))
    for (const version of plain(rule.apiVersions))
      for (const plural of plurals)
        for (const found of served)
          if (
            found.plural === plural &&
            found.version === version &&
            // the core group has no name, and a group without a name can be any
            (group === '' || found.group === group)
          )
            yield { group: found.group, version: found.version, kind: found.kind };
}

function inOrder(a: GroupVersionKind, b: GroupVersionKind): number {
  for (const part of ['group', 'version', 'kind'] as const)
    if (a[part] !== b[part]) return a[part] < b[part] ? -1 : 1;
  return 0;
}

/** The kinds of a policy's rules, each once, in order; a rule that names more than ten ends the search. */
export function matchedKinds(
  { spec }: Pick<ValidatingAdmissionPolicy, 'spec'>,
  served: readonly DiscoveredResource[],
): GroupVersionKind[] {
  const found = new Map<string, GroupVersionKind>();
  for (const rule of spec.matchConstraints?.resourceRules ?? []) {
    let count = 0;
    for (const kind of kindsOfRule(rule, served)) {
      found.set(`${kind.group}/${kind.version}/${kind.kind}`, kind);
      count++;
      if (count === most) return [...found.values()].sort(inOrder);
    }
  }
  return [...found.values()].sort(inOrder);
}
