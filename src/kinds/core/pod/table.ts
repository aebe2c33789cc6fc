// How kubectl shows pods.
// Upstream: printPod in k8s.io/kubernetes/pkg/printers/internalversion/printers.go.
import type { Container, ContainerState, ContainerStatus, Pod } from '#types/core_v1';
import type { TablePrinter, TableRow } from '../../define-kind.ts';
import { isSidecar } from '../../pod-spec/containers-of.ts';
import { ageOf, nameOf, since } from '../../table/ages.ts';
import { ageColumn, column, doc, nameColumn, wideColumn } from '../../table/columns.ts';

/** What the status of the containers adds up to. */
interface Summary {
  ready: number;
  restarts: number;
  lastRestart: string;
  reason: string;
}

function latest(a: string, status: ContainerStatus): string {
  const finished = status.lastState?.terminated?.finishedAt ?? '';
  return finished !== '' && (a === '' || Date.parse(finished) > Date.parse(a)) ? finished : a;
}

function exitReason(ended: NonNullable<ContainerState['terminated']>): string {
  if (ended.reason) return ended.reason;
  return ended.signal ? `Signal:${ended.signal}` : `ExitCode:${ended.exitCode}`;
}

// Walks the init containers up to the first that has not done its part.
function summarizeInit(pod: Pod, summary: Summary, sidecars: Summary): boolean {
  const containers = pod.spec.initContainers ?? [];
  const statuses = pod.status?.initContainerStatuses ?? [];
  for (const [i, status] of statuses.entries()) {
    const container: Container | undefined = containers.findLast(({ name }) => name === status.name);
    const sidecar = container !== undefined && isSidecar(container);
    summary.restarts += status.restartCount;
    summary.lastRestart = latest(summary.lastRestart, status);
    if (sidecar) {
      sidecars.restarts += status.restartCount;
      sidecars.lastRestart = latest(sidecars.lastRestart, status);
    }
    const { terminated, waiting } = status.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (sidecar && status.started) {
      if (status.ready) summary.ready++;
      continue;
    }
    if (terminated) summary.reason = `Init:${exitReason(terminated)}`;
    else if (waiting?.reason && waiting.reason !== 'PodInitializing')
      summary.reason = `Init:${waiting.reason}`;
    else summary.reason = `Init:${i}/${containers.length}`;
    return true;
  }
  return false;
}

function hasTrue(pod: Pod, type: string): boolean {
  return (
    pod.status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ===
    true
  );
}

function isInitialized(pod: Pod): boolean {
  return pod.status?.conditions?.find((condition) => condition.type === 'Initialized')?.status === 'True';
}

function summarizeContainers(pod: Pod, summary: Summary): void {
  let running = false;
  let errorReason = '';
  for (const status of [...(pod.status?.containerStatuses ?? [])].reverse()) {
    summary.restarts += status.restartCount;
    summary.lastRestart = latest(summary.lastRestart, status);
    const { terminated, waiting } = status.state ?? {};
    if (waiting?.reason) summary.reason = waiting.reason;
    else if (terminated) {
      summary.reason = exitReason(terminated);
      if (terminated.exitCode !== 0) errorReason = summary.reason;
    } else if (status.ready && status.state?.running) {
      running = true;
      summary.ready++;
    }
  }
  if (summary.reason !== 'Completed') return;
  if (running && hasTrue(pod, 'Ready')) summary.reason = 'Running';
  else if (errorReason !== '') summary.reason = errorReason;
  else if (running) summary.reason = 'NotReady';
}

function summarize(pod: Pod): Summary {
  const { phase = '', reason = '', conditions = [] } = pod.status ?? {};
  const gated = conditions.some(
    (condition) => condition.type === 'PodScheduled' && condition.reason === 'SchedulingGated',
  );
  const summary: Summary = {
    ready: 0,
    restarts: 0,
    lastRestart: '',
    reason: gated ? 'SchedulingGated' : reason || phase,
  };
  const sidecars: Summary = { ready: 0, restarts: 0, lastRestart: '', reason: '' };
  const initializing = summarizeInit(pod, summary, sidecars);
  if (!initializing || isInitialized(pod)) {
    summary.restarts = sidecars.restarts;
    summary.lastRestart = sidecars.lastRestart;
    summarizeContainers(pod, summary);
  }
  if (pod.metadata.deletionTimestamp) {
    if (reason === 'NodeLost') summary.reason = 'Unknown';
    else if (phase !== 'Failed' && phase !== 'Succeeded') summary.reason = 'Terminating';
  }
  return summary;
}

function gatesCell(pod: Pod): string {
  const gates = pod.spec.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  const open = gates.filter(
    ({ conditionType }) =>
      pod.status?.conditions?.find((condition) => condition.type === conditionType)?.status === 'True',
  );
  return `${open.length}/${gates.length}`;
}

function completed(phase: string | undefined): TableRow['conditions'] {
  if (phase === 'Succeeded')
    return [
      { type: 'Completed', status: 'True', reason: phase, message: 'The pod has completed successfully.' },
    ];
  if (phase === 'Failed')
    return [{ type: 'Completed', status: 'True', reason: phase, message: 'The pod failed.' }];
  return undefined;
}

export const podTable: TablePrinter<Pod> = {
  columns: [
    nameColumn,
    column('Ready', 'string', 'The aggregate readiness state of this pod for accepting traffic.'),
    column('Status', 'string', 'The aggregate status of the containers in this pod.'),
    column(
      'Restarts',
      'string',
      'The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.',
    ),
    ageColumn,
    wideColumn('IP', 'string', doc('core/v1.PodStatus.podIP')),
    wideColumn('Node', 'string', doc('core/v1.PodSpec.nodeName')),
    wideColumn('Nominated Node', 'string', doc('core/v1.PodStatus.nominatedNodeName')),
    wideColumn('Readiness Gates', 'string', doc('core/v1.PodSpec.readinessGates')),
  ],
  row(pod, context) {
    const { ready, restarts, lastRestart, reason } = summarize(pod);
    const total =
      (pod.spec.containers ?? []).length + (pod.spec.initContainers ?? []).filter(isSidecar).length;
    const restartsCell =
      restarts !== 0 && lastRestart !== ''
        ? `${restarts} (${since(lastRestart, context.now)} ago)`
        : `${restarts}`;
    const conditions = completed(pod.status?.phase);
    const cells = [
      nameOf(pod),
      `${ready}/${total}`,
      reason,
      restartsCell,
      ageOf(pod, context),
      pod.status?.podIPs?.[0]?.ip || '<none>',
      pod.spec.nodeName || '<none>',
      pod.status?.nominatedNodeName || '<none>',
      gatesCell(pod),
    ];
    return conditions ? { cells, conditions } : { cells };
  },
};
