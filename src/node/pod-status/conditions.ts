// The conditions of a pod that the kubelet owns. Upstream: k8s.io/kubernetes/pkg/kubelet/status/generate.go.
import type { ContainerStatus, Pod, PodCondition } from '#types/core_v1';
import { goQuote } from '../../api/go-text.ts';
import { isSidecar } from '../../kinds/pod-spec/containers-of.ts';
import type { PodPhase } from './phase.ts';

/** The condition types that belong to the kubelet; others are left as they are. */
export const kubeletConditions: ReadonlySet<string> = new Set([
  'PodScheduled',
  'Ready',
  'Initialized',
  'ContainersReady',
  'PodResizeInProgress',
  'PodResizePending',
  'PodReadyToStartContainers',
  'AllContainersRestarting',
]);

/** What the conditions follow from. */
export interface ConditionsInput {
  readonly pod: Pod;
  readonly statuses: ReadonlyMap<string, ContainerStatus>;
  readonly phase: PodPhase;
  readonly hasSandbox: boolean;
  /** A regular container has been started before. */
  readonly hasInitialized: boolean;
}

type Finding = Pick<PodCondition, 'status' | 'reason' | 'message'>;

const yes: Finding = { status: 'True' };

/** Names as Go prints a slice. */
function list(names: readonly string[]): string {
  return `[${names.join(' ')}]`;
}

function lacking(
  reason: string,
  unknown: readonly string[],
  wanting: readonly string[],
  what: string,
): Finding {
  const messages: string[] = [];
  if (unknown.length > 0) messages.push(`containers with unknown status: ${list(unknown)}`);
  if (wanting.length > 0) messages.push(`containers with ${what} status: ${list(wanting)}`);
  return messages.length === 0 ? yes : { status: 'False', reason, message: messages.join(', ') };
}

function containersReady({ pod, statuses, phase }: ConditionsInput): Finding {
  const unknown: string[] = [];
  const unready: string[] = [];
  const look = (name: string): void => {
    const status = statuses.get(name);
    if (!status) unknown.push(name);
    else if (!status.ready) unready.push(name);
  };
  for (const container of pod.spec.initContainers ?? []) if (isSidecar(container)) look(container.name);
  for (const container of pod.spec.containers ?? []) look(container.name);
  if (phase === 'Succeeded' && unknown.length === 0) return { status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  return lacking('ContainersNotReady', unknown, unready, 'unready');
}

function ready(pod: Pod, containers: Finding, others: readonly PodCondition[]): Finding {
  if (containers.status !== 'True') return containers;
  const messages: string[] = [];
  for (const { conditionType } of pod.spec.readinessGates ?? []) {
    const condition = others.find((c) => c.type === conditionType);
    if (!condition)
      messages.push(
        `corresponding condition of pod readiness gate ${goQuote(conditionType)} does not exist.`,
      );
    else if (condition.status !== 'True')
      messages.push(
        `the status of pod readiness gate ${goQuote(conditionType)} is not "True", but ${condition.status}`,
      );
  }
  if (messages.length === 0) return yes;
  return { status: 'False', reason: 'ReadinessGatesNotReady', message: messages.join(', ') };
}

function initialized({ pod, statuses, phase, hasInitialized }: ConditionsInput): Finding {
  const unknown: string[] = [];
  const incomplete: string[] = [];
  for (const container of pod.spec.initContainers ?? []) {
    const status = statuses.get(container.name);
    if (!status) unknown.push(container.name);
    else if (!(isSidecar(container) ? status.started : status.ready)) incomplete.push(container.name);
  }
  if (phase === 'Succeeded' && unknown.length === 0) return { status: 'True', reason: 'PodCompleted' };
  if (hasInitialized) return yes;
  return lacking('ContainersNotInitialized', unknown, incomplete, 'incomplete');
}

/**
 * The conditions of a pod, in the order of upstream: those of others first, then the kubelet's. A condition whose status
 * stays keeps its time.
 */
export function podConditions(
  input: ConditionsInput,
  previous: readonly PodCondition[] | undefined,
  now: string,
): PodCondition[] {
  const { pod } = input;
  const conditions: PodCondition[] = (pod.status.conditions ?? []).filter(
    (c) => !kubeletConditions.has(c.type),
  );
  const others = [...conditions];
  const generation = pod.metadata.generation;
  const add = (type: string, { status, reason, message }: Finding): void => {
    const old = previous?.find((c) => c.type === type);
    const since = old?.status === status ? old.lastTransitionTime : now;
    conditions.push({
      type,
      ...(generation && { observedGeneration: generation }),
      status,
      lastTransitionTime: since ?? now,
      ...(reason && { reason }),
      ...(message && { message }),
    });
  };
  const containers = containersReady(input);
  add('PodReadyToStartContainers', input.hasSandbox ? yes : { status: 'False' });
  add('Initialized', initialized(input));
  add('Ready', ready(pod, containers, others));
  add('ContainersReady', containers);
  add('PodScheduled', yes);
  return conditions;
}
