// Volume mounts, block devices and ports of a container.
// Upstream: ValidateVolumeMounts, ValidateVolumeDevices and validateContainerPorts in
// k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import type { Container, ContainerPort, VolumeDevice, VolumeMount } from '#types/core_v1';
import type { FieldErrors } from '../validation/field-errors.ts';
import { validateDescendingPath } from '../validation/file-paths.ts';
import { portName, portNumber } from '../validation/names.ts';
import type { VolumesByName } from '../volumes/pod-volumes.ts';
import type { AnyContainer } from './containers-of.ts';

const propagations = ['Bidirectional', 'HostToContainer', 'None'];
const recursiveReadOnly = ['Disabled', 'Enabled', 'IfPossible'];
const protocols = ['SCTP', 'TCP', 'UDP'];

function validatePropagation(errors: FieldErrors, mode: string, container: AnyContainer, path: string): void {
  if (!propagations.includes(mode)) errors.notSupported(path, mode, propagations);
  if (mode === 'Bidirectional' && !container.securityContext?.privileged)
    errors.forbidden(path, 'Bidirectional mount propagation is available only to privileged containers');
}

function validateRecursiveReadOnly(errors: FieldErrors, mount: VolumeMount, path: string): void {
  const mode = mount.recursiveReadOnly;
  if (mode === undefined || mode === 'Disabled') return;
  if (!recursiveReadOnly.includes(mode)) {
    errors.notSupported(path, mode, recursiveReadOnly);
    return;
  }
  if (!mount.readOnly) errors.forbidden(path, 'may only be specified when readOnly is true');
  if (mount.mountPropagation !== undefined && mount.mountPropagation !== 'None')
    errors.forbidden(path, 'may only be specified when mountPropagation is None or not specified');
}

/** Checks the mounts of a container against the pod's volumes and the container's devices. */
export function validateMounts(
  errors: FieldErrors,
  container: AnyContainer,
  volumes: VolumesByName,
  path: string,
): void {
  const mounts = container.volumeMounts;
  if (!mounts) return;
  const devices = container.volumeDevices ?? [];
  mounts.forEach((mount, i) => {
    const at = `${path}[${i}]`;
    if (!mount.name) errors.required(`${at}.name`);
    if (!volumes.has(mount.name)) errors.notFound(`${at}.name`, mount.name);
    if (!mount.mountPath) errors.required(`${at}.mountPath`);
    for (let j = 0; j < i; j++) {
      if (mounts[j]!.mountPath !== mount.mountPath) continue;
      errors.invalid(`${at}.mountPath`, mount.mountPath, 'must be unique');
      break;
    }
    if (devices.some((device) => device.name === mount.name))
      errors.invalid(`${at}.name`, mount.name, 'must not already exist in volumeDevices');
    if (devices.some((device) => device.devicePath === mount.mountPath))
      errors.invalid(`${at}.mountPath`, mount.mountPath, 'must not already exist as a path in volumeDevices');
    // Upstream reports the paths below at the list.
    if (mount.subPath) validateDescendingPath(errors, mount.subPath, `${path}.subPath`);
    if (mount.subPathExpr) {
      if (mount.subPath)
        errors.invalid(
          `${at}.subPathExpr`,
          mount.subPathExpr,
          'subPathExpr and subPath are mutually exclusive',
        );
      validateDescendingPath(errors, mount.subPathExpr, `${path}.subPathExpr`);
    }
    if (mount.mountPropagation !== undefined)
      validatePropagation(errors, mount.mountPropagation, container, `${path}.mountPropagation`);
    validateRecursiveReadOnly(errors, mount, `${path}.recursiveReadOnly`);
  });
}

function validateDevice(
  errors: FieldErrors,
  device: VolumeDevice,
  earlier: readonly VolumeDevice[],
  mounts: readonly VolumeMount[],
  volumes: VolumesByName,
  at: string,
): void {
  const { name, devicePath } = device;
  const volume = volumes.get(name);
  if (!name) errors.required(`${at}.name`);
  if (name && earlier.some((other) => other.name === name))
    errors.invalid(`${at}.name`, name, 'must be unique');
  if (!volume) errors.notFound(`${at}.name`, name);
  else if (!volume.persistentVolumeClaim && !volume.ephemeral) {
    errors.invalid(
      `${at}.name`,
      name,
      'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode',
    );
  }
  if (!devicePath) errors.required(`${at}.devicePath`);
  const backsteps = (text: string): boolean => text.split('/').includes('..');
  if (earlier.some((other) => other.devicePath === devicePath && !backsteps(other.devicePath)))
    errors.invalid(`${at}.devicePath`, devicePath, 'must be unique');
  if (backsteps(devicePath))
    errors.invalid(`${at}.devicePath`, devicePath, "can not contain backsteps ('..')");
  if (mounts.some((mount) => mount.name === name))
    errors.invalid(`${at}.name`, name, 'must not already exist in volumeMounts');
  if (mounts.some((mount) => mount.mountPath === devicePath))
    errors.invalid(`${at}.devicePath`, devicePath, 'must not already exist as a path in volumeMounts');
}

/** Checks the block devices of a container. */
export function validateDevices(
  errors: FieldErrors,
  container: AnyContainer,
  volumes: VolumesByName,
  path: string,
): void {
  container.volumeDevices?.forEach((device, i, devices) => {
    const mounts = container.volumeMounts ?? [];
    validateDevice(errors, device, devices.slice(0, i), mounts, volumes, `${path}[${i}]`);
  });
}

/** Checks the ports of a container. */
export function validatePorts(
  errors: FieldErrors,
  ports: readonly ContainerPort[] | undefined,
  path: string,
): void {
  if (!ports) return;
  const names = new Set<string>();
  ports.forEach((port, i) => {
    const at = `${path}[${i}]`;
    if (port.name) {
      const messages = portName(port.name);
      if (messages.length > 0) errors.invalids(`${at}.name`, port.name, messages);
      else if (names.has(port.name)) errors.duplicate(`${at}.name`, port.name);
      else names.add(port.name);
    }
    if (port.containerPort === 0) errors.required(`${at}.containerPort`);
    else errors.invalids(`${at}.containerPort`, port.containerPort, portNumber(port.containerPort));
    if (port.hostPort) errors.invalids(`${at}.hostPort`, port.hostPort, portNumber(port.hostPort));
    if (!port.protocol) errors.required(`${at}.protocol`);
    else if (!protocols.includes(port.protocol))
      errors.notSupported(`${at}.protocol`, port.protocol, protocols);
  });
}

/** No two containers of the list may use one port of the host. */
export function validateHostPorts(errors: FieldErrors, containers: readonly Container[], path: string): void {
  const used = new Set<string>();
  containers.forEach((container, i) => {
    container.ports?.forEach((port, j) => {
      if (!port.hostPort) return;
      const key = `${port.protocol ?? ''}/${port.hostIP ?? ''}/${port.hostPort}`;
      if (used.has(key)) errors.duplicate(`${path}[${i}].ports[${j}].hostPort`, key);
      used.add(key);
    });
  });
}
