// The expression language loads when the first admission configuration or selector with expressions comes in: validation
// does not wait for anything.
import {
  loadExpressions,
  mentionsExpressions,
} from '../../kinds/admissionregistration/expressions/lazy-expressions.ts';
import { loadSelectors, mentionsSelectors } from '../../kinds/resource/device-expressions/lazy-selectors.ts';
import type { AdmissionStep } from './admission.ts';

/** Loads what admission configurations with expressions, and selectors of devices, need. */
export const policyExpressions: AdmissionStep = {
  name: 'PolicyExpressions',
  admit({ resource, object }) {
    const { group } = resource.groupResource;
    if (object === undefined) return undefined;
    if (group === 'resource.k8s.io') return mentionsSelectors(object) ? loadSelectors() : undefined;
    const isConfiguration = group === 'admissionregistration.k8s.io';
    return isConfiguration && mentionsExpressions(object) ? loadExpressions() : undefined;
  },
};
