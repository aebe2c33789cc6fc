// The expression language loads when the first admission configuration with expressions comes in: validation of
// configurations does not wait for anything.
import {
  loadExpressions,
  mentionsExpressions,
} from '../../kinds/admissionregistration/expressions/lazy-expressions.ts';
import type { AdmissionStep } from './admission.ts';

/** Loads what admission configurations with expressions need. */
export const policyExpressions: AdmissionStep = {
  name: 'PolicyExpressions',
  admit({ resource, object }) {
    const isConfiguration = resource.groupResource.group === 'admissionregistration.k8s.io';
    return isConfiguration && object && mentionsExpressions(object) ? loadExpressions() : undefined;
  },
};
