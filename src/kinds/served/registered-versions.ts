// The group versions that upstream's server knows, served or not: what --runtime-config may name.
// Upstream: k8s.io/kubernetes/pkg/api/legacyscheme and what pkg/controlplane/import_known_versions.go installs into it.
import { everyGroup } from '../registry.ts';

/** Known to upstream besides those that can be served: types that are only converted or sent to webhooks. */
const unserved: Readonly<Record<string, readonly string[]>> = {
  'admission.k8s.io': ['v1', 'v1beta1'],
  'apiextensions.k8s.io': ['v1beta1'],
  'apiregistration.k8s.io': ['v1beta1'],
  apps: ['v1beta1', 'v1beta2'],
  'authentication.k8s.io': ['v1alpha1', 'v1beta1'],
  'authorization.k8s.io': ['v1beta1'],
  batch: ['v1beta1'],
  'discovery.k8s.io': ['v1beta1'],
  'events.k8s.io': ['v1beta1'],
  extensions: ['v1beta1'],
  'flowcontrol.apiserver.k8s.io': ['v1beta1', 'v1beta2', 'v1beta3'],
  'imagepolicy.k8s.io': ['v1alpha1'],
  'node.k8s.io': ['v1alpha1', 'v1beta1'],
  policy: ['v1beta1'],
  'rbac.authorization.k8s.io': ['v1alpha1', 'v1beta1'],
  'scheduling.k8s.io': ['v1beta1'],
  'storage.k8s.io': ['v1alpha1'],
};

/** Versions that upstream has forgotten altogether, for servers that serve them all the same. */
const forgotten: Readonly<Record<string, readonly string[]>> = { autoscaling: ['v2beta1', 'v2beta2'] };

function versionsOf(group: string): readonly string[] {
  const served = everyGroup().find((g) => g.group === group)?.versions ?? [];
  return [...served, ...(Object.hasOwn(unserved, group) ? unserved[group]! : [])];
}

/** Whether upstream knows the group. */
export function isRegisteredGroup(group: string): boolean {
  return versionsOf(group).length > 0;
}

/** Whether upstream knows the version of the group; with `legacyApis`, whether it ever did. */
export function isRegisteredVersion(group: string, version: string, legacyApis: boolean): boolean {
  return versionsOf(group).includes(version) || (legacyApis && forgotten[group]?.includes(version) === true);
}
