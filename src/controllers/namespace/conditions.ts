// What a dying namespace's status tells. Upstream: pkg/controller/namespace/deletion/status_condition_utils.go.
import type { NamespaceCondition } from '#types/core_v1';

/** What was found and what went wrong in one look at a namespace's content. */
export interface ContentReport {
  /** Group versions that discovery could not ask, or the text of its failure. */
  readonly discoveryErrors: readonly string[];
  readonly deletionErrors: readonly string[];
  /** `pods.` or `deployments.apps` to how many are left; undefined when not all resources were looked at. */
  readonly remaining: ReadonlyMap<string, number> | undefined;
  /** Finalizer to how many objects wait for it. */
  readonly finalizers: ReadonlyMap<string, number>;
}

interface Finding {
  readonly reason: string;
  readonly message: string;
}

interface ConditionRule {
  readonly type: string;
  readonly good: Finding;
  bad(report: ContentReport): Finding | undefined;
}

function listed(counts: ReadonlyMap<string, number>, text: (name: string, count: number) => string): string {
  return [...counts]
    .map(([name, count]) => text(name, count))
    .sort()
    .join(', ');
}

const rules: readonly ConditionRule[] = [
  {
    type: 'NamespaceDeletionDiscoveryFailure',
    good: { reason: 'ResourcesDiscovered', message: 'All resources successfully discovered' },
    bad: ({ discoveryErrors }) =>
      discoveryErrors.length === 0
        ? undefined
        : {
            reason: 'DiscoveryFailed',
            message: `Discovery failed for some groups, ${discoveryErrors.length} failing: unable to retrieve the complete list of server APIs: ${discoveryErrors.join(', ')}`,
          },
  },
  {
    type: 'NamespaceDeletionGroupVersionParsingFailure',
    good: { reason: 'ParsedGroupVersions', message: 'All legacy kube types successfully parsed' },
    bad: () => undefined,
  },
  {
    type: 'NamespaceDeletionContentFailure',
    good: {
      reason: 'ContentDeleted',
      message: 'All content successfully deleted, may be waiting on finalization',
    },
    bad: ({ deletionErrors }) =>
      deletionErrors.length === 0
        ? undefined
        : {
            reason: 'ContentDeletionFailed',
            message: `Failed to delete all resource types, ${deletionErrors.length} remaining: ${[...deletionErrors].sort().join(', ')}`,
          },
  },
  {
    type: 'NamespaceContentRemaining',
    good: { reason: 'ContentRemoved', message: 'All content successfully removed' },
    bad: ({ remaining }) =>
      !remaining || remaining.size === 0
        ? undefined
        : {
            reason: 'SomeResourcesRemain',
            message: `Some resources are remaining: ${listed(remaining, (name, n) => `${name} has ${n} resource instances`)}`,
          },
  },
  {
    type: 'NamespaceFinalizersRemaining',
    good: { reason: 'ContentHasNoFinalizers', message: 'All content-preserving finalizers finished' },
    bad: ({ remaining, finalizers }) =>
      !remaining || finalizers.size === 0
        ? undefined
        : {
            reason: 'SomeFinalizersRemain',
            message: `Some content in the namespace has finalizers remaining: ${listed(finalizers, (name, n) => `${name} in ${n} resource instances`)}`,
          },
  },
];

/** The conditions after a look; undefined when nothing changed. `now`: meta/v1 Time. */
export function updatedConditions(
  known: readonly NamespaceCondition[],
  report: ContentReport,
  now: string,
): NamespaceCondition[] | undefined {
  const conditions = known.map((c) => ({ ...c }));
  let changed = false;
  for (const { type, good, bad } of rules) {
    const trouble = bad(report);
    const { reason, message } = trouble ?? good;
    const status = trouble ? 'True' : 'False';
    const old = conditions.find((c) => c.type === type);
    if (!old) conditions.push({ type, status, lastTransitionTime: now, reason, message });
    else if (old.status === status && old.reason === reason && old.message === message) continue;
    else
      Object.assign(
        old,
        { status, reason, message },
        old.status === status ? {} : { lastTransitionTime: now },
      );
    changed = true;
  }
  return changed ? conditions : undefined;
}
