// How others check service account tokens: the issuer's discovery document and its keys.
// Upstream: pkg/serviceaccount/openidmetadata.go, pkg/routes/openidmetadata.go in kubernetes/kubernetes.
import { ApiError, failure } from '../api/status.ts';
import type { ServiceAccountTokens } from './authentication/service-account-tokens.ts';
import type { PathHandler } from './dispatch.ts';

const discoveryPath = '/.well-known/openid-configuration';
const keysPath = '/openid/v1/jwks';

function accepts(header: string | undefined, type: string): boolean {
  if (!header) return true;
  return header.split(',').some((part) => ['*/*', type].includes(part.split(';')[0]!.trim()));
}

function refuse(type: string): ApiError {
  return new ApiError(
    failure(406, 'NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${type}`, {}),
  );
}

/** Serves both documents; `address` gives host:port of the server. */
export function openIdPaths(
  tokens: ServiceAccountTokens,
  address: () => string,
): { handle: PathHandler; paths: string[] } {
  const handle: PathHandler = async (exchange) => {
    if (exchange.method !== 'GET' || (exchange.path !== discoveryPath && exchange.path !== keysPath))
      return false;
    const isKeys = exchange.path === keysPath;
    const type = isKeys ? 'application/jwk-set+json' : 'application/json';
    if (!accepts(exchange.header('accept'), type)) throw refuse(type);
    const { keys, algorithm } = await tokens.keySet();
    exchange.setHeader('Cache-Control', 'public, max-age=3600');
    const document = isKeys
      ? { keys }
      : {
          issuer: tokens.issuer,
          jwks_uri: `https://${address()}${keysPath}`,
          response_types_supported: ['id_token'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: [algorithm],
        };
    exchange.send(200, type, JSON.stringify(document));
    return true;
  };
  return { handle, paths: [discoveryPath, keysPath] };
}
