// StatefulSet of apps/v1beta1. Upstream: pkg/apis/apps/v1beta1/{defaults,conversion}.go.
import type * as appsV1 from '#types/apps_v1';
import type * as appsV1beta1 from '#types/apps_v1beta1';
import { legacyConversion } from './convert.ts';
import { takeTemplateLabels } from './template-labels.ts';

/** apps/v1beta1. */
export const appsV1beta1StatefulSet = legacyConversion<appsV1beta1.StatefulSet, appsV1.StatefulSet>({
  old: 'apps/v1beta1',
  today: 'apps/v1',
  setDefaults(statefulSet) {
    const { spec } = statefulSet;
    if (!spec.podManagementPolicy) spec.podManagementPolicy = 'OrderedReady';
    spec.updateStrategy ??= {};
    if (!spec.updateStrategy.type) spec.updateStrategy.type = 'OnDelete';
    takeTemplateLabels(statefulSet);
    spec.replicas ??= 1;
    spec.revisionHistoryLimit ??= 10;
  },
  toToday(statefulSet) {
    const today = statefulSet as unknown as appsV1.StatefulSet;
    // the old field tells absent from 0
    if (today.status?.observedGeneration === 0) delete today.status.observedGeneration;
    return today;
  },
  toOld: (statefulSet) => statefulSet as unknown as appsV1beta1.StatefulSet,
});
