// Checks of seccomp profiles: by annotations at first, by fields since 1.19.
// Upstream: k8s.io/pod-security-admission/policy/check_seccompProfile_{baseline,restricted}.go.
import type { PodSecurityContext, SecurityContext } from '#types/core_v1';
import { goQuote } from '../../../api/go-text.ts';
import {
  type Check,
  type CheckedPod,
  type CheckPod,
  containersOf,
  containersWhere,
  named,
  plural,
  quoted,
  settersWhere,
  sortedSet,
  unlessWindows,
  type Violation,
} from './check.ts';

const reason = 'seccompProfile';
const podAnnotation = 'seccomp.security.alpha.kubernetes.io/pod';
const containerAnnotations = 'container.seccomp.security.alpha.kubernetes.io/';

const byAnnotations: CheckPod = (pod) => {
  const keys = [podAnnotation, ...containersOf(pod).map(({ name }) => `${containerAnnotations}${name}`)];
  const bad = keys.flatMap((key) => {
    const value = pod.annotations[key];
    if (value === undefined || value === 'runtime/default' || value === 'docker/default') return [];
    return value.startsWith('localhost/') ? [] : [`${key}=${goQuote(value)}`];
  });
  if (bad.length === 0) return undefined;
  const forbidden = sortedSet(bad);
  return { reason, detail: `forbidden ${plural(forbidden.length, 'annotation')} ${forbidden.join(', ')}` };
};

/** The type of a profile that is not allowed; undefined for allowed ones and where there is none. */
function badType({ seccompProfile }: PodSecurityContext | SecurityContext): string | undefined {
  const type = seccompProfile?.type;
  return type === 'Localhost' || type === 'RuntimeDefault' ? undefined : type;
}

function badProfiles(pod: CheckedPod): Violation | undefined {
  const types: string[] = [];
  const setters = settersWhere(pod, (context) => {
    const type = badType(context);
    if (type !== undefined) types.push(type);
    return type !== undefined;
  });
  if (setters.length === 0) return undefined;
  const what = `securityContext.seccompProfile.type to ${quoted(sortedSet(types))}`;
  return { reason, detail: `${setters.join(' and ')} must not set ${what}` };
}

const seccompBaseline: Check = {
  id: 'seccompProfile_baseline',
  level: 'baseline',
  since: [
    { minor: 0, check: byAnnotations },
    { minor: 19, check: badProfiles },
  ],
};

const goodProfileSet: CheckPod = (pod) => {
  const bad = badProfiles(pod);
  if (bad || pod.spec.securityContext?.seccompProfile) return bad;
  const silent = containersWhere(pod, (c) => !c.securityContext?.seccompProfile);
  if (silent.length === 0) return undefined;
  const what = 'securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"';
  return { reason, detail: `pod or ${named(silent)} must set ${what}` };
};

const seccompRestricted: Check = {
  id: 'seccompProfile_restricted',
  level: 'restricted',
  overrides: 'seccompProfile_baseline',
  since: [
    { minor: 19, check: goodProfileSet },
    { minor: 25, check: unlessWindows(goodProfileSet) },
  ],
};

/** In no order. */
export const seccompChecks: readonly Check[] = [seccompBaseline, seccompRestricted];
