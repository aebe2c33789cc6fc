// Defaults of pod specs, in pods and in the templates of workloads.
// Upstream: k8s.io/kubernetes/pkg/apis/core/v1/defaults.go and the calls generated in zz_generated.defaults.go.
import type {
  Container,
  ContainerPort,
  HTTPGetAction,
  LifecycleHandler,
  ObjectFieldSelector,
  PodSpec,
  Probe,
  Volume,
} from '#types/core_v1';
import { roundResources } from '../validation/resource-names.ts';
import { setClaimSpecDefaults } from '../volumes/claim-spec.ts';
import type { AnyContainer } from './containers-of.ts';
import { isLatest } from './image-reference.ts';

function setHttpGetDefaults(action: HTTPGetAction | undefined): void {
  if (!action) return;
  if (!action.path) action.path = '/';
  if (!action.scheme) action.scheme = 'HTTP';
}

function setProbeDefaults(probe: Probe | undefined): void {
  if (!probe) return;
  if (!probe.timeoutSeconds) probe.timeoutSeconds = 1;
  if (!probe.periodSeconds) probe.periodSeconds = 10;
  if (!probe.successThreshold) probe.successThreshold = 1;
  if (!probe.failureThreshold) probe.failureThreshold = 3;
  setHttpGetDefaults(probe.httpGet);
  if (probe.grpc) probe.grpc.service ??= '';
}

function setHandlerDefaults(handler: LifecycleHandler | undefined): void {
  setHttpGetDefaults(handler?.httpGet);
}

function setFieldRefDefaults(ref: ObjectFieldSelector | undefined): void {
  if (ref && !ref.apiVersion) ref.apiVersion = 'v1';
}

function setPortDefaults(ports: readonly ContainerPort[] | undefined): void {
  if (ports) for (const port of ports) if (!port.protocol) port.protocol = 'TCP';
}

/** Fills one container. Amounts finer than a thousandth are rounded up. */
export function setContainerDefaults(container: AnyContainer): void {
  setPortDefaults(container.ports);
  roundResources(container.resources?.limits);
  roundResources(container.resources?.requests);
  if (container.env) for (const env of container.env) setFieldRefDefaults(env.valueFrom?.fieldRef);
  if (container.env)
    for (const { valueFrom } of container.env)
      if (valueFrom?.fileKeyRef) valueFrom.fileKeyRef.optional ??= false;
  setProbeDefaults(container.livenessProbe);
  setProbeDefaults(container.readinessProbe);
  setProbeDefaults(container.startupProbe);
  setHandlerDefaults(container.lifecycle?.postStart);
  setHandlerDefaults(container.lifecycle?.preStop);
  if (!container.imagePullPolicy)
    container.imagePullPolicy = isLatest(container.image ?? '') ? 'Always' : 'IfNotPresent';
  if (!container.terminationMessagePath) container.terminationMessagePath = '/dev/termination-log';
  if (!container.terminationMessagePolicy) container.terminationMessagePolicy = 'File';
}

const fileMode = 0o644;

function setProjectionDefaults(volume: Volume): void {
  const { projected } = volume;
  if (!projected) return;
  projected.defaultMode ??= fileMode;
  for (const source of projected.sources ?? []) {
    for (const item of source.downwardAPI?.items ?? []) setFieldRefDefaults(item.fieldRef);
    if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= 3600;
  }
}

function hasSource(volume: Volume): boolean {
  for (const field in volume)
    if (field !== 'name' && volume[field as keyof Volume] !== undefined) return true;
  return false;
}

/** Fills one volume; one without a source becomes an emptyDir. */
export function setVolumeDefaults(volume: Volume): void {
  if (!hasSource(volume)) {
    volume.emptyDir = {};
    return;
  }
  if (volume.hostPath) volume.hostPath.type ??= '';
  if (volume.secret) volume.secret.defaultMode ??= fileMode;
  if (volume.configMap) volume.configMap.defaultMode ??= fileMode;
  if (volume.iscsi && !volume.iscsi.iscsiInterface) volume.iscsi.iscsiInterface = 'default';
  if (volume.rbd) {
    if (!volume.rbd.pool) volume.rbd.pool = 'rbd';
    if (!volume.rbd.user) volume.rbd.user = 'admin';
    if (!volume.rbd.keyring) volume.rbd.keyring = '/etc/ceph/keyring';
  }
  if (volume.downwardAPI) {
    volume.downwardAPI.defaultMode ??= fileMode;
    for (const item of volume.downwardAPI.items ?? []) setFieldRefDefaults(item.fieldRef);
  }
  if (volume.azureDisk) {
    volume.azureDisk.cachingMode ??= 'ReadWrite';
    volume.azureDisk.kind ??= 'Shared';
    volume.azureDisk.fsType ??= 'ext4';
    volume.azureDisk.readOnly ??= false;
  }
  if (volume.scaleIO) {
    if (!volume.scaleIO.storageMode) volume.scaleIO.storageMode = 'ThinProvisioned';
    if (!volume.scaleIO.fsType) volume.scaleIO.fsType = 'xfs';
  }
  if (volume.ephemeral?.volumeClaimTemplate) setClaimSpecDefaults(volume.ephemeral.volumeClaimTemplate.spec);
  if (volume.image && !volume.image.pullPolicy)
    volume.image.pullPolicy = isLatest(volume.image.reference ?? '') ? 'Always' : 'IfNotPresent';
  setProjectionDefaults(volume);
}

/** Fills a pod spec, in a pod or a template. */
export function setPodSpecDefaults(spec: PodSpec): void {
  if (spec.volumes) for (const volume of spec.volumes) setVolumeDefaults(volume);
  if (spec.initContainers) for (const container of spec.initContainers) setContainerDefaults(container);
  if (spec.containers) for (const container of spec.containers) setContainerDefaults(container);
  if (spec.ephemeralContainers)
    for (const container of spec.ephemeralContainers) setContainerDefaults(container);
  roundResources(spec.overhead);
  roundResources(spec.resources?.limits);
  roundResources(spec.resources?.requests);
  if (!spec.dnsPolicy) spec.dnsPolicy = 'ClusterFirst';
  if (!spec.restartPolicy) spec.restartPolicy = 'Always';
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= 30;
  if (!spec.schedulerName) spec.schedulerName = 'default-scheduler';
  // serviceAccount is the old name of serviceAccountName; both are kept and shown.
  if (!spec.serviceAccountName && spec.serviceAccount) spec.serviceAccountName = spec.serviceAccount;
  if (spec.serviceAccountName) spec.serviceAccount = spec.serviceAccountName;
  else delete spec.serviceAccount;
}

/** With hostNetwork a container's ports are the host's. Pods only; templates keep what they say. */
export function setHostPorts(containers: readonly Container[] | null | undefined): void {
  for (const container of containers ?? [])
    for (const port of container.ports ?? []) if (!port.hostPort) port.hostPort = port.containerPort;
}
