// What a PATCH asks for: its media type and its options, for objects and every subresource that is patched.
// Upstream: k8s.io/apiserver/pkg/endpoints/handlers/patch.go.
import { ApiError, failure } from '../../api/status.ts';
import type { Exchange } from '../exchange.ts';
import { patchOptionsOf, type WriteOptions } from '../request-options.ts';

/** The media types of patches, as 415 lists them. */
const patchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
] as const;

/** The media type of a PATCH, without its parameters. */
export function patchTypeOf(exchange: Exchange): string {
  return (exchange.header('content-type') ?? '').split(';')[0]!.trim();
}

/** The options of a PATCH. Throws 415 for a media type that is none of patches', or is server-side apply; 400 and 422. */
export function patchRequestOf(exchange: Exchange): WriteOptions {
  const type = patchTypeOf(exchange);
  if (!patchTypes.includes(type as (typeof patchTypes)[number]))
    throw new ApiError(failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {}));
  const isApply = type === 'application/apply-patch+yaml';
  const options = patchOptionsOf(exchange.query, isApply);
  if (isApply)
    throw new ApiError(
      failure(
        415,
        'UnsupportedMediaType',
        'server-side apply (application/apply-patch+yaml) is not supported by this server yet; use client-side apply',
      ),
    );
  return options;
}
