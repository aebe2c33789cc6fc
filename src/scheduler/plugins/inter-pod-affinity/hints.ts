// Which changes may help pods that other pods kept away. Upstream: plugins/interpodaffinity/plugin.go.
import type { Node, Pod } from '#types/core_v1';
import { matchesAllTerms } from '../../affinity-term.ts';
import { type PodInfo, podInfoOf } from '../../pod-info.ts';

function isNowhere(pod: Pod | undefined): boolean {
  return pod !== undefined && !pod.spec.nodeName && !pod.status?.nominatedNodeName;
}

/** Whether a pod that came, changed or went may help. */
export function podMayHelp(pod: PodInfo, old: Pod | undefined, now: Pod | undefined): boolean {
  if (old && now && now.metadata.uid === pod.uid) return true;
  if (isNowhere(old) || isNowhere(now)) return false;
  const { required: affinity } = pod.affinity;
  const { required: antiAffinity } = pod.antiAffinity;
  if (old && now) {
    if (!matchesAllTerms(affinity, old) && matchesAllTerms(affinity, now)) return true;
    return matchesAllTerms(antiAffinity, old) && !matchesAllTerms(antiAffinity, now);
  }
  if (now) return matchesAllTerms(affinity, now);
  if (matchesAllTerms(antiAffinity, old!)) return true;
  return matchesAllTerms(podInfoOf(old!).antiAffinity.required, pod.pod);
}

/** Whether a node that came or changed may help. */
export function nodeMayHelp(pod: PodInfo, old: Node | undefined, now: Node): boolean {
  const is = now.metadata.labels ?? {};
  const affinity = pod.affinity.required;
  const antiAffinity = pod.antiAffinity.required;
  if (!old) return antiAffinity.length > 0 || affinity.some(({ topologyKey }) => topologyKey in is);
  const was = old.metadata.labels ?? {};
  return (
    affinity.some(({ topologyKey: key }) => is[key] !== undefined && is[key] !== was[key]) ||
    antiAffinity.some(({ topologyKey: key }) => was[key] !== undefined && is[key] !== was[key])
  );
}
