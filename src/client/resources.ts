// The built-in resources that our parts use, with their types. A new one is a line here.
import type { ValidatingAdmissionPolicy } from '#types/admissionregistration.k8s.io_v1';
import type { Deployment, ReplicaSet, StatefulSet } from '#types/apps_v1';
import type { Lease } from '#types/coordination.k8s.io_v1';
import type {
  ConfigMap,
  Endpoints,
  Event,
  Namespace,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  ReplicationController,
  Secret,
  Service,
  ServiceAccount,
} from '#types/core_v1';
import type { EndpointSlice } from '#types/discovery.k8s.io_v1';
import type { Event as EventV1 } from '#types/events.k8s.io_v1';
import type { IPAddress, ServiceCIDR } from '#types/networking.k8s.io_v1';
import type { PodDisruptionBudget } from '#types/policy_v1';
import type { StorageClass, VolumeAttributesClass } from '#types/storage.k8s.io_v1';
import { resource } from './resource.ts';

export const configMaps = resource<ConfigMap>('v1', 'ConfigMap', 'configmaps', 'Namespaced');
export const deployments = resource<Deployment>('apps/v1', 'Deployment', 'deployments', 'Namespaced');
export const endpoints = resource<Endpoints>('v1', 'Endpoints', 'endpoints', 'Namespaced');
export const endpointSlices = resource<EndpointSlice>(
  'discovery.k8s.io/v1',
  'EndpointSlice',
  'endpointslices',
  'Namespaced',
);
/** The core Event, as controllers and kubelets write it. */
export const events = resource<Event>('v1', 'Event', 'events', 'Namespaced');
/** The Event of events.k8s.io, as the scheduler writes it. */
export const eventsV1 = resource<EventV1>('events.k8s.io/v1', 'Event', 'events', 'Namespaced');
export const ipAddresses = resource<IPAddress>('networking.k8s.io/v1', 'IPAddress', 'ipaddresses', 'Cluster');
export const leases = resource<Lease>('coordination.k8s.io/v1', 'Lease', 'leases', 'Namespaced');
export const namespaces = resource<Namespace>('v1', 'Namespace', 'namespaces', 'Cluster');
export const nodes = resource<Node>('v1', 'Node', 'nodes', 'Cluster');
export const persistentVolumeClaims = resource<PersistentVolumeClaim>(
  'v1',
  'PersistentVolumeClaim',
  'persistentvolumeclaims',
  'Namespaced',
);
export const persistentVolumes = resource<PersistentVolume>(
  'v1',
  'PersistentVolume',
  'persistentvolumes',
  'Cluster',
);
export const podDisruptionBudgets = resource<PodDisruptionBudget>(
  'policy/v1',
  'PodDisruptionBudget',
  'poddisruptionbudgets',
  'Namespaced',
);
export const pods = resource<Pod>('v1', 'Pod', 'pods', 'Namespaced');
export const replicaSets = resource<ReplicaSet>('apps/v1', 'ReplicaSet', 'replicasets', 'Namespaced');
export const replicationControllers = resource<ReplicationController>(
  'v1',
  'ReplicationController',
  'replicationcontrollers',
  'Namespaced',
);
export const secrets = resource<Secret>('v1', 'Secret', 'secrets', 'Namespaced');
export const serviceAccounts = resource<ServiceAccount>(
  'v1',
  'ServiceAccount',
  'serviceaccounts',
  'Namespaced',
);
export const serviceCidrs = resource<ServiceCIDR>(
  'networking.k8s.io/v1',
  'ServiceCIDR',
  'servicecidrs',
  'Cluster',
);
export const services = resource<Service>('v1', 'Service', 'services', 'Namespaced');
export const statefulSets = resource<StatefulSet>('apps/v1', 'StatefulSet', 'statefulsets', 'Namespaced');
export const storageClasses = resource<StorageClass>(
  'storage.k8s.io/v1',
  'StorageClass',
  'storageclasses',
  'Cluster',
);
export const validatingAdmissionPolicies = resource<ValidatingAdmissionPolicy>(
  'admissionregistration.k8s.io/v1',
  'ValidatingAdmissionPolicy',
  'validatingadmissionpolicies',
  'Cluster',
);
export const volumeAttributesClasses = resource<VolumeAttributesClass>(
  'storage.k8s.io/v1',
  'VolumeAttributesClass',
  'volumeattributesclasses',
  'Cluster',
);
