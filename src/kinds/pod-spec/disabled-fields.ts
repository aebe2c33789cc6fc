// Fields whose feature is off in 1.36: dropped unless the old object has them.
// Upstream: dropDisabledFields in k8s.io/kubernetes/pkg/api/pod/util.go with the default feature gates of 1.36.
import type { Pod, PodSpec, PodTemplateSpec } from '#types/core_v1';
import { someContainer, visitContainers } from './containers-of.ts';

type Projection = 'clusterTrustBundle' | 'podCertificate';

function usesProjection(spec: PodSpec | undefined, projection: Projection): boolean {
  return (spec?.volumes ?? []).some((volume) =>
    volume.projected?.sources?.some((source) => source[projection]),
  );
}

function dropProjection(spec: PodSpec, old: PodSpec | undefined, projection: Projection): void {
  if (usesProjection(old, projection)) return;
  for (const volume of spec.volumes ?? [])
    for (const source of volume.projected?.sources ?? []) delete source[projection];
}

function dropStopSignals(spec: PodSpec, old: PodSpec | undefined): void {
  if (old && someContainer(old, (container) => container.lifecycle?.stopSignal !== undefined)) return;
  visitContainers(spec, '', (container) => {
    const { lifecycle } = container;
    if (lifecycle?.stopSignal === undefined) return;
    delete lifecycle.stopSignal;
    if (!lifecycle.preStop && !lifecycle.postStart) delete container.lifecycle;
  });
}

function dropFromSpec(spec: PodSpec, old: PodSpec | undefined): void {
  dropProjection(spec, old, 'clusterTrustBundle');
  dropProjection(spec, old, 'podCertificate');
  dropStopSignals(spec, old);
  if (spec.schedulingGroup && !old?.schedulingGroup) delete spec.schedulingGroup;
}

/** For the template of a workload. */
export function dropDisabledTemplateFields(
  template: PodTemplateSpec | null | undefined,
  old?: PodTemplateSpec | null,
): void {
  if (template?.spec) dropFromSpec(template.spec, old?.spec);
}

function hasImageDigests(pod: Pod | undefined): boolean {
  const {
    initContainerStatuses = [],
    containerStatuses = [],
    ephemeralContainerStatuses = [],
  } = pod?.status ?? {};
  return [...initContainerStatuses, ...containerStatuses, ...ephemeralContainerStatuses].some((status) =>
    status.volumeMounts?.some((mount) => mount.volumeStatus?.image),
  );
}

/** For a pod. */
export function dropDisabledPodFields(pod: Pod, old?: Pod): void {
  dropFromSpec(pod.spec, old?.spec);
  const { status } = pod;
  if (!status) return;
  if (!hasImageDigests(old)) {
    for (const list of ['initContainerStatuses', 'containerStatuses', 'ephemeralContainerStatuses'] as const)
      for (const container of status[list] ?? [])
        for (const mount of container.volumeMounts ?? []) delete mount.volumeStatus;
  }
  if (!old?.status?.nodeAllocatableResourceClaimStatuses?.length)
    delete status.nodeAllocatableResourceClaimStatuses;
}
