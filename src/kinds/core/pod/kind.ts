// Pod: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/registry/core/pod/strategy.go.
import type { Binding, Pod, PodCondition, PodStatus } from '#types/core_v1';
import type { FieldError } from '../../../api/field-error.ts';
import { formatTime } from '../../../api/time.ts';
import { defineKind } from '../../define-kind.ts';
import { appArmorOfAnnotation, appArmorPrefix } from '../../pod-spec/annotations.ts';
import { visitContainers } from '../../pod-spec/containers-of.ts';
import { setHostPorts, setPodSpecDefaults } from '../../pod-spec/defaults.ts';
import { dropDisabledPodFields } from '../../pod-spec/disabled-fields.ts';
import { joinLabelKeys } from '../../pod-spec/label-keys.ts';
import { setPodResourceDefaults } from '../../pod-spec/resource-defaults.ts';
import { podQos } from '../../pod-spec/resources.ts';
import { validateAppArmor } from '../../pod-spec/security-context.ts';
import { podWarnings } from '../../pod-spec/warnings.ts';
import { semanticEqual } from '../../semantic-equal.ts';
import { ipWarnings } from '../../validation/addresses.ts';
import { FieldErrors } from '../../validation/field-errors.ts';
import { dnsLabel, subdomainName } from '../../validation/names.ts';
import { roundResources } from '../../validation/resource-names.ts';
import { keepMetadata, takeBack } from '../../validation/status-strategy.ts';
import { keepOnlyResize, validateEphemeralContainersUpdate, validateResize } from './container-updates.ts';
import { validatePodCreate } from './create-rules.ts';
import { validatePodStatusUpdate } from './status-rules.ts';
import { podTable } from './table.ts';
import { validatePodUpdate } from './update-rules.ts';

function raisePodGeneration(pod: Pod, old: Pod): void {
  if (!semanticEqual(pod.spec, old.spec)) pod.metadata.generation = (pod.metadata.generation ?? 0) + 1;
}

function gatedCondition(now: number): PodCondition {
  return {
    type: 'PodScheduled',
    status: 'False',
    lastTransitionTime: formatTime(now),
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
  };
}

/** AppArmor annotations of old become fields; gives the warnings that come with it. */
function appArmorOfAnnotations(pod: Pod, apply: boolean): string[] {
  const { annotations } = pod.metadata;
  if (!annotations || pod.spec.os?.name === 'windows') return [];
  const warnings: string[] = [];
  visitContainers(pod.spec, '', (container) => {
    const key = appArmorPrefix + container.name;
    const annotation = annotations[key];
    if (annotation === undefined || container.securityContext?.appArmorProfile) return;
    const errors = new FieldErrors();
    let profile = appArmorOfAnnotation(annotation);
    validateAppArmor(errors, profile, '');
    if (!errors.empty) profile = undefined;
    const differs =
      profile !== undefined && !semanticEqual(profile, pod.spec.securityContext?.appArmorProfile);
    if (profile && !differs) return;
    warnings.push(
      `metadata.annotations[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`,
    );
    if (apply && profile)
      container.securityContext = { ...container.securityContext, appArmorProfile: profile };
  });
  return warnings;
}

/** What an update by the kubelet leaves out keeps its old observed generation. */
function keepObservedGenerations(pod: Pod, old: Pod): void {
  if (!pod.status.observedGeneration) takeBack(pod.status, old.status ?? {}, 'observedGeneration');
  const before = new Map<string, number[]>();
  for (const { type, observedGeneration = 0 } of old.status?.conditions ?? [])
    before.set(type, [...(before.get(type) ?? []), observedGeneration]);
  for (const condition of pod.status.conditions ?? []) {
    const generation = before.get(condition.type)?.shift();
    if (!condition.observedGeneration && generation) condition.observedGeneration = generation;
  }
}

const finished = new Set(['Failed', 'Succeeded']);

/** Rules of a Binding to a node. */
export function validateBinding(binding: Binding): FieldError[] {
  const errors = new FieldErrors();
  const { kind, name } = binding.target;
  if (kind && kind !== 'Node') errors.notSupported('target.kind', kind, ['Node', '<empty>']);
  if (!name) errors.required('target.name');
  return errors.list;
}

function roundStatus(status: PodStatus): void {
  const { initContainerStatuses, containerStatuses, ephemeralContainerStatuses } = status;
  for (const list of [initContainerStatuses, containerStatuses, ephemeralContainerStatuses])
    for (const { allocatedResources, resources } of list ?? []) {
      roundResources(allocatedResources);
      roundResources(resources?.limits);
      roundResources(resources?.requests);
    }
  roundResources(status.allocatedResources);
  roundResources(status.resources?.limits);
  roundResources(status.resources?.requests);
}

export const pod = defineKind<Pod>({
  group: '',
  version: 'v1',
  kind: 'Pod',
  metadataChecks: ['change', 'whole'],
  returnsDeletedObject: true,
  nameRule: subdomainName,

  setDefaults(pod) {
    const { spec, status } = pod;
    if (status) roundStatus(status);
    setPodSpecDefaults(spec);
    setPodResourceDefaults(spec);
    spec.enableServiceLinks ??= true;
    if (spec.hostNetwork) {
      setHostPorts(spec.containers);
      setHostPorts(spec.initContainers);
    }
    // Upstream's conversion does this to pods, not to templates.
    if ((spec.terminationGracePeriodSeconds ?? 0) < 0) spec.terminationGracePeriodSeconds = 1;
    fillAddresses(pod);
  },

  prepareForCreate(pod, context) {
    pod.metadata.generation = 1;
    pod.status = { phase: 'Pending', qosClass: podQos(pod) };
    dropDisabledPodFields(context, pod);
    if (pod.spec.schedulingGates?.length) pod.status.conditions = [gatedCondition(context.now)];
    joinLabelKeys(pod);
    // upstream warns of them before it validates
    for (const warning of appArmorOfAnnotations(pod, false)) context.warn?.(warning);
  },
  validateCreate: validatePodCreate,
  warningsOnCreate(pod) {
    const label = dnsLabel(pod.metadata.name ?? '');
    const name =
      label.length === 0
        ? []
        : [
            `metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [${label.join(' ')}]`,
          ];
    return [...name, ...podWarnings(pod)];
  },
  canonicalize(pod) {
    appArmorOfAnnotations(pod, true);
  },

  prepareForUpdate(pod, old, context) {
    takeBack(pod, old, 'status');
    dropDisabledPodFields(context, pod, old);
    raisePodGeneration(pod, old);
  },
  validateUpdate: validatePodUpdate,

  subresources: {
    status: {
      resetFields: [['spec'], ['metadata', 'deletionTimestamp'], ['metadata', 'ownerReferences']],
      prepareForUpdate(pod, old, context) {
        pod.spec = old.spec;
        takeBack(pod.metadata, old.metadata, 'ownerReferences');
        takeBack(pod.metadata, old.metadata, 'deletionTimestamp');
        pod.status ??= {};
        if (!pod.status.qosClass) takeBack(pod.status, old.status ?? {}, 'qosClass');
        keepObservedGenerations(pod, old);
        dropDisabledPodFields(context, pod, old);
      },
      validateUpdate: validatePodStatusUpdate,
      warningsOnUpdate(pod) {
        const warnings: string[] = [];
        for (const field of ['podIPs', 'hostIPs'] as const)
          pod.status[field]?.forEach(({ ip }, i) => {
            warnings.push(...ipWarnings(`status.${field}[${i}].ip`, ip));
          });
        return warnings;
      },
    },
    ephemeralcontainers: {
      prepareForUpdate(pod, old, context) {
        const { ephemeralContainers } = pod.spec;
        pod.spec = { ...old.spec };
        if (ephemeralContainers) pod.spec.ephemeralContainers = ephemeralContainers;
        else delete pod.spec.ephemeralContainers;
        takeBack(pod, old, 'status');
        keepMetadata(pod, old);
        dropDisabledPodFields(context, pod, old);
        raisePodGeneration(pod, old);
      },
      validateUpdate: validateEphemeralContainersUpdate,
    },
    resize: {
      prepareForUpdate(pod, old, context) {
        keepOnlyResize(pod, old);
        takeBack(pod, old, 'status');
        keepMetadata(pod, old);
        dropDisabledPodFields(context, pod, old);
        raisePodGeneration(pod, old);
      },
      validateUpdate: validateResize,
    },
  },

  gracefulDeletion: {
    gracePeriodSeconds(pod, asked) {
      if (!pod.spec.nodeName || finished.has(pod.status?.phase ?? '')) return 0;
      const period = asked ?? pod.spec.terminationGracePeriodSeconds ?? 0;
      return period < 0 ? 1 : period;
    },
  },

  selectableFields: {
    'spec.nodeName': (pod) => pod.spec.nodeName ?? '',
    'spec.restartPolicy': (pod) => pod.spec.restartPolicy ?? '',
    'spec.schedulerName': (pod) => pod.spec.schedulerName ?? '',
    'spec.serviceAccountName': (pod) => pod.spec.serviceAccountName ?? '',
    'spec.hostNetwork': (pod) => String(pod.spec.hostNetwork === true),
    'status.phase': (pod) => pod.status?.phase ?? '',
    'status.podIP': (pod) => pod.status?.podIPs?.[0]?.ip ?? '',
    // known, but of no pod
    'status.podIPs': () => '',
    'status.nominatedNodeName': (pod) => pod.status?.nominatedNodeName ?? '',
  },
  table: podTable,
});

/** podIP and podIPs say the same: the list rules, as the conversion to upstream's internal type has it. */
function fillAddresses(pod: Pod): void {
  const { status } = pod;
  if (!status) return;
  if (status.podIPs?.length) {
    const first = status.podIPs[0]!.ip;
    if (status.podIP && status.podIP !== first) status.podIPs = [{ ip: status.podIP }];
    else status.podIP = first;
  } else if (status.podIP) status.podIPs = [{ ip: status.podIP }];
}
