// Under which key kube-apiserver stores an object in etcd: errors of preconditions name it.
// Upstream: SpecialDefaultResourcePrefixes in pkg/kubeapiserver/default_storage_factory_builder.go of kubernetes/kubernetes.
import type { ServedResource } from '../resources.ts';

const prefixes: Readonly<Record<string, string>> = {
  replicationcontrollers: 'controllers',
  endpoints: 'services/endpoints',
  nodes: 'minions',
  services: 'services/specs',
  'ingresses.networking.k8s.io': 'ingress',
};

// Their servers are others than the one of the usual kinds, and keep the group in the key.
const groupsWithName = new Set(['apiextensions.k8s.io', 'apiregistration.k8s.io']);

/** The key of an object: `/pods/default/web`, `/minions/n1`, `/registry/example.com/widgets/default/w`. */
export function etcdKey({ groupResource, custom }: ServedResource, namespace: string, name: string): string {
  const { group, resource } = groupResource;
  const usual = custom
    ? `registry/${group}/${resource}`
    : groupsWithName.has(group)
      ? `${group}/${resource}`
      : resource;
  const prefix = prefixes[group === '' ? resource : `${resource}.${group}`] ?? usual;
  return `/${prefix}/${namespace === '' ? '' : `${namespace}/`}${name}`;
}
