// Checks of the users that containers run as.
// Upstream: k8s.io/pod-security-admission/policy/check_{runAsNonRoot,runAsUser}.go.
import { type Check, type CheckPod, containersWhere, named, settersWhere, unlessOwnUsers } from './check.ts';

const nonRoot: CheckPod = (pod) => {
  const reason = 'runAsNonRoot != true';
  const setters = settersWhere(pod, ({ runAsNonRoot }) => runAsNonRoot === false);
  if (setters.length > 0)
    return { reason, detail: `${setters.join(' and ')} must not set securityContext.runAsNonRoot=false` };
  if (pod.spec.securityContext?.runAsNonRoot === true) return undefined;
  const silent = containersWhere(pod, (c) => c.securityContext?.runAsNonRoot === undefined);
  if (silent.length === 0) return undefined;
  return { reason, detail: `pod or ${named(silent)} must set securityContext.runAsNonRoot=true` };
};

const runAsNonRoot: Check = {
  id: 'runAsNonRoot',
  level: 'restricted',
  since: [
    { minor: 0, check: nonRoot },
    { minor: 35, check: unlessOwnUsers(nonRoot) },
  ],
};

const otherThanRoot: CheckPod = (pod) => {
  const setters = settersWhere(pod, ({ runAsUser }) => runAsUser === 0);
  if (setters.length === 0) return undefined;
  return { reason: 'runAsUser=0', detail: `${setters.join(' and ')} must not set runAsUser=0` };
};

const runAsUser: Check = {
  id: 'runAsUser',
  level: 'restricted',
  since: [
    { minor: 23, check: otherThanRoot },
    { minor: 35, check: unlessOwnUsers(otherThanRoot) },
  ],
};

/** In no order. */
export const userChecks: readonly Check[] = [runAsNonRoot, runAsUser];
