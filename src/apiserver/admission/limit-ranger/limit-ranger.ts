// Containers get the requests and limits that a namespace's LimitRanges give by default; pods and claims outside of their
// bounds are refused.
// Upstream: plugin/pkg/admission/limitranger/admission.go in kubernetes/kubernetes.
import type { LimitRange, PersistentVolumeClaim, Pod } from '#types/core_v1';
import { aggregateText } from '../../../api/field-error.ts';
import type { ServedResource } from '../../resources.ts';
import type { AdmissionRequest, AdmissionStep } from '../admission.ts';
import { refusal } from '../refusal.ts';
import { policiesOf } from '../stored-policies.ts';
import { claimProblems, podProblems } from './bounds.ts';
import { setDefaultResources } from './default-resources.ts';

/** What limits are about; undefined for everything that they do not touch. */
function limited(request: AdmissionRequest): 'pods' | 'persistentvolumeclaims' | undefined {
  const { operation, subresource, oldObject } = request;
  const { group, resource } = request.resource.groupResource;
  if (group !== '' || (operation !== 'CREATE' && operation !== 'UPDATE')) return undefined;
  if (oldObject?.metadata.deletionTimestamp) return undefined;
  if (resource === 'pods') {
    // a pod's containers can't change but by a resize
    const isResize = operation === 'UPDATE' && subresource === 'resize';
    return isResize || (operation === 'CREATE' && subresource === '') ? resource : undefined;
  }
  return resource === 'persistentvolumeclaims' && subresource === '' ? resource : undefined;
}

/** `limitRanges`: the resource of LimitRanges. */
export function limitRanger(limitRanges: () => ServedResource): AdmissionStep {
  const rangesFor = (request: AdmissionRequest): readonly LimitRange[] =>
    policiesOf<LimitRange>(limitRanges().cache!, request.namespace);
  return {
    name: 'LimitRanger',
    admit(request) {
      if (limited(request) !== 'pods') return;
      for (const range of rangesFor(request)) setDefaultResources(range, request.object as unknown as Pod);
    },
    validate(request) {
      const what = limited(request);
      if (!what) return;
      for (const range of rangesFor(request)) {
        const problems =
          what === 'pods'
            ? podProblems(range, request.object as unknown as Pod)
            : claimProblems(range, request.object as unknown as PersistentVolumeClaim);
        if (problems.length > 0) throw refusal(request, aggregateText(problems));
      }
    },
  };
}
