// The named checks behind the health endpoints. There is one storage and no start-up hook that can lag, so most of
// upstream's names are well as soon as the server answers; they are there because probes ask for them by name.
import type { HealthCheck } from './health.ts';

const hooks = [
  'start-apiserver-admission-initializer',
  'generic-apiserver-start-informers',
  'priority-and-fairness-config-consumer',
  'priority-and-fairness-filter',
  'storage-object-count-tracker-hook',
  'start-apiextensions-informers',
  'start-apiextensions-controllers',
  'crd-informer-synced',
  'start-system-namespaces-controller',
  'peer-endpoint-reconciler-controller',
  'start-cluster-authentication-info-controller',
  'start-kube-apiserver-identity-lease-controller',
  'start-kube-apiserver-identity-lease-garbage-collector',
  'storage-readiness',
  'start-legacy-token-tracking-controller',
  'start-service-ip-repair-controllers',
  'rbac/bootstrap-roles',
  'scheduling/bootstrap-system-priority-classes',
  'priority-and-fairness-config-producer',
  'bootstrap-controller',
  'start-kubernetes-service-cidr-controller',
  'aggregator-reload-proxy-client-cert',
  'start-kube-aggregator-informers',
  'apiservice-status-local-available-controller',
  'apiservice-status-remote-available-controller',
  'apiservice-registration-controller',
  'apiservice-discovery-controller',
  'kube-apiserver-autoregistration',
].map((name) => `poststarthook/${name}`);

const well = (name: string): HealthCheck => ({ name, check: () => undefined });

/** The checks of each endpoint. /readyz fails once the server shuts down, so that nobody is sent to it any more. */
export function serverHealthChecks(
  shutdown: AbortSignal,
): Record<'healthz' | 'livez' | 'readyz', HealthCheck[]> {
  const base = ['ping', 'log', 'etcd'];
  const alive = ['ping', 'log', 'loopback-serving-certificate', 'etcd'];
  const tail = [
    ...hooks,
    'autoregister-completion',
    'poststarthook/apiservice-openapi-controller',
    'poststarthook/apiservice-openapiv3-controller',
  ];
  const stopping: HealthCheck = {
    name: 'shutdown',
    check: () => (shutdown.aborted ? 'process is shutting down' : undefined),
  };
  return {
    healthz: [...alive, ...tail].map(well),
    livez: [...alive, ...tail].map(well),
    readyz: [...[...base, 'etcd-readiness', 'informer-sync', ...tail].map(well), stopping],
  };
}
