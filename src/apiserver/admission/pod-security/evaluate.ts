// All checks of a level and version over one pod.
// Upstream: k8s.io/pod-security-admission/policy/{registry,checks}.go.
import type { Check, CheckedPod, CheckPod, Violation } from './check.ts';
import { hostChecks } from './host-checks.ts';
import { type LevelVersion, minorOf } from './levels.ts';
import { privilegeChecks } from './privilege-checks.ts';
import { profileChecks } from './profile-checks.ts';
import { seccompChecks } from './seccomp-checks.ts';
import { userChecks } from './user-checks.ts';
import { volumeChecks } from './volume-checks.ts';

const all = [
  ...hostChecks,
  ...volumeChecks,
  ...privilegeChecks,
  ...userChecks,
  ...seccompChecks,
  ...profileChecks,
].sort((a, b) => (a.id < b.id ? -1 : 1));
// no check changed after it: later versions, the latest among them, are as this one
const lastChange = Math.max(...all.flatMap(({ since }) => since.map(({ minor }) => minor)));

function checksAt(level: Check['level'], minor: number): CheckPod[] {
  const current = (of: Check['level']) =>
    all.flatMap(({ level: own, id, overrides, since }) => {
      const revision = since.findLast((r) => r.minor <= minor);
      return own === of && revision ? [{ id, overrides, check: revision.check }] : [];
    });
  const baseline = current('baseline');
  if (level === 'baseline') return baseline.map(({ check }) => check);
  const restricted = current('restricted');
  const overridden = new Set(restricted.map(({ overrides }) => overrides));
  return [...baseline.filter(({ id }) => !overridden.has(id)), ...restricted].map(({ check }) => check);
}

const known = new Map<string, readonly CheckPod[]>();

function checksOf({ level, version }: LevelVersion): readonly CheckPod[] {
  if (level === 'privileged') return [];
  const minor = Math.min(minorOf(version), lastChange);
  const key = `${level}:${minor}`;
  let checks = known.get(key);
  if (!checks) {
    checks = checksAt(level, minor);
    known.set(key, checks);
  }
  return checks;
}

/** What forbids a pod at this level; empty where nothing does. */
export function violations(policy: LevelVersion, pod: CheckedPod): Violation[] {
  return checksOf(policy).flatMap((check) => check(pod) ?? []);
}

/** `hostPort, privileged`: what is told of many pods at once. */
export function reasonsText(found: readonly Violation[]): string {
  return found.map(({ reason }) => reason).join(', ');
}

/** `hostPort (container "c" uses hostPort 80), privileged (...)`: what is told of one pod. */
export function detailsText(found: readonly Violation[]): string {
  return found.map(({ reason, detail }) => `${reason} (${detail})`).join(', ');
}
