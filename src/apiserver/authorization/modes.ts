// Which authorizers judge, and in which order: --authorization-mode.
// Upstream: pkg/kubeapiserver/authorizer (modes/modes.go, reload.go) and options/authorization.go in kubernetes/kubernetes,
// k8s.io/apiserver/pkg/authorization/union.
import { aggregateText } from '../../api/field-error.ts';
import { goQuote } from '../../api/go-text.ts';
import { type Authorizer, type Decision, mastersFirst } from './authorizer.ts';

/** What can be named. ABAC and Webhook have no opinion here. */
export const authorizationModes = ['AlwaysAllow', 'AlwaysDeny', 'ABAC', 'Webhook', 'RBAC', 'Node'] as const;

/** A way to decide. */
export type AuthorizationMode = (typeof authorizationModes)[number];

const noOpinion: Authorizer = { authorize: () => ({ allowed: false, reason: '' }) };
const alwaysAllow: Authorizer = { authorize: () => ({ allowed: true, reason: '' }) };
const alwaysDeny: Authorizer = {
  authorize: () => ({ allowed: false, reason: 'Everything is forbidden.' }),
};

/** Reads the modes of an option, in their order. Throws Error with upstream's text for modes that are none or come twice. */
export function parseAuthorizationModes(texts: readonly string[]): AuthorizationMode[] {
  const known: readonly string[] = authorizationModes;
  const faults = texts
    .filter((mode) => !known.includes(mode))
    .map((mode) => `authorization-mode ${goQuote(mode)} is not a valid mode`);
  if (new Set(texts).size < texts.length)
    faults.push(`authorization-mode [${texts.map(goQuote).join(' ')}] has mode specified more than once`);
  if (faults.length > 0) throw new Error(aggregateText(faults));
  return texts as AuthorizationMode[];
}

/**
 * system:masters may do everything; then the first mode that allows decides, and where none does, all reasons are given.
 * `rbac` judges nodes by their role, so it stands for Node too.
 */
export function authorizerOf(modes: readonly AuthorizationMode[], rbac: Authorizer): Authorizer {
  const nodes: Authorizer = {
    authorize: (a) => (a.user.groups.includes('system:nodes') ? rbac : noOpinion).authorize(a),
  };
  const byMode: Readonly<Record<AuthorizationMode, Authorizer>> = {
    AlwaysAllow: alwaysAllow,
    AlwaysDeny: alwaysDeny,
    ABAC: noOpinion,
    Webhook: noOpinion,
    RBAC: rbac,
    Node: modes.includes('RBAC') ? noOpinion : nodes,
  };
  const asked = modes.map((mode) => byMode[mode]);
  return mastersFirst({
    authorize(attributes): Decision {
      const reasons: string[] = [];
      for (const authorizer of asked) {
        const decision = authorizer.authorize(attributes);
        if (decision.allowed) return decision;
        if (decision.reason !== '') reasons.push(decision.reason);
      }
      return { allowed: false, reason: reasons.join('\n') };
    },
  });
}
