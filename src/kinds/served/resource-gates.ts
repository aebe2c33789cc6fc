// The feature gates without which resources are not served, whatever --runtime-config says.
// Upstream: the storage providers in k8s.io/kubernetes/pkg/registry/<group>/rest.
import type { ResourceDefinition } from '../registry.ts';

const gates: Readonly<Record<string, string>> = {
  'certificates.k8s.io/clustertrustbundles': 'ClusterTrustBundle',
  'certificates.k8s.io/podcertificaterequests': 'PodCertificateRequest',
  'scheduling.k8s.io/podgroups': 'GenericWorkload',
  'scheduling.k8s.io/workloads': 'GenericWorkload',
  'storagemigration.k8s.io/storageversionmigrations': 'StorageVersionMigrator',
};

/** The gate of a resource; undefined where it has none. */
export function gateOf({ group, plural }: Pick<ResourceDefinition, 'group' | 'plural'>): string | undefined {
  return gates[`${group}/${plural}`];
}
