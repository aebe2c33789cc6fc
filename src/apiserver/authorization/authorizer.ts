// Whether a user may do something.
// Upstream: k8s.io/apiserver/pkg/authorization/authorizer/interfaces.go, pkg/endpoints/filters/authorization.go.

import type { UserInfo } from '../exchange.ts';
import type { RequestInfo } from '../request-info.ts';

/** What is to be done. */
export interface AuthorizationAttributes {
  readonly user: UserInfo;
  readonly verb: string;
  readonly isResource: boolean;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** For non-resource requests. */
  readonly path: string;
}

/** A decision; `reason` explains it to the client. */
export interface Decision {
  readonly allowed: boolean;
  readonly reason: string;
}

export interface Authorizer {
  authorize(attributes: AuthorizationAttributes): Decision;
}

/** The attributes of a request. */
export function attributesOfRequest(user: UserInfo, info: RequestInfo): AuthorizationAttributes {
  const { verb, isResource, group, version, resource, subresource, namespace, name, path } = info;
  return { user, verb, isResource, group, version, resource, subresource, namespace, name, path };
}

/** system:masters may do everything; others are judged by `rules`. */
export function mastersFirst(rules: Authorizer): Authorizer {
  return {
    authorize(attributes) {
      if (attributes.user.groups.includes('system:masters')) return { allowed: true, reason: '' };
      return rules.authorize(attributes);
    },
  };
}

/** The text after `is forbidden: `. Upstream: responsewriters/errors.go forbiddenMessage. */
export function forbiddenText(a: AuthorizationAttributes, reason: string): string {
  const quote = JSON.stringify;
  let text: string;
  if (!a.isResource) text = `User ${quote(a.user.name)} cannot ${a.verb} path ${quote(a.path)}`;
  else {
    const resource = a.subresource === '' ? a.resource : `${a.resource}/${a.subresource}`;
    const where = a.namespace === '' ? 'at the cluster scope' : `in the namespace ${quote(a.namespace)}`;
    text = `User ${quote(a.user.name)} cannot ${a.verb} resource ${quote(resource)} in API group ${quote(a.group)} ${where}`;
  }
  return reason === '' ? text : `${text}: ${reason}`;
}
