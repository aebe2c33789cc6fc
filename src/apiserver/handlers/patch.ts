// PATCH of an object or a subresource that is stored with it.
// Upstream: k8s.io/apiserver/pkg/endpoints/handlers/patch.go.
import { ApiError, failure, notFound } from '../../api/status.ts';
import { toStored } from '../encoding/body.ts';
import { patchOptionsOf } from '../request-options.ts';
import { ensureNamespace } from './create.ts';
import type { Handler } from './handler.ts';
import { dedupOwnerReferences } from './owner-references.ts';
import { applyPatch } from './patch-body.ts';
import { ensureName, runUpdate } from './update.ts';

/** The media types of patches, as 415 lists them. */
export const patchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
] as const;

/** The patch type of a request. Throws 415. */
function patchTypeOf(contentType: string | undefined): string {
  const type = (contentType ?? '').split(';')[0]!.trim();
  if (!patchTypes.includes(type as (typeof patchTypes)[number])) {
    throw new ApiError(failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {}));
  }
  return type;
}

/** Changes an object by a patch. */
export const patchHandler: Handler = async (exchange, resource, context) => {
  const type = patchTypeOf(exchange.header('content-type'));
  const isApply = type === 'application/apply-patch+yaml';
  const options = patchOptionsOf(exchange.query, isApply);
  if (isApply) {
    throw new ApiError(
      failure(
        415,
        'UnsupportedMediaType',
        'server-side apply (application/apply-patch+yaml) is not supported by this server yet; use client-side apply',
      ),
    );
  }
  const { namespace, name } = exchange.info;
  await runUpdate(exchange, resource, context, { dryRun: options.dryRun }, (current) => {
    if (current === undefined) throw notFound(resource.groupResource, name);
    const served = resource.conversion ? resource.conversion.fromStorage(current) : current;
    const patched = applyPatch(exchange, served, resource.definition.typeRef, options.fieldValidation);
    ensureNamespace(resource, patched, namespace);
    ensureName(patched, name);
    dedupOwnerReferences(patched, exchange);
    return toStored(resource, patched);
  });
};
