// Cluster DNS as kubeadm installs it: the objects are there and look as usual; its containers are simulated like all others.
// Upstream: cmd/kubeadm/app/phases/addons/dns.
import type { Deployment } from '#types/apps_v1';
import type { ConfigMap, Service, ServiceAccount } from '#types/core_v1';
import { isAlreadyExists } from '../../client/api-errors.ts';
import type { Client, Draft } from '../../client/client.ts';
import { configMaps, deployments, serviceAccounts, services } from '../../client/resources.ts';

const namespace = 'kube-system';
const image = 'registry.k8s.io/coredns/coredns:v1.12.1';
const labels = { 'k8s-app': 'kube-dns' };

const corefile = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf
    cache 30
    loop
    reload
    loadbalance
}
`;

const account: Draft<ServiceAccount> = { metadata: { name: 'coredns', namespace } };
const config: Draft<ConfigMap> = { metadata: { name: 'coredns', namespace }, data: { Corefile: corefile } };

function service(clusterIP: string): Draft<Service> {
  const port = (name: string, number: number, protocol: string) => ({
    name,
    port: number,
    protocol,
    targetPort: number,
  });
  return {
    metadata: {
      name: 'kube-dns',
      namespace,
      annotations: { 'prometheus.io/port': '9153', 'prometheus.io/scrape': 'true' },
      labels: { ...labels, 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS' },
    },
    spec: {
      clusterIP,
      selector: labels,
      ports: [port('dns', 53, 'UDP'), port('dns-tcp', 53, 'TCP'), port('metrics', 9153, 'TCP')],
    },
  };
}

const deployment: Draft<Deployment> = {
  metadata: { name: 'coredns', namespace, labels },
  spec: {
    replicas: 1,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        priorityClassName: 'system-cluster-critical',
        serviceAccountName: 'coredns',
        nodeSelector: { 'kubernetes.io/os': 'linux' },
        tolerations: [
          { key: 'CriticalAddonsOnly', operator: 'Exists' },
          { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' },
        ],
        dnsPolicy: 'Default',
        volumes: [
          {
            name: 'config-volume',
            configMap: { name: 'coredns', items: [{ key: 'Corefile', path: 'Corefile' }] },
          },
        ],
        containers: [
          {
            name: 'coredns',
            image,
            args: ['-conf', '/etc/coredns/Corefile'],
            resources: { limits: { memory: '170Mi' }, requests: { cpu: '100m', memory: '70Mi' } },
            volumeMounts: [{ name: 'config-volume', mountPath: '/etc/coredns', readOnly: true }],
            ports: [
              { containerPort: 53, name: 'dns', protocol: 'UDP' },
              { containerPort: 53, name: 'dns-tcp', protocol: 'TCP' },
              { containerPort: 9153, name: 'metrics', protocol: 'TCP' },
            ],
            livenessProbe: {
              httpGet: { path: '/health', port: 8080, scheme: 'HTTP' },
              initialDelaySeconds: 60,
              timeoutSeconds: 5,
              successThreshold: 1,
              failureThreshold: 5,
            },
            readinessProbe: { httpGet: { path: '/ready', port: 8181, scheme: 'HTTP' } },
          },
        ],
      },
    },
  },
};

/** Makes the objects of cluster DNS where they are missing; what is there is let be. `address`: that of the service. */
export async function installCoreDns(client: Client, address: string): Promise<void> {
  const made = [
    client.create(serviceAccounts, account),
    client.create(configMaps, config),
    client.create(services, service(address)),
    client.create(deployments, deployment),
  ];
  for (const result of await Promise.allSettled(made))
    if (result.status === 'rejected' && !isAlreadyExists(result.reason)) throw result.reason;
}
