// The expression language loads when the first CustomResourceDefinition with validation rules comes in: validation of
// definitions does not wait for anything.
import type { CustomResourceDefinition } from '#types/apiextensions.k8s.io_v1';
import { loadRules, mentionsRules } from '../../kinds/custom/rules/lazy-rules.ts';
import type { AdmissionStep } from './admission.ts';

/** Whether some version of a definition has rules. */
export function hasRules({ spec }: CustomResourceDefinition): boolean {
  return spec.versions?.some(({ schema }) => mentionsRules(schema?.openAPIV3Schema)) ?? false;
}

/** Loads what definitions with rules need. */
export const definitionRules: AdmissionStep = {
  name: 'DefinitionRules',
  async admit({ resource, object, subresource }) {
    if (resource.groupResource.resource !== 'customresourcedefinitions' || subresource !== '' || !object)
      return;
    if (resource.groupResource.group !== 'apiextensions.k8s.io') return;
    if (hasRules(object as unknown as CustomResourceDefinition)) await loadRules();
  },
};
