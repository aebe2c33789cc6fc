// Writes stay within the quotas of their namespace.
// Upstream: k8s.io/apiserver/pkg/admission/plugin/resourcequota.

import type { ResourceQuota } from '#types/core_v1';
import { copyJson } from '../../../api/json-object.ts';
import type { KubeObject } from '../../../api/object.ts';
import type { ServedResource } from '../../resources.ts';
import { updateOwn } from '../../store/own-writes.ts';
import type { StoreDependencies } from '../../store/write-context.ts';
import type { AdmissionStep } from '../admission.ts';
import { policiesOf } from '../stored-policies.ts';
import { evaluatorOf } from './evaluators.ts';
import { type QuotaStore, QuotaTurns } from './quota-turns.ts';

function quotaStore(quotas: () => ServedResource, dependencies: () => StoreDependencies): QuotaStore {
  return {
    list: (namespace) => policiesOf<ResourceQuota>(quotas().cache!, namespace),
    async updateUsed({ metadata, status }) {
      const change = (current: KubeObject): KubeObject => ({
        ...current,
        // a quota that somebody else wrote meanwhile is a conflict
        metadata: { ...current.metadata, resourceVersion: metadata.resourceVersion! },
        status: copyJson(status),
      });
      const target = {
        namespace: metadata.namespace!,
        name: metadata.name!,
        subresource: 'status',
        bypassStrategy: true,
      };
      await updateOwn(quotas(), target, change, dependencies());
    },
  };
}

/** `quotas`: the resource of ResourceQuotas; `dependencies`: what writes their status. */
export function resourceQuota(
  quotas: () => ServedResource,
  dependencies: () => StoreDependencies,
): AdmissionStep {
  const store = quotaStore(quotas, dependencies);
  const turns = new QuotaTurns(store, () => dependencies().clock.now());
  return {
    name: 'ResourceQuota',
    validate(request) {
      const { operation, resource, namespace } = request;
      if (namespace === '' || !resource.definition.namespaced || !request.object) return;
      if (operation !== 'CREATE' && operation !== 'UPDATE') return;
      const evaluator = evaluatorOf(resource.groupResource);
      if (!evaluator?.handles(request) || store.list(namespace).length === 0) return;
      return turns.take(request, evaluator);
    },
  };
}
