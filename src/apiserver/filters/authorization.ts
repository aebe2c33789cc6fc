// Asks whether the user may do this, or refuses with 403.
// Upstream: k8s.io/apiserver/pkg/endpoints/filters/authorization.go.
import { forbidden } from '../../api/status.ts';
import {
  type AuthorizationAttributes,
  type Authorizer,
  attributesOfRequest,
  forbiddenText,
} from '../authorization/authorizer.ts';
import type { Filter } from './filter.ts';

/** The 403 for something that the user may not do. */
export function forbiddenError(attributes: AuthorizationAttributes, reason: string): Error {
  const { isResource, group, resource, name } = attributes;
  const of = isResource ? { group, resource } : { group: '', resource: '' };
  return forbidden(of, isResource ? name : '', forbiddenText(attributes, reason));
}

/** The filter of an authorizer. */
export function authorizationFilter(authorizer: Authorizer): Filter {
  return (exchange) => {
    const attributes = attributesOfRequest(exchange.user, exchange.info);
    const { allowed, reason } = authorizer.authorize(attributes);
    if (allowed) return true;
    exchange.setHeader('X-Content-Type-Options', 'nosniff');
    throw forbiddenError(attributes, reason);
  };
}
