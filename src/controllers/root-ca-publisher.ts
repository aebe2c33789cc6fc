// Publishes the cluster's certificate authority in every namespace, as the ConfigMap kube-root-ca.crt.
// Upstream: pkg/controller/certificates/rootcacertpublisher/publisher.go.
import type { ConfigMap } from '#types/core_v1';
import { isNamespaceTerminating, isNotFound } from '../client/api-errors.ts';
import { configMaps, namespaces } from '../client/resources.ts';
import { defineController } from './define-controller.ts';

const name = 'kube-root-ca.crt';
const annotation = 'kubernetes.io/description';
const description =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. ' +
  'No other usage is guaranteed across distributions of Kubernetes clusters.';

/** Keys are namespaces. */
export const rootCaPublisher = defineController({
  name: 'root-ca-certificate-publisher-controller',
  setup({ client, informers, queue, rootCertificateAuthority }) {
    const published = informers.informer(configMaps, { fieldSelector: `metadata.name=${name}` });
    const enqueue = (configMap: ConfigMap): void => queue.add(configMap.metadata.namespace!);
    published.addHandler({ updated: (_old, configMap) => enqueue(configMap), deleted: enqueue });
    informers.informer(namespaces).addHandler({
      added: (namespace) => queue.add(namespace.metadata.name!),
      updated: (_old, namespace) => {
        if (namespace.status?.phase === 'Active') queue.add(namespace.metadata.name!);
      },
    });

    async function create(namespace: string): Promise<void> {
      const configMap = {
        metadata: { name, namespace, annotations: { [annotation]: description } },
        data: { 'ca.crt': rootCertificateAuthority },
      };
      try {
        await client.create(configMaps, configMap);
      } catch (error) {
        if (!isNotFound(error) && !isNamespaceTerminating(error)) throw error;
      }
    }

    return {
      async reconcile(namespace) {
        const known = published.lister.get(`${namespace}/${name}`);
        if (!known) {
          await create(namespace);
          return;
        }
        const { data = {}, metadata } = known;
        const isRight = Object.keys(data).length === 1 && data['ca.crt'] === rootCertificateAuthority;
        if (isRight && metadata.annotations?.[annotation]) return;
        const annotations = { ...metadata.annotations, [annotation]: description };
        await client.update(configMaps, {
          ...known,
          metadata: { ...metadata, annotations },
          data: { 'ca.crt': rootCertificateAuthority },
        });
      },
    };
  },
});
