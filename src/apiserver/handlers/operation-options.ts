// The options of a request as admission is shown them: what the client gave, beside their kind and dryRun.
// Upstream: GetOperationOptions of k8s.io/apiserver/pkg/admission/attributes.go.
import type { JsonObject } from '../../api/object.ts';
import type { DeleteOptions } from '../request-options.ts';

/** Options of creates, updates and patches. */
export function writeOperationOptions(query: URLSearchParams): JsonObject {
  const options: JsonObject = {};
  for (const name of ['fieldManager', 'fieldValidation']) {
    const value = query.get(name);
    if (value) options[name] = value;
  }
  return options;
}

/** Options of deletions. */
export function deleteOperationOptions(options: DeleteOptions): JsonObject {
  const { gracePeriodSeconds, preconditions, orphanDependents, propagationPolicy } = options;
  return {
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    ...(preconditions && { preconditions: { ...preconditions } }),
    ...(orphanDependents !== undefined && { orphanDependents }),
    ...(propagationPolicy && { propagationPolicy }),
  };
}
