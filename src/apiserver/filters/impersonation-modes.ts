// The ways to impersonate somebody, the narrow ones first: for each, what the requester must be allowed to do.
// Upstream: k8s.io/apiserver/pkg/endpoints/filters/impersonation/mode.go.
import { goQuote } from '../../api/go-text.ts';
import { dnsSubdomain } from '../../kinds/validation/names.ts';
import type { AuthorizationAttributes, Authorizer } from '../authorization/authorizer.ts';
import type { UserInfo } from '../exchange.ts';
import { forbiddenError } from './authorization.ts';

/** Checks that a requester may impersonate somebody. */
interface Mode {
  readonly authorizer: Authorizer;
  readonly requestor: UserInfo;
  readonly verb: string;
  /** Whether it is one of the narrow ways, which are stricter than the old one. */
  readonly constrained: boolean;
}

const serviceAccountName = /^system:serviceaccount:([^:]+):([^:]+)$/;
const nodePrefix = 'system:node:';
const nodeNameKey = 'authentication.kubernetes.io/node-name';
/** From so many checks on, one that stands for all is tried first. */
const manyChecks = 4;

function serviceAccountOf(user: string): { namespace: string; name: string } | undefined {
  const match = serviceAccountName.exec(user);
  return match ? { namespace: match[1]!, name: match[2]! } : undefined;
}

function nodeOf(user: string): string | undefined {
  if (!user.startsWith(nodePrefix)) return undefined;
  const name = user.slice(nodePrefix.length);
  return dnsSubdomain(name).length === 0 ? name : undefined;
}

function isNameAlone({ uid, groups, extra }: UserInfo): boolean {
  return uid === '' && groups.length === 0 && Object.keys(extra).length === 0;
}

function require(authorizer: Authorizer, attributes: AuthorizationAttributes): void {
  const { allowed, reason } = authorizer.authorize(attributes);
  if (!allowed) throw forbiddenError(attributes, reason);
}

function attributesOf(
  { requestor, verb }: Mode,
  group: string,
  resource: string,
  name = '',
): AuthorizationAttributes {
  const nothing = { namespace: '', subresource: '', path: '' };
  return { user: requestor, verb, isResource: true, group, version: 'v1', resource, name, ...nothing };
}

/** Tries a check that stands for all others. */
function mayAll({ authorizer, constrained }: Mode, checks: number, all: AuthorizationAttributes): boolean {
  return constrained && checks >= manyChecks && authorizer.authorize(all).allowed;
}

function checkUser(mode: Mode, wanted: UserInfo, group: string): string[] {
  const node = mode.constrained ? nodeOf(wanted.name) : undefined;
  const account = serviceAccountOf(wanted.name);
  let attributes = attributesOf(mode, group, 'users', wanted.name);
  let groups = [...wanted.groups];
  if (node !== undefined) {
    attributes = { ...attributes, resource: 'nodes', name: node };
    groups = ['system:nodes'];
  } else if (account) {
    attributes = { ...attributes, resource: 'serviceaccounts', ...account };
    if (groups.length === 0)
      groups = ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`];
  }
  require(mode.authorizer, attributes);
  return groups;
}

function checkGroups(mode: Mode, groups: readonly string[], group: string): void {
  const of = (name: string): AuthorizationAttributes => attributesOf(mode, group, 'groups', name);
  if (mode.constrained && groups.includes(''))
    throw forbiddenError(of(''), 'impersonating the empty string group is not allowed');
  if (mode.constrained && groups.includes('system:masters'))
    throw forbiddenError(of('system:masters'), 'impersonating the system:masters group is not allowed');
  if (mayAll(mode, groups.length, of('*'))) return;
  for (const name of groups) require(mode.authorizer, of(name));
}

function extraFault(extra: UserInfo['extra']): string | undefined {
  for (const [key, values] of Object.entries(extra)) {
    if (key === '') return 'impersonating the empty string key in extra is not allowed';
    if (key !== key.toLowerCase())
      return `impersonating a non-lowercase key in extra is not allowed: ${goQuote(key)}`;
    if (values.length === 0) return 'impersonating empty values in extra is not allowed';
    if (values.includes('')) return 'impersonating the empty string value in extra is not allowed';
  }
  return undefined;
}

function checkExtra(mode: Mode, extra: UserInfo['extra']): void {
  const of = attributesOf(mode, 'authentication.k8s.io', 'userextras');
  const fault = mode.constrained ? extraFault(extra) : undefined;
  if (fault !== undefined) throw forbiddenError(of, fault);
  const checks = Math.max(Object.keys(extra).length, Object.values(extra).flat().length);
  if (mayAll(mode, checks, { ...of, subresource: '*', name: '*' })) return;
  for (const [key, values] of Object.entries(extra))
    for (const value of values) require(mode.authorizer, { ...of, subresource: key, name: value });
}

function withImpliedGroup(name: string, groups: string[]): string[] {
  const implied = name === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated';
  const has = groups.includes(implied) || groups.includes('system:unauthenticated');
  return has ? groups : [...groups, implied];
}

/** Everything that is wanted, part by part. Gives the user; throws 403. */
function impersonate(mode: Mode, wanted: UserInfo): UserInfo {
  const group = mode.constrained ? 'authentication.k8s.io' : '';
  const groups = checkUser(mode, wanted, group);
  if (wanted.uid) require(mode.authorizer, attributesOf(mode, 'authentication.k8s.io', 'uids', wanted.uid));
  checkGroups(mode, wanted.groups, group);
  checkExtra(mode, wanted.extra);
  return { ...wanted, groups: withImpliedGroup(wanted.name, groups) };
}

/** Narrow ways: `fits` says whether one is for what is wanted. */
const constrainedModes: readonly { name: string; fits(wanted: UserInfo, requestor: UserInfo): boolean }[] = [
  {
    name: 'associated-node',
    fits(wanted, requestor) {
      const node = nodeOf(wanted.name);
      const [own, ...others] = requestor.extra[nodeNameKey] ?? [];
      const isOwn = node !== undefined && node === own && others.length === 0;
      return isNameAlone(wanted) && isOwn && serviceAccountOf(requestor.name) !== undefined;
    },
  },
  { name: 'arbitrary-node', fits: (wanted) => isNameAlone(wanted) && nodeOf(wanted.name) !== undefined },
  {
    name: 'serviceaccount',
    fits: (wanted) => isNameAlone(wanted) && serviceAccountOf(wanted.name) !== undefined,
  },
  {
    name: 'user-info',
    fits: ({ name }) => nodeOf(name) === undefined && serviceAccountOf(name) === undefined,
  },
];

/** A node's own service account is judged for all nodes, by the names of what is said of it. */
function forAllNodes(authorizer: Authorizer): Authorizer {
  return {
    authorize(attributes) {
      const { user, verb } = attributes;
      const keys = Object.keys(user.extra).sort();
      const extra = { 'authentication.kubernetes.io/associated-node-keys': keys };
      const name = verb === 'impersonate:associated-node' ? '*' : attributes.name;
      return authorizer.authorize({ ...attributes, name, user: { ...user, extra } });
    },
  };
}

/**
 * The user as whom a request is made: by the first way that is allowed. `attributes` are those of the request itself. Throws 403
 * for the first that is not.
 */
export function impersonatedUser(
  authorizer: Authorizer,
  wanted: UserInfo,
  attributes: AuthorizationAttributes,
  constrained: boolean,
): UserInfo {
  const requestor = attributes.user;
  let refused: unknown;
  for (const { name, fits } of constrained ? constrainedModes : []) {
    if (!fits(wanted, requestor)) continue;
    const judge = name === 'associated-node' ? forAllNodes(authorizer) : authorizer;
    try {
      require(judge, { ...attributes, verb: `impersonate-on:${name}:${attributes.verb}` });
      return impersonate(
        { authorizer: judge, requestor, verb: `impersonate:${name}`, constrained: true },
        wanted,
      );
    } catch (error) {
      refused ??= error;
    }
  }
  try {
    return impersonate({ authorizer, requestor, verb: 'impersonate', constrained: false }, wanted);
  } catch (error) {
    throw refused ?? error;
  }
}
