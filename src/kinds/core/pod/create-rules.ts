// The rules of a pod as a whole: its spec, its annotations, and what only holds on create.
// Upstream: ValidatePodCreate and validatePodMetadataAndSpec in k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import type { Pod } from '#types/core_v1';
import type { FieldError } from '../../../api/field-error.ts';
import { validatePodAnnotations, validateProfilesMatch } from '../../pod-spec/annotations.ts';
import { validateImageSpace } from '../../pod-spec/containers.ts';
import type { PodSpecOptions } from '../../pod-spec/options.ts';
import { podOptions } from '../../pod-spec/options-of.ts';
import { validatePodSpec } from '../../pod-spec/rules.ts';
import { FieldErrors } from '../../validation/field-errors.ts';

/** What create and update share. */
export function validatePodMetadataAndSpec(errors: FieldErrors, pod: Pod, options: PodSpecOptions): void {
  const { metadata, spec } = pod;
  validatePodAnnotations(errors, metadata.annotations, spec, 'metadata.annotations', options);
  validatePodSpec(errors, spec, 'spec', options, metadata);
  if (!spec.serviceAccountName) {
    spec.volumes?.forEach((volume, i) => {
      volume.projected?.sources?.forEach((source, j) => {
        if (!source.serviceAccountToken) return;
        errors.forbidden(
          `spec.volumes[${i}].projected.sources[${j}].serviceAccountToken`,
          'must not be specified when serviceAccountName is not set',
        );
      });
    });
  }
  spec.containers?.forEach((container, i) => {
    validateImageSpace(errors, container, `spec.containers[${i}]`);
  });
  spec.initContainers?.forEach((container, i) => {
    validateImageSpace(errors, container, `spec.initContainers[${i}]`);
  });
}

/** The rules of POST. */
export function validatePodCreate(pod: Pod): FieldError[] {
  const errors = new FieldErrors();
  validatePodMetadataAndSpec(errors, pod, podOptions());
  if (pod.spec.ephemeralContainers?.length)
    errors.forbidden('spec.ephemeralContainers', 'cannot be set on create');
  if (pod.spec.nodeName && pod.spec.schedulingGates?.length)
    errors.forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared');
  validateProfilesMatch(errors, pod.metadata, pod.spec, 'spec');
  return errors.list;
}
