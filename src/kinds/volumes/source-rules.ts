// Rules of single volume sources, most of them shared by pods and PersistentVolumes.
// Upstream: the validate*VolumeSource functions of k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import type * as core from '#types/core_v1';
import type { FieldErrors } from '../validation/field-errors.ts';
import { validateDescendingPath, validateNoBacksteps } from '../validation/file-paths.ts';
import { dnsLabel, dnsSubdomain, labelName, longerThan, rangeMessage } from '../validation/names.ts';

/** Checks one source; `path` is the source's own. */
export type SourceRule<T> = (errors: FieldErrors, source: T, path: string) => void;

const partitions = rangeMessage(1, 255);
const hostPathTypes = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

/** A rule that only asks for fields to be there. */
function needs<T>(...fields: (keyof T & string)[]): SourceRule<T> {
  return (errors, source, path) => {
    for (const field of fields) {
      const value = source[field];
      if (!value || (Array.isArray(value) && value.length === 0)) errors.required(`${path}.${field}`);
    }
  };
}

export const hostPath: SourceRule<core.HostPathVolumeSource> = (errors, source, path) => {
  if (!source.path) {
    errors.required(`${path}.path`);
    return;
  }
  validateNoBacksteps(errors, source.path, `${path}.path`);
  if (source.type !== undefined && !hostPathTypes.includes(source.type))
    errors.notSupported(`${path}.type`, source.type, hostPathTypes);
};

export const gitRepo: SourceRule<core.GitRepoVolumeSource> = (errors, source, path) => {
  if (!source.repository) errors.required(`${path}.repository`);
  validateDescendingPath(errors, source.directory ?? '', `${path}.directory`);
};

function partition(errors: FieldErrors, value: number | undefined, path: string): void {
  if (value !== undefined && (value < 0 || value > 255))
    errors.invalid(`${path}.partition`, value, partitions);
}

export const gcePersistentDisk: SourceRule<core.GCEPersistentDiskVolumeSource> = (errors, source, path) => {
  if (!source.pdName) errors.required(`${path}.pdName`);
  partition(errors, source.partition, path);
};

export const awsElasticBlockStore: SourceRule<core.AWSElasticBlockStoreVolumeSource> = (
  errors,
  source,
  path,
) => {
  if (!source.volumeID) errors.required(`${path}.volumeID`);
  partition(errors, source.partition, path);
};

export const nfs: SourceRule<core.NFSVolumeSource> = (errors, source, path) => {
  needs<core.NFSVolumeSource>('server', 'path')(errors, source, path);
  if (!source.path.startsWith('/')) errors.invalid(`${path}.path`, source.path, 'must be an absolute path');
};

const badInitiator = 'must be valid format';
const unknownInitiator = 'must be valid format starting with iqn, eui, or naa';
const iqn = /iqn\.\d{4}-\d{2}\.([0-9A-Za-z.-]+)(:[^,;*&$|\s]+)$/;
const initiatorForms: Record<string, RegExp> = {
  iqn,
  eui: /^eui.[0-9A-Za-z]{16}$/,
  naa: /^naa.[0-9A-Za-z]{32}$/,
};

/** `unknown` is what is said of a form that there is not. */
function initiator(errors: FieldErrors, name: string, path: string, unknown = badInitiator): void {
  const form = initiatorForms[name.slice(0, 3)];
  if (!form) errors.invalid(path, name, unknown);
  else if (!form.test(name)) errors.invalid(path, name, badInitiator);
}

type Iscsi = core.ISCSIVolumeSource | core.ISCSIPersistentVolumeSource;

function iscsiTarget(errors: FieldErrors, source: Iscsi, path: string, unknown?: string): void {
  if (!source.iqn) errors.required(`${path}.iqn`);
  else initiator(errors, source.iqn, `${path}.iqn`, unknown);
  if (source.lun < 0 || source.lun > 255) errors.invalid(`${path}.lun`, source.lun, rangeMessage(0, 255));
  if ((source.chapAuthDiscovery || source.chapAuthSession) && !source.secretRef)
    errors.required(`${path}.secretRef`);
}

const iscsiTooLong =
  'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.';

/** Whether a volume's name and portal are too long to name a session. */
export function iscsiNameFault(source: Iscsi, name: string): string | undefined {
  const long = source.initiatorName !== undefined && longerThan(`${name}:${source.targetPortal}`, 64);
  return long ? iscsiTooLong : undefined;
}

export const iscsi: SourceRule<core.ISCSIVolumeSource> = (errors, source, path) => {
  if (!source.targetPortal) errors.required(`${path}.targetPortal`);
  iscsiTarget(errors, source, path, unknownInitiator);
  if (source.initiatorName !== undefined)
    initiator(errors, source.initiatorName, `${path}.initiatorname`, unknownInitiator);
};

/** iSCSI in a PersistentVolume of the given name. */
export function persistentIscsi(name: string): SourceRule<core.ISCSIPersistentVolumeSource> {
  return (errors, source, path) => {
    if (!source.targetPortal) errors.required(`${path}.targetPortal`);
    const long = iscsiNameFault(source, name);
    if (long) errors.invalid(`${path}.targetportal`, source.targetPortal, long);
    iscsiTarget(errors, source, path);
    if (source.secretRef && !source.secretRef.name) errors.required(`${path}.secretRef.name`);
    if (source.initiatorName !== undefined) initiator(errors, source.initiatorName, `${path}.initiatorname`);
  };
}

export const fc: SourceRule<core.FCVolumeSource> = (errors, source, path) => {
  const wwns = source.targetWWNs ?? [];
  const wwids = source.wwids ?? [];
  const at = `${path}.targetWWNs`;
  if (wwns.length === 0 && wwids.length === 0)
    errors.required(at, 'must specify either targetWWNs or wwids, but not both');
  if (wwns.length > 0 && wwids.length > 0)
    errors.invalid(at, wwns, 'targetWWNs and wwids can not be specified simultaneously');
  if (wwns.length === 0) return;
  if (source.lun === undefined) errors.required(`${path}.lun`, 'lun is required if targetWWNs is specified');
  else if (source.lun < 0 || source.lun > 255)
    errors.invalid(`${path}.lun`, source.lun, rangeMessage(0, 255));
};

// Go's net.SplitHostPort: one colon, or brackets around the host.
function isHostPort(text: string): boolean {
  return /^(\[[^[\]]*\]|[^[\]:]*):[^[\]:]*$/.test(text);
}

export const quobyte: SourceRule<core.QuobyteVolumeSource> = (errors, source, path) => {
  const hostPorts = 'must be a host:port pair or multiple pairs separated by commas';
  if (!source.registry) errors.required(`${path}.registry`, hostPorts);
  else if (longerThan(source.tenant ?? '', 64))
    errors.required(`${path}.tenant`, 'must be a UUID and may not exceed a length of 64 characters');
  else {
    for (const pair of source.registry.split(','))
      if (!isHostPort(pair)) errors.invalid(`${path}.registry`, source.registry, hostPorts);
  }
  if (!source.volume) errors.required(`${path}.volume`);
};

export const glusterfs = needs<core.GlusterfsVolumeSource>('endpoints', 'path');

export const persistentGlusterfs: SourceRule<core.GlusterfsPersistentVolumeSource> = (
  errors,
  source,
  path,
) => {
  glusterfs(errors, source, path);
  const namespace = source.endpointsNamespace;
  if (namespace === undefined) return;
  const at = `${path}.endpointsNamespace`;
  if (namespace === '')
    errors.invalid(at, '', 'if the endpointnamespace is set, it must be a valid namespace name');
  else errors.invalids(at, namespace, labelName(namespace, false));
};

export const flocker: SourceRule<core.FlockerVolumeSource> = (errors, source, path) => {
  const { datasetName = '', datasetUUID = '' } = source;
  if (datasetName === '' && datasetUUID === '')
    errors.required(path, 'one of datasetName and datasetUUID is required');
  if (datasetName !== '' && datasetUUID !== '')
    errors.invalid(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously');
  if (datasetName.includes('/')) errors.invalid(`${path}.datasetName`, datasetName, "must not contain '/'");
};

export const rbd = needs<core.RBDVolumeSource | core.RBDPersistentVolumeSource>('monitors', 'image');
export const cephfs = needs<core.CephFSVolumeSource | core.CephFSPersistentVolumeSource>('monitors');
export const vsphereVolume = needs<core.VsphereVirtualDiskVolumeSource>('volumePath');
export const photonPersistentDisk = needs<core.PhotonPersistentDiskVolumeSource>('pdID');
export const portworxVolume = needs<core.PortworxVolumeSource>('volumeID');
export const scaleIO = needs<core.ScaleIOVolumeSource | core.ScaleIOPersistentVolumeSource>(
  'gateway',
  'system',
  'volumeName',
);
export const azureFile = needs<core.AzureFileVolumeSource>('secretName', 'shareName');
export const persistentVolumeClaim = needs<core.PersistentVolumeClaimVolumeSource>('claimName');

export const persistentAzureFile: SourceRule<core.AzureFilePersistentVolumeSource> = (
  errors,
  source,
  path,
) => {
  azureFile(errors, source, path);
  if (source.secretNamespace === '') errors.required(`${path}.secretNamespace`);
};

export const cinder: SourceRule<core.CinderVolumeSource> = (errors, source, path) => {
  if (!source.volumeID) errors.required(`${path}.volumeID`);
  if (source.secretRef && !source.secretRef.name) errors.required(`${path}.secretRef.name`);
};

export const persistentCinder: SourceRule<core.CinderPersistentVolumeSource> = (errors, source, path) => {
  cinder(errors, source, path);
  if (source.secretRef && !source.secretRef.namespace) errors.required(`${path}.secretRef.namespace`);
};

type Flex = core.FlexVolumeSource | core.FlexPersistentVolumeSource;

export const flexVolume: SourceRule<Flex> = (errors, source, path) => {
  if (!source.driver) errors.required(`${path}.driver`);
  for (const key in source.options) {
    const domain = `.${key.split('/')[0]!.toLowerCase()}`;
    if (domain.endsWith('.kubernetes.io') || domain.endsWith('.k8s.io'))
      errors.invalid(`${path}.options[${key}]`, key, 'kubernetes.io and k8s.io namespaces are reserved');
  }
};

const cachingModes = ['None', 'ReadOnly', 'ReadWrite'];
const diskKinds = ['Dedicated', 'Managed', 'Shared'];

export const azureDisk: SourceRule<core.AzureDiskVolumeSource> = (errors, source, path) => {
  needs<core.AzureDiskVolumeSource>('diskName', 'diskURI')(errors, source, path);
  const { cachingMode, kind, diskURI } = source;
  if (cachingMode !== undefined && !cachingModes.includes(cachingMode))
    errors.notSupported(`${path}.cachingMode`, cachingMode, cachingModes);
  if (kind === undefined) return;
  if (!diskKinds.includes(kind)) errors.notSupported(`${path}.kind`, kind, diskKinds);
  if (kind === 'Managed' && !diskURI.startsWith('/subscriptions/')) {
    errors.notSupported(`${path}.diskURI`, diskURI, [
      '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}',
    ]);
  }
  if (kind !== 'Managed' && !diskURI.startsWith('https://')) {
    errors.notSupported(`${path}.diskURI`, diskURI, [
      'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd',
    ]);
  }
};

export const local: SourceRule<core.LocalVolumeSource> = (errors, source, path) => {
  if (!source.path) errors.required(`${path}.path`);
  else validateNoBacksteps(errors, source.path, `${path}.path`);
};

export const storageos: SourceRule<core.StorageOSVolumeSource | core.StorageOSPersistentVolumeSource> = (
  errors,
  source,
  path,
) => {
  const { volumeName, volumeNamespace } = source;
  if (!volumeName) errors.required(`${path}.volumeName`);
  else errors.invalids(`${path}.volumeName`, volumeName, dnsLabel(volumeName));
  if (volumeNamespace) errors.invalids(`${path}.volumeNamespace`, volumeNamespace, dnsLabel(volumeNamespace));
  if (source.secretRef && !source.secretRef.name) errors.required(`${path}.secretRef.name`);
};

export const persistentStorageos: SourceRule<core.StorageOSPersistentVolumeSource> = (
  errors,
  source,
  path,
) => {
  storageos(errors, source, path);
  if (source.secretRef && !source.secretRef.namespace) errors.required(`${path}.secretRef.namespace`);
};

/** The name of a CSI driver. */
export function validateDriverName(errors: FieldErrors, name: string, path: string): void {
  if (name === '') {
    errors.required(path);
    return;
  }
  if (longerThan(name, 63)) errors.tooLong(path, 63);
  errors.invalids(path, name, dnsSubdomain(name.toLowerCase()));
}

export const csi: SourceRule<core.CSIVolumeSource> = (errors, source, path) => {
  validateDriverName(errors, source.driver, `${path}.driver`);
  if (!source.nodePublishSecretRef) return;
  const { name } = source.nodePublishSecretRef;
  if (!name) errors.required(`${path}.nodePublishSecretRef.name`);
  // Upstream reports a bad secret name at the source's own `name`.
  else errors.invalids(`${path}.name`, name, dnsSubdomain(name));
};

function secretReference(errors: FieldErrors, ref: core.SecretReference | undefined, path: string): void {
  if (!ref) return;
  if (!ref.name) errors.required(`${path}.name`);
  else errors.invalids(`${path}.name`, ref.name, dnsSubdomain(ref.name));
  if (!ref.namespace) errors.required(`${path}.namespace`);
  else errors.invalids(`${path}.namespace`, ref.namespace, dnsLabel(ref.namespace));
}

export const persistentCsi: SourceRule<core.CSIPersistentVolumeSource> = (errors, source, path) => {
  validateDriverName(errors, source.driver, `${path}.driver`);
  if (!source.volumeHandle) errors.required(`${path}.volumeHandle`);
  secretReference(errors, source.controllerPublishSecretRef, `${path}.controllerPublishSecretRef`);
  secretReference(errors, source.controllerExpandSecretRef, `${path}.controllerExpandSecretRef`);
  secretReference(errors, source.nodePublishSecretRef, `${path}.nodePublishSecretRef`);
  secretReference(errors, source.nodeExpandSecretRef, `${path}.nodeExpandSecretRef`);
};
