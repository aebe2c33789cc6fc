// What creates by another verb takes the permission to create, too.
// Upstream: withAuthorization in k8s.io/apiserver/pkg/endpoints/handlers/update.go and ensureAuthorizedForVerb in
// k8s.io/kubernetes/pkg/registry/core/pod/rest/authorize.go.
import { forbidden } from '../../api/status.ts';
import { attributesOfRequest } from '../authorization/authorizer.ts';
import type { Exchange } from '../exchange.ts';
import { forbiddenError } from '../filters/authorization.ts';
import type { HandlerContext } from './handler.ts';

/** Throws 403 where the user of a request may not create what its path names. */
export function requireCreate({ user, info }: Exchange, { authorizer }: HandlerContext): void {
  const attributes = { ...attributesOfRequest(user, info), verb: 'create' };
  const { allowed, reason } = authorizer.authorize(attributes);
  if (!allowed) throw forbiddenError(attributes, reason);
}

/** The same for connections to pods, where upstream has nothing but the authorizer's reason to tell. */
export function requireConnect({ user, info }: Exchange, { authorizer }: HandlerContext): void {
  const { allowed, reason } = authorizer.authorize({ ...attributesOfRequest(user, info), verb: 'create' });
  if (!allowed) throw forbidden({ group: info.group, resource: info.resource }, info.name, reason);
}
