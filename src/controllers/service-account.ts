// Makes the service account `default` in every namespace. Upstream: pkg/controller/serviceaccount/serviceaccounts_controller.go.
import { isAlreadyExists, isNamespaceTerminating, isNotFound } from '../client/api-errors.ts';
import { namespaces, serviceAccounts } from '../client/resources.ts';
import { defineController } from './define-controller.ts';

const name = 'default';

/** Keys are namespaces. */
export const serviceAccountController = defineController({
  name: 'serviceaccount-controller',
  workers: 1,
  setup({ client, informers, queue }) {
    const accounts = informers.informer(serviceAccounts);
    const spaces = informers.informer(namespaces);
    accounts.addHandler({
      deleted: (account) => {
        if (account.metadata.name === name) queue.add(account.metadata.namespace!);
      },
    });
    spaces.addHandler({
      added: (namespace) => queue.add(namespace.metadata.name!),
      updated: (_old, namespace) => queue.add(namespace.metadata.name!),
    });
    return {
      async reconcile(namespace) {
        if (spaces.lister.get(namespace)?.status?.phase !== 'Active') return;
        if (accounts.lister.get(`${namespace}/${name}`)) return;
        try {
          await client.create(serviceAccounts, { metadata: { name, namespace } });
        } catch (error) {
          // the namespace may end meanwhile
          if (!isAlreadyExists(error) && !isNotFound(error) && !isNamespaceTerminating(error)) throw error;
        }
      },
    };
  },
});
