// The 403 of an admission step.
// Upstream: NewForbidden in k8s.io/apiserver/pkg/admission/errors.go.
import { type ApiError, forbidden } from '../../api/status.ts';
import type { AdmissionRequest } from './admission.ts';

/** Refuses a request and says why. A new object without a name goes by its generateName. */
export function refusal(request: AdmissionRequest, why: string): ApiError {
  const metadata = request.object?.metadata;
  const name = request.name || metadata?.name || metadata?.generateName || 'Unknown';
  return forbidden(request.resource.groupResource, name, why);
}
