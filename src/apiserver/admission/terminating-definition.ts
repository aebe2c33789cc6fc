// Nothing new comes in while the definition of a custom resource is being deleted.
// Upstream: forbidCreateAdmission in k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_handler.go.
import { forbidden } from '../../api/status.ts';
import type { AdmissionStep } from './admission.ts';

/** Refuses creates of custom resources whose definition is being deleted. */
export const terminatingDefinition: AdmissionStep = {
  name: 'TerminatingDefinition',
  admit({ operation, resource, name }) {
    if (operation !== 'CREATE' || !resource.custom?.terminating) return;
    throw forbidden(
      resource.groupResource,
      name,
      'create not allowed while custom resource definition is terminating',
    );
  },
};
