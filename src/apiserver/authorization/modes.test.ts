import { describe, expect, it } from 'vitest';
import type { AuthorizationAttributes, Authorizer } from './authorizer.ts';
import { type AuthorizationMode, authorizerOf, parseAuthorizationModes } from './modes.ts';

const rbac: Authorizer = {
  authorize: ({ verb }) =>
    verb === 'get' ? { allowed: true, reason: 'RBAC: allowed' } : { allowed: false, reason: 'RBAC: no' },
};

function decide(modes: readonly AuthorizationMode[], verb: string, ...groups: readonly string[]) {
  const user = { name: 'jane', uid: '', groups, extra: {} };
  const resource = { isResource: true, group: '', version: 'v1', resource: 'pods', subresource: '' };
  const attributes: AuthorizationAttributes = { user, verb, ...resource, namespace: '', name: '', path: '' };
  return authorizerOf(modes, rbac).authorize(attributes);
}

describe('authorization modes', () => {
  it('are asked in their order until one allows', () => {
    expect(decide(['RBAC', 'AlwaysAllow'], 'get')).toEqual({ allowed: true, reason: 'RBAC: allowed' });
    expect(decide(['RBAC', 'AlwaysAllow'], 'list')).toEqual({ allowed: true, reason: '' });
    expect(decide(['AlwaysAllow', 'RBAC'], 'get')).toEqual({ allowed: true, reason: '' });
  });

  it('give all reasons where none allows', () => {
    expect(decide(['AlwaysDeny', 'RBAC', 'Webhook', 'ABAC'], 'list')).toEqual({
      allowed: false,
      reason: 'Everything is forbidden.\nRBAC: no',
    });
  });

  it('judge nodes by roles without RBAC too', () => {
    expect(decide(['Node'], 'get', 'system:nodes').allowed).toBe(true);
    expect(decide(['Node'], 'get').allowed).toBe(false);
    expect(decide(['Node', 'RBAC'], 'list', 'system:nodes').reason).toBe('RBAC: no');
  });

  it('let system:masters do everything', () => {
    expect(decide(['AlwaysDeny'], 'list', 'system:masters')).toEqual({ allowed: true, reason: '' });
  });

  it.each([
    [['RBAC', 'Rbac'], 'authorization-mode "Rbac" is not a valid mode'],
    [['RBAC', 'RBAC'], 'authorization-mode ["RBAC" "RBAC"] has mode specified more than once'],
  ])('%s are refused', (texts, message) => {
    expect(() => parseAuthorizationModes(texts)).toThrow(new Error(message));
  });
});
