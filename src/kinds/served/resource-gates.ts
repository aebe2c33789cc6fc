// The feature gates of resources that are off by default.
// Upstream: the storage providers in k8s.io/kubernetes/pkg/registry/<group>/rest.
import type { ResourceDefinition } from '../registry.ts';

const gates: Readonly<Record<string, string>> = {
  'admissionregistration.k8s.io/mutatingadmissionpolicies': 'MutatingAdmissionPolicy',
  'admissionregistration.k8s.io/mutatingadmissionpolicybindings': 'MutatingAdmissionPolicy',
  'certificates.k8s.io/clustertrustbundles': 'ClusterTrustBundle',
  'certificates.k8s.io/podcertificaterequests': 'PodCertificateRequest',
  'coordination.k8s.io/leasecandidates': 'CoordinatedLeaderElection',
  'internal.apiserver.k8s.io/storageversions': 'StorageVersionAPI',
  'resource.k8s.io/devicetaintrules': 'DRADeviceTaintRules',
  'resource.k8s.io/resourcepoolstatusrequests': 'DRAResourcePoolStatus',
  'scheduling.k8s.io/podgroups': 'GenericWorkload',
  'scheduling.k8s.io/workloads': 'GenericWorkload',
  'storagemigration.k8s.io/storageversionmigrations': 'StorageVersionMigrator',
};

/** The gate of a resource; undefined where it has none. */
export function gateOf({ group, plural }: Pick<ResourceDefinition, 'group' | 'plural'>): string | undefined {
  return gates[`${group}/${plural}`];
}
