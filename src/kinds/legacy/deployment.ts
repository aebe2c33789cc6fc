// Deployment of extensions/v1beta1 and apps/v1beta1: rollbackTo is an annotation today.
// Upstream: the defaults.go and conversion.go of pkg/apis/extensions/v1beta1, apps/v1beta1 and apps/v1 of 1.15.
import type * as appsV1 from '#types/apps_v1';
import type * as appsV1beta1 from '#types/apps_v1beta1';
import type * as extensionsV1beta1 from '#types/extensions_v1beta1';
import { annotationNumber, dropAnnotation, setAnnotation } from './annotations.ts';
import { legacyConversion } from './convert.ts';
import { takeTemplateLabels } from './template-labels.ts';

type OldDeployment = extensionsV1beta1.Deployment | appsV1beta1.Deployment;

/** Where today's versions keep spec.rollbackTo.revision. */
const rollbackAnnotation = 'deprecated.deployment.rollback.to';
const maxInt32 = 2 ** 31 - 1;

function toToday<Old extends OldDeployment>({ spec, ...rest }: Old): appsV1.Deployment {
  const { rollbackTo, ...kept } = spec;
  const today = { ...rest, spec: kept } as appsV1.Deployment;
  if (rollbackTo) setAnnotation(today.metadata, rollbackAnnotation, String(rollbackTo.revision ?? 0));
  else dropAnnotation(today.metadata, rollbackAnnotation);
  return today;
}

function toOld<Old extends OldDeployment>(today: appsV1.Deployment): Old {
  const old = today as unknown as Old;
  const revision = annotationNumber(today.metadata, rollbackAnnotation);
  dropAnnotation(old.metadata, rollbackAnnotation);
  if (revision !== undefined) old.spec.rollbackTo = revision === 0 ? {} : { revision };
  return old;
}

function setStrategy(spec: OldDeployment['spec'], amount: number | string): void {
  spec.strategy ??= {};
  if (!spec.strategy.type) spec.strategy.type = 'RollingUpdate';
  if (spec.strategy.type !== 'RollingUpdate') return;
  spec.strategy.rollingUpdate ??= {};
  spec.strategy.rollingUpdate.maxUnavailable ??= amount;
  spec.strategy.rollingUpdate.maxSurge ??= amount;
}

/** extensions/v1beta1. */
export const extensionsDeployment = legacyConversion<extensionsV1beta1.Deployment, appsV1.Deployment>({
  old: 'extensions/v1beta1',
  today: 'apps/v1',
  setDefaults(deployment) {
    takeTemplateLabels(deployment);
    const { spec } = deployment;
    spec.replicas ??= 1;
    setStrategy(spec, 1);
    spec.revisionHistoryLimit ??= maxInt32;
    spec.progressDeadlineSeconds ??= maxInt32;
  },
  toToday,
  toOld,
});

/** apps/v1beta1. */
export const appsV1beta1Deployment = legacyConversion<appsV1beta1.Deployment, appsV1.Deployment>({
  old: 'apps/v1beta1',
  today: 'apps/v1',
  setDefaults(deployment) {
    takeTemplateLabels(deployment);
    const { spec } = deployment;
    spec.replicas ??= 1;
    setStrategy(spec, '25%');
    spec.revisionHistoryLimit ??= 2;
    spec.progressDeadlineSeconds ??= 600;
  },
  toToday,
  toOld,
});
