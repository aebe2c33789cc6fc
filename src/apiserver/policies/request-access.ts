// What expressions may ask of the authorizer: the rights of the request's user, or of a service account.
// Upstream: authorizerVal of k8s.io/apiserver/pkg/cel/library/authz.go.
import type { Access, ResourceQuestion } from '../../api/cel/functions/authorizer.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import type { UserInfo } from '../exchange.ts';

function serviceAccountUser(namespace: string, name: string): UserInfo {
  return {
    name: `system:serviceaccount:${namespace}:${name}`,
    uid: '',
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
    extra: {},
  };
}

/** The rights of a user. Selectors say nothing to an authorizer of roles. */
export function accessOf(authorizer: Authorizer, user: UserInfo): Access {
  const nowhere = { group: '', version: '', resource: '', subresource: '', namespace: '', name: '' };
  return {
    ofPath: (verb, path) => authorizer.authorize({ user, verb, isResource: false, ...nowhere, path }),
    ofResource(verb, { group, resource, subresource, namespace, name }: ResourceQuestion) {
      const of = { group, version: '*', resource, subresource, namespace, name, path: '' };
      return authorizer.authorize({ user, verb, isResource: true, ...of });
    },
    ofServiceAccount: (namespace, name) => accessOf(authorizer, serviceAccountUser(namespace, name)),
  };
}
