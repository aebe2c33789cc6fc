// PersistentVolumeClaims: how many and how much storage, in all and of each storage class.
// Upstream: pkg/quota/v1/evaluator/core/persistent_volume_claims.go in kubernetes/kubernetes.
import type { PersistentVolumeClaim, ScopedResourceSelectorRequirement } from '#types/core_v1';
import { compareQuantities } from '../../../api/quantity.ts';
import type { ResourceList } from '../../../kinds/pod-spec/resources.ts';
import { wholeUnits } from './amounts.ts';
import { countName, type Evaluator } from './evaluator.ts';
import { scopeMatches } from './scope-selector.ts';

const names = ['persistentvolumeclaims', 'requests.storage'];
const count = countName('', 'persistentvolumeclaims');
const classSuffix = '.storageclass.storage.k8s.io/';
const scopeName = 'VolumeAttributesClass';

function storageClassOf({ metadata, spec }: PersistentVolumeClaim): string {
  return metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? '';
}

/** What is asked for, or what was given where that is more. */
function storageOf({ spec, status }: PersistentVolumeClaim): string | undefined {
  const asked = spec.resources?.requests?.['storage'];
  if (asked === undefined) return undefined;
  const requested = wholeUnits(asked);
  const given = status?.allocatedResources?.['storage'];
  return given !== undefined && compareQuantities(given, requested) > 0 ? wholeUnits(given) : requested;
}

/** The classes that a claim has, had and will have. */
function attributesClasses({ spec, status }: PersistentVolumeClaim): string[] {
  return [
    spec.volumeAttributesClassName,
    status?.currentVolumeAttributesClassName,
    status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
  ].filter((name): name is string => !!name);
}

function inScope(scope: ScopedResourceSelectorRequirement, claim: PersistentVolumeClaim): boolean {
  if (scope.scopeName !== scopeName) return false;
  const classes = attributesClasses(claim);
  return classes.length === 0
    ? scopeMatches(scope, undefined)
    : classes.some((name) => scopeMatches(scope, name));
}

export const claimEvaluator: Evaluator = {
  handles({ operation, subresource }) {
    if (subresource === '') return operation === 'CREATE' || operation === 'UPDATE';
    return subresource === 'status' && operation === 'UPDATE';
  },
  matchingResources: (asked) =>
    asked.filter(
      (name) => name === count || names.some((own) => name === own || name.endsWith(classSuffix + own)),
    ),
  inScope: (scope, object) => inScope(scope, object as unknown as PersistentVolumeClaim),
  usage(object) {
    const claim = object as unknown as PersistentVolumeClaim;
    const usage: ResourceList = { persistentvolumeclaims: '1', [count]: '1' };
    const storage = storageOf(claim);
    if (storage !== undefined) usage['requests.storage'] = storage;
    const storageClass = storageClassOf(claim);
    if (storageClass !== '')
      for (const name of names)
        if (usage[name] !== undefined) usage[storageClass + classSuffix + name] = usage[name];
    return usage;
  },
};
