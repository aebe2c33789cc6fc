// DaemonSet of extensions/v1beta1: spec.templateGeneration is an annotation today.
// Upstream: pkg/apis/extensions/v1beta1/{defaults,conversion}.go of 1.15.
import type * as appsV1 from '#types/apps_v1';
import type * as extensionsV1beta1 from '#types/extensions_v1beta1';
import { annotationNumber, dropAnnotation, setAnnotation } from './annotations.ts';
import { legacyConversion } from './convert.ts';
import { takeTemplateLabels } from './template-labels.ts';

const generationAnnotation = 'deprecated.daemonset.template.generation';

/** extensions/v1beta1. */
export const extensionsDaemonSet = legacyConversion<extensionsV1beta1.DaemonSet, appsV1.DaemonSet>({
  old: 'extensions/v1beta1',
  today: 'apps/v1',
  setDefaults(daemonSet) {
    takeTemplateLabels(daemonSet);
    const { spec } = daemonSet;
    spec.updateStrategy ??= {};
    if (!spec.updateStrategy.type) spec.updateStrategy.type = 'OnDelete';
    spec.revisionHistoryLimit ??= 10;
  },
  toToday({ spec, ...rest }) {
    const { templateGeneration = 0, ...kept } = spec;
    const today = { ...rest, spec: kept } as appsV1.DaemonSet;
    setAnnotation(today.metadata, generationAnnotation, String(templateGeneration));
    return today;
  },
  toOld(today) {
    const old = today as unknown as extensionsV1beta1.DaemonSet;
    const generation = annotationNumber(today.metadata, generationAnnotation);
    dropAnnotation(old.metadata, generationAnnotation);
    if (generation) old.spec.templateGeneration = generation;
    return old;
  },
});
