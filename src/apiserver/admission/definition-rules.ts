// What definitions are checked with loads when the first CustomResourceDefinition with validation rules, or with defaults,
// comes in: validation of definitions does not wait for anything.
import type { CustomResourceDefinition, JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import { loadRules, mentionsRules } from '../../kinds/custom/rules/lazy-rules.ts';
import { loadDefaultChecks, mentionsDefaults } from '../../kinds/custom/schema/lazy-defaults.ts';
import type { AdmissionStep } from './admission.ts';

function schemasOf({ spec }: CustomResourceDefinition): (JSONSchemaProps | undefined)[] {
  return spec.versions?.map(({ schema }) => schema?.openAPIV3Schema) ?? [];
}

/** Whether some version of a definition has rules. */
export function hasRules(definition: CustomResourceDefinition): boolean {
  return schemasOf(definition).some(mentionsRules);
}

/** Loads what definitions with rules or defaults need. */
export const definitionRules: AdmissionStep = {
  name: 'DefinitionRules',
  async admit({ resource, object, subresource }) {
    if (resource.groupResource.resource !== 'customresourcedefinitions' || subresource !== '' || !object)
      return;
    if (resource.groupResource.group !== 'apiextensions.k8s.io') return;
    const definition = object as unknown as CustomResourceDefinition;
    if (hasRules(definition)) await loadRules();
    if (schemasOf(definition).some(mentionsDefaults)) await loadDefaultChecks();
  },
};
