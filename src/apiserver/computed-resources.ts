// Resources that store nothing: their answers are computed.
import type { Authorizer } from './authorization/authorizer.ts';
import type { RbacRules } from './authorization/rbac.ts';
import { type ComponentSources, componentStatusHandlers } from './component-status.ts';
import type { ComputedResources } from './dispatch.ts';
import type { Handler } from './handlers/handler.ts';
import type { ServedResource } from './resources.ts';
import { accessReviewHandler } from './reviews/access-review.ts';
import { rulesReviewHandler } from './reviews/rules-review.ts';
import { type ReviewedTokens, selfSubjectReviewHandler, tokenReviewHandler } from './reviews/token-review.ts';
import { legacyBindingHandler } from './subresources/binding.ts';

/** What the answers are computed from. */
export interface ComputedSources {
  readonly authorizer: Authorizer;
  readonly rules: RbacRules;
  readonly tokens: ReviewedTokens;
  readonly pods: () => ServedResource;
  readonly components: ComponentSources;
}

/** All computed resources, by `group/plural`. */
export function computedResources({
  authorizer,
  rules,
  tokens,
  pods,
  components,
}: ComputedSources): ComputedResources {
  const review = (
    kind: Parameters<typeof accessReviewHandler>[0],
  ): { create: ReturnType<typeof accessReviewHandler> } => ({
    create: accessReviewHandler(kind, authorizer),
  });
  return new Map<string, Partial<Record<string, Handler>>>([
    ['authorization.k8s.io/subjectaccessreviews', review('SubjectAccessReview')],
    ['authorization.k8s.io/selfsubjectaccessreviews', review('SelfSubjectAccessReview')],
    ['authorization.k8s.io/localsubjectaccessreviews', review('LocalSubjectAccessReview')],
    ['authorization.k8s.io/selfsubjectrulesreviews', { create: rulesReviewHandler(rules) }],
    ['authentication.k8s.io/tokenreviews', { create: tokenReviewHandler(tokens) }],
    ['authentication.k8s.io/selfsubjectreviews', { create: selfSubjectReviewHandler }],
    ['/bindings', { create: legacyBindingHandler(pods) }],
    ['/componentstatuses', componentStatusHandlers(components)],
  ]);
}
