// What a PATCH asks for: its media type and its options, for objects and every subresource that is patched.
// Upstream: k8s.io/apiserver/pkg/endpoints/handlers/patch.go.
import { ApiError, failure, unsupportedMediaType } from '../../api/status.ts';
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

/** What a PATCH asks for. */
export interface PatchRequest extends WriteOptions {
  /** It is a server-side apply. */
  readonly isApply: boolean;
  /** An apply takes what others own. */
  readonly force: boolean;
}

/** The options of a PATCH, to a custom resource or not. Throws 415 for a media type that is none of patches'; 422. */
export function patchRequestOf(exchange: Exchange, custom = false): PatchRequest {
  const type = patchTypeOf(exchange);
  // custom resources have no merge keys
  if (custom && type === 'application/strategic-merge-patch+json')
    throw unsupportedMediaType(patchTypes.filter((known) => known !== type));
  if (!patchTypes.includes(type as (typeof patchTypes)[number]))
    throw new ApiError(failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {}));
  const isApply = type === 'application/apply-patch+yaml';
  const { force = false, ...options } = patchOptionsOf(exchange.query, isApply);
  return { ...options, isApply, force };
}
