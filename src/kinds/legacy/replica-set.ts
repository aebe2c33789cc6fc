// ReplicaSet of extensions/v1beta1. Upstream: pkg/apis/extensions/v1beta1/{defaults,conversion}.go of 1.15.
import type * as appsV1 from '#types/apps_v1';
import type * as extensionsV1beta1 from '#types/extensions_v1beta1';
import { legacyConversion } from './convert.ts';
import { takeTemplateLabels } from './template-labels.ts';

/** extensions/v1beta1. */
export const extensionsReplicaSet = legacyConversion<extensionsV1beta1.ReplicaSet, appsV1.ReplicaSet>({
  old: 'extensions/v1beta1',
  today: 'apps/v1',
  setDefaults(replicaSet) {
    takeTemplateLabels(replicaSet);
    replicaSet.spec.replicas ??= 1;
  },
  toToday: (replicaSet) => replicaSet as unknown as appsV1.ReplicaSet,
  toOld: (replicaSet) => replicaSet as unknown as extensionsV1beta1.ReplicaSet,
});
