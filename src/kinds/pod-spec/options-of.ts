// Finds what an updated pod spec may keep. Feature gates have their 1.36 defaults.
// Upstream: GetValidationOptionsFromPodSpecAndMeta in k8s.io/kubernetes/pkg/api/pod/util.go.

import type { PodAffinity, PodSpec } from '#types/core_v1';
import type { ObjectMeta } from '#types/meta_v1';
import { FieldErrors } from '../validation/field-errors.ts';
import { validateLocalPath } from '../validation/file-paths.ts';
import { hasInvalidSelectorValue, validateLabelSelector } from '../validation/labels.ts';
import { labelValue } from '../validation/names.ts';
import { isHugePages, isWholeHugePages } from '../validation/resource-names.ts';
import { isSidecar, someContainer } from './containers-of.ts';
import { isBadDeletionCost } from './deletion-cost.ts';
import { validateMatchLabelKeys } from './label-keys.ts';
import type { PodSpecOptions } from './options.ts';
import { hostSysctlFault } from './sysctls.ts';

const forPod: PodSpecOptions = { isPod: true };
const forTemplate: PodSpecOptions = { isPod: false };

function wholeHugePages(list: Record<string, string> | undefined): boolean {
  return Object.entries(list ?? {}).every(
    ([name, value]) => !isHugePages(name) || isWholeHugePages(name, value),
  );
}

function hasIndivisibleHugePages(spec: PodSpec): boolean {
  return (
    !wholeHugePages(spec.overhead) ||
    someContainer(
      spec,
      ({ resources }) => !wholeHugePages(resources?.limits) || !wholeHugePages(resources?.requests),
    )
  );
}

function affinityHasInvalidValue(affinity: PodAffinity | undefined): boolean {
  const terms = [
    ...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((term) => term.podAffinityTerm),
  ];
  return terms.some(
    (term) => hasInvalidSelectorValue(term.labelSelector) || hasInvalidSelectorValue(term.namespaceSelector),
  );
}

function nodeAffinityHasInvalidValue(spec: PodSpec): boolean {
  const terms =
    spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  return terms.some((term) =>
    term.matchExpressions?.some((requirement) =>
      requirement.values?.some((value) => labelValue(value).length > 0),
    ),
  );
}

function finds(check: (errors: FieldErrors) => void): boolean {
  const errors = new FieldErrors();
  check(errors);
  return !errors.empty;
}

function hasNonLocalTokenPath(spec: PodSpec): boolean {
  return finds((errors) => {
    for (const volume of spec.volumes ?? [])
      for (const source of volume.projected?.sources ?? [])
        if (source.serviceAccountToken) validateLocalPath(errors, source.serviceAccountToken.path, '');
  });
}

function optionsOf(old: PodSpec, isPod: boolean, meta: ObjectMeta | undefined): PodSpecOptions {
  const usesUserNamespace = old.hostUsers === false;
  const spread = old.topologySpreadConstraints ?? [];
  return {
    isPod,
    allowInvalidDeletionCost: isBadDeletionCost(meta?.annotations),
    allowInvalidSelectorValue:
      affinityHasInvalidValue(old.affinity?.podAffinity) ||
      affinityHasInvalidValue(old.affinity?.podAntiAffinity),
    allowInvalidNodeAffinityValue: nodeAffinityHasInvalidValue(old),
    allowInvalidSpreadSelector: finds((errors) => {
      for (const constraint of spread) validateLabelSelector(errors, constraint.labelSelector, '');
    }),
    oldViolatesMatchLabelKeys: finds((errors) => {
      for (const constraint of spread)
        validateMatchLabelKeys(errors, '', constraint.matchLabelKeys, undefined, constraint.labelSelector);
    }),
    allowIndivisibleHugePages: hasIndivisibleHugePages(old),
    allowNonLocalTokenPath: hasNonLocalTokenPath(old),
    allowHostSysctls: (old.securityContext?.sysctls ?? []).some(
      (sysctl) => hostSysctlFault(sysctl.name, old) !== undefined,
    ),
    allowMountOptionSELinux: old.securityContext?.seLinuxChangePolicy !== undefined,
    allowRestartContainerForInit: (old.initContainers ?? []).some(
      (container) =>
        !isSidecar(container) &&
        container.resizePolicy?.some((policy) => policy.restartPolicy === 'RestartContainer'),
    ),
    allowUserNamespaceHostNetwork: usesUserNamespace && old.hostNetwork === true,
    allowUserNamespaceVolumeDevices:
      usesUserNamespace && someContainer(old, (container) => (container.volumeDevices ?? []).length > 0),
    allowComparisonTolerations: (old.tolerations ?? []).some(
      (toleration) => toleration.operator === 'Lt' || toleration.operator === 'Gt',
    ),
  };
}

/** Options for a pod and the pod it replaces, if any. */
export function podOptions(old?: { spec: PodSpec; metadata: ObjectMeta }): PodSpecOptions {
  return old ? optionsOf(old.spec, true, old.metadata) : forPod;
}

/** Options for a pod template and the template it replaces, if any. */
export function templateOptions(old?: { spec: PodSpec; metadata: ObjectMeta } | null): PodSpecOptions {
  return old ? optionsOf(old.spec, false, old.metadata) : forTemplate;
}
