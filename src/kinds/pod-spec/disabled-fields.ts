// Fields whose feature is off: dropped unless the old object has them. Only of gates that are off in 1.36 unless asked for.
// Upstream: dropDisabledFields in k8s.io/kubernetes/pkg/api/pod/util.go.
import type { Pod, PodSpec, PodTemplateSpec } from '#types/core_v1';
import type { HookContext } from '../define-kind.ts';
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

type Gates = Pick<HookContext, 'isGateOn'>;

function dropFromSpec({ isGateOn }: Gates, spec: PodSpec, old: PodSpec | undefined): void {
  if (!isGateOn?.('ClusterTrustBundleProjection')) dropProjection(spec, old, 'clusterTrustBundle');
  if (!isGateOn?.('PodCertificateRequest')) dropProjection(spec, old, 'podCertificate');
  if (!isGateOn?.('ContainerStopSignals')) dropStopSignals(spec, old);
  if (!isGateOn?.('GenericWorkload') && spec.schedulingGroup && !old?.schedulingGroup)
    delete spec.schedulingGroup;
}

/** For the template of a workload. */
export function dropDisabledTemplateFields(
  gates: Gates,
  template: PodTemplateSpec | null | undefined,
  old?: PodTemplateSpec | null,
): void {
  if (template?.spec) dropFromSpec(gates, template.spec, old?.spec);
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
export function dropDisabledPodFields(gates: Gates, pod: Pod, old?: Pod): void {
  dropFromSpec(gates, pod.spec, old?.spec);
  const { status } = pod;
  if (!status) return;
  if (!gates.isGateOn?.('ImageVolumeWithDigest') && !hasImageDigests(old)) {
    for (const list of ['initContainerStatuses', 'containerStatuses', 'ephemeralContainerStatuses'] as const)
      for (const container of status[list] ?? [])
        for (const mount of container.volumeMounts ?? []) delete mount.volumeStatus;
  }
  if (
    !gates.isGateOn?.('DRANodeAllocatableResources') &&
    !old?.status?.nodeAllocatableResourceClaimStatuses?.length
  )
    delete status.nodeAllocatableResourceClaimStatuses;
}
