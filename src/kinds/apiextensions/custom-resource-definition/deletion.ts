// How a CustomResourceDefinition is deleted: the first request marks it, its objects go, then it.
// Upstream: REST.Delete in k8s.io/apiextensions-apiserver/pkg/registry/customresourcedefinition/etcd.go.
import type { CustomResourceDefinition } from '#types/apiextensions.k8s.io_v1';
import type { KubeObject } from '../../../api/object.ts';
import type { TwoPhaseDeletion } from '../../define-kind.ts';

/** The finalizer that holds a definition until its objects are gone. */
export const customResourceCleanup = 'customresourcecleanup.apiextensions.k8s.io';

/** Marks a definition for its end. */
export const definitionDeletion: TwoPhaseDeletion<CustomResourceDefinition & KubeObject> = {
  begin({ metadata, status }) {
    metadata.finalizers ??= [];
    if (!metadata.finalizers.includes(customResourceCleanup)) metadata.finalizers.push(customResourceCleanup);
    const conditions = (status.conditions ?? []).filter(({ type }) => type !== 'Terminating');
    conditions.push({
      type: 'Terminating',
      status: 'True',
      lastTransitionTime: metadata.deletionTimestamp ?? null,
      reason: 'InstanceDeletionPending',
      message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
    });
    status.conditions = conditions;
  },
  // its finalizer does
  pending: () => false,
};
