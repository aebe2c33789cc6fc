// Whether a request is one of a FlowSchema's.
// Upstream: k8s.io/apiserver/pkg/util/flowcontrol/rule.go.
import type {
  FlowSchemaSpec,
  NonResourcePolicyRule,
  PolicyRulesWithSubjects,
  ResourcePolicyRule,
  Subject,
} from '#types/flowcontrol.apiserver.k8s.io_v1';
import type { UserInfo } from '../exchange.ts';
import type { RequestInfo } from '../request-info.ts';

type List = readonly string[] | null | undefined;

/** A wildcard stands alone: validation sees to it. */
function holds(list: List, value: string): boolean {
  return list !== null && list !== undefined && (list[0] === '*' || list.includes(value));
}

function isSubject({ kind, user, group, serviceAccount }: Subject, who: UserInfo): boolean {
  switch (kind) {
    case 'User':
      return user !== undefined && (user.name === '*' || user.name === who.name);
    case 'Group':
      return group !== undefined && (group.name === '*' || who.groups.includes(group.name));
    case 'ServiceAccount': {
      if (serviceAccount === undefined) return false;
      const { namespace, name } = serviceAccount;
      const prefix = `system:serviceaccount:${namespace}:`;
      return name === '*' ? who.name.startsWith(prefix) : who.name === `${prefix}${name}`;
    }
    default:
      return false;
  }
}

function isResourceRule(rule: ResourcePolicyRule, info: RequestInfo): boolean {
  const resource = info.subresource === '' ? info.resource : `${info.resource}/${info.subresource}`;
  if (!holds(rule.verbs, info.verb) || !holds(rule.resources, resource) || !holds(rule.apiGroups, info.group))
    return false;
  return info.namespace === '' ? rule.clusterScope === true : holds(rule.namespaces, info.namespace);
}

function isBelow(url: string, path: string): boolean {
  if (url === '*' || url === path) return true;
  const prefix = url.endsWith('*') ? url.slice(0, -1) : url;
  return path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);
}

function isPathRule(rule: NonResourcePolicyRule, verb: string, path: string): boolean {
  return holds(rule.verbs, verb) && (rule.nonResourceURLs?.some((url) => isBelow(url, path)) ?? false);
}

function isRule(rule: PolicyRulesWithSubjects, who: UserInfo, info: RequestInfo, path: string): boolean {
  if (!rule.subjects?.some((subject) => isSubject(subject, who))) return false;
  if (info.isResource) return rule.resourceRules?.some((each) => isResourceRule(each, info)) ?? false;
  return rule.nonResourceRules?.some((each) => isPathRule(each, info.verb, path)) ?? false;
}

/** Whether one of the rules is met by who asks and by what is asked. */
export function matches(spec: FlowSchemaSpec, who: UserInfo, info: RequestInfo, path: string): boolean {
  return spec.rules?.some((rule) => isRule(rule, who, info, path)) ?? false;
}
