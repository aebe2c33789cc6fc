// What expressions of admission ask about rights: authorizer.group('apps').resource('deployments').check('create').allowed().
// Upstream: k8s.io/apiserver/pkg/cel/library/authz.go.
import { EvaluationError, noSuchOverload, type OpaqueValue, type Value } from '../values/value.ts';

/** What is asked for a resource. Selectors are texts as they were given; '' where there are none. */
export interface ResourceQuestion {
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly fieldSelector: string;
  readonly labelSelector: string;
}

/** What the authorizer says. */
export interface AccessDecision {
  readonly allowed: boolean;
  readonly reason: string;
  /** Absent: nothing went wrong. */
  readonly error?: string;
}

/** The rights of one user. */
export interface Access {
  ofPath(verb: string, path: string): AccessDecision;
  ofResource(verb: string, question: ResourceQuestion): AccessDecision;
  /** The rights of a service account. */
  ofServiceAccount(namespace: string, name: string): Access;
}

const prefix = 'kubernetes.authorization.';

abstract class AccessValue implements OpaqueValue {
  readonly tag = 'opaque';
  readonly typeName: string;

  constructor(typeName: string) {
    this.typeName = prefix + typeName;
  }

  /** Upstream's values are not even the same as themselves. */
  equals(): Value {
    return noSuchOverload();
  }
}

/** The variable `authorizer`. */
export class AuthorizerValue extends AccessValue {
  readonly access: Access;

  constructor(access: Access) {
    super('Authorizer');
    this.access = access;
  }
}

class PathCheck extends AccessValue {
  readonly access: Access;
  readonly path: string;

  constructor(access: Access, path: string) {
    super('PathCheck');
    this.access = access;
    this.path = path;
  }
}

class GroupCheck extends AccessValue {
  readonly access: Access;
  readonly group: string;

  constructor(access: Access, group: string) {
    super('GroupCheck');
    this.access = access;
    this.group = group;
  }
}

/** The variable `authorizer.requestResource`, and what is built from it. */
export class ResourceCheckValue extends AccessValue {
  readonly access: Access;
  readonly question: ResourceQuestion;

  constructor(access: Access, question: ResourceQuestion) {
    super('ResourceCheck');
    this.access = access;
    this.question = question;
  }

  with(part: Partial<ResourceQuestion>): ResourceCheckValue {
    return new ResourceCheckValue(this.access, { ...this.question, ...part });
  }
}

class DecisionValue extends AccessValue {
  readonly decision: AccessDecision;

  constructor(decision: AccessDecision) {
    super('Decision');
    this.decision = decision;
  }
}

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

function isLabel(text: string): boolean {
  return text.length <= 63 && label.test(text);
}

function isSubdomain(text: string): boolean {
  return text.length <= 253 && text.split('.').every((part) => label.test(part));
}

function serviceAccount({ access }: AuthorizerValue, namespace: string, name: string): Value {
  if (!isSubdomain(name)) return new EvaluationError('Invalid service account name');
  if (!isLabel(namespace)) return new EvaluationError('Invalid service account namespace');
  return new AuthorizerValue(access.ofServiceAccount(namespace, name));
}

function resource({ access, group }: GroupCheck, plural: string): Value {
  if (plural.trim() === '') return new EvaluationError('resource must not be empty');
  const question = { group, resource: plural, subresource: '', namespace: '', name: '' };
  return new ResourceCheckValue(access, { ...question, fieldSelector: '', labelSelector: '' });
}

export const authorizerFunctions = {
  authorizer_path: ({ access }: AuthorizerValue, path: string) =>
    path.trim() === '' ? new EvaluationError('path must not be empty') : new PathCheck(access, path),
  authorizer_group: ({ access }: AuthorizerValue, group: string) => new GroupCheck(access, group),
  authorizer_serviceaccount: serviceAccount,
  groupcheck_resource: resource,
  resourcecheck_subresource: (check: ResourceCheckValue, subresource: string) => check.with({ subresource }),
  resourcecheck_namespace: (check: ResourceCheckValue, namespace: string) => check.with({ namespace }),
  resourcecheck_name: (check: ResourceCheckValue, name: string) => check.with({ name }),
  authorizer_fieldselector: (check: ResourceCheckValue, fieldSelector: string) =>
    check.with({ fieldSelector }),
  authorizer_labelselector: (check: ResourceCheckValue, labelSelector: string) =>
    check.with({ labelSelector }),
  pathcheck_check: ({ access, path }: PathCheck, verb: string) =>
    new DecisionValue(access.ofPath(verb, path)),
  resourcecheck_check: ({ access, question }: ResourceCheckValue, verb: string) =>
    new DecisionValue(access.ofResource(verb, question)),
  decision_errored: ({ decision }: DecisionValue) => decision.error !== undefined,
  decision_error: ({ decision }: DecisionValue) => decision.error ?? '',
  decision_allowed: ({ decision }: DecisionValue) => decision.allowed,
  decision_reason: ({ decision }: DecisionValue) => decision.reason,
};
