// Access to devices for administrators: only namespaces that are labelled for it may ask for it.
// Upstream: AuthorizedForAdmin and AuthorizedForAdminStatus in pkg/registry/resource/utils.go in kubernetes/kubernetes.
import type { DeviceRequest, DeviceRequestAllocationResult } from '#types/resource.k8s.io_v1';
import type { HookContext } from '../define-kind.ts';
import type { FieldErrors } from '../validation/field-errors.ts';

const label = 'resource.kubernetes.io/admin-access';

function validateNamespace(errors: FieldErrors, path: string, context: HookContext): void {
  if (context.namespaceLabels?.()?.[label] === 'true') return;
  errors.forbidden(
    path,
    `admin access to devices requires the \`${label}: true\` label on the containing namespace`,
  );
}

/** Checks the requests of a new claim or template; upstream names the first one's path as if it were a claim's. */
export function validateAdminRequests(
  errors: FieldErrors,
  requests: readonly DeviceRequest[] | null | undefined,
  context: HookContext,
): void {
  const at = (requests ?? []).findIndex((request) => request.exactly?.adminAccess === true);
  if (at >= 0) validateNamespace(errors, `spec.devices.requests[${at}].adminAccess`, context);
}

type Results = readonly DeviceRequestAllocationResult[] | null | undefined;

const firstOf = (results: Results): number =>
  (results ?? []).findIndex((result) => result.adminAccess === true);

/** Checks an allocation that grants what the one before did not. */
export function validateAdminResults(
  errors: FieldErrors,
  results: Results,
  before: Results,
  context: HookContext,
): void {
  const at = firstOf(results);
  if (at < 0 || firstOf(before) >= 0) return;
  validateNamespace(errors, `status.allocation.devices.results[${at}].adminAccess`, context);
}
