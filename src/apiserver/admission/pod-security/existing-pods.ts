// What is said of the pods of a namespace that is to enforce more from now on.
// Upstream: EvaluatePodsInNamespace in k8s.io/pod-security-admission/admission/admission.go.
import type { Pod } from '#types/core_v1';
import type { Clock } from '../../../api/clock.ts';
import { goQuote } from '../../../api/go-text.ts';
import { reasonsText, violations } from './evaluate.ts';
import { type LevelVersion, levelText } from './levels.ts';

const mostPods = 3000;
const longestMs = 1000;

/** Pods of a controller that another pod stands for go last. */
function prioritized(pods: readonly Pod[]): Pod[] {
  const controllers = new Set<string>();
  const first: Pod[] = [];
  const again: Pod[] = [];
  for (const pod of pods) {
    const uid = pod.metadata.ownerReferences?.find(({ controller }) => controller)?.uid;
    (uid !== undefined && controllers.has(uid) ? again : first).push(pod);
    if (uid !== undefined) controllers.add(uid);
  }
  return [...first, ...again];
}

interface Culprits {
  first: string;
  count: number;
}

function culpritsText({ first, count }: Culprits): string {
  if (count === 1) return first;
  return count === 2 ? `${first} (and 1 other pod)` : `${first} (and ${count - 1} other pods)`;
}

/**
 * Warnings about pods of the namespace that are not allowed at this level. Looks at 3000 pods, for a second, and for no more than
 * half the time that is left until `deadline` (by the clock).
 */
export function existingPodWarnings(
  namespace: string,
  enforce: LevelVersion,
  pods: readonly Pod[],
  { clock, deadline }: { clock: Clock; deadline: number },
): string[] {
  const start = clock.now();
  const end = start + Math.min(longestMs, (deadline - start) / 2);
  const candidates = prioritized(pods).slice(0, mostPods);
  const found = new Map<string, Culprits>();
  let checked = 0;
  for (const { metadata, spec } of candidates) {
    checked++;
    const bad = violations(enforce, { annotations: metadata.annotations ?? {}, spec });
    if (bad.length > 0) {
      const name = metadata.name ?? '';
      const reasons = reasonsText(bad);
      const culprits = found.get(reasons);
      if (!culprits) found.set(reasons, { first: name, count: 1 });
      else {
        culprits.count++;
        if (name < culprits.first) culprits.first = name;
      }
    }
    if (clock.now() >= end) break;
  }
  const warnings: string[] = [];
  if (checked < pods.length)
    warnings.push(
      `new PodSecurity enforce level only checked against the first ${checked} of ${pods.length} existing pods`,
    );
  if (found.size === 0) return warnings;
  warnings.push(
    `existing pods in namespace ${goQuote(namespace)} violate the new PodSecurity enforce level ${goQuote(levelText(enforce))}`,
  );
  const each = [...found].map(([reasons, culprits]) => `${culpritsText(culprits)}: ${reasons}`);
  return [...warnings, ...each.sort()];
}
