// SubjectAccessReview and its siblings: may this user do that?
// Upstream: pkg/registry/authorization/* and pkg/apis/authorization/validation in kubernetes/kubernetes.
import type {
  NonResourceAttributes,
  ResourceAttributes,
  SubjectAccessReviewSpec,
} from '#types/authorization.k8s.io_v1';
import type { KubeObject } from '../../api/object.ts';
import { invalidObject } from '../../api/status.ts';
import { FieldErrors } from '../../kinds/validation/field-errors.ts';
import type { AuthorizationAttributes, Authorizer } from '../authorization/authorizer.ts';
import { decodeAs } from '../encoding/body.ts';
import type { Exchange, UserInfo } from '../exchange.ts';
import type { Handler } from '../handlers/handler.ts';
import { writeOptionsOf } from '../request-options.ts';
import { sendValue } from '../respond.ts';
import { admitReview, receiveReview } from './review-admission.ts';
import { checkSelectors, selectorProblems } from './review-selectors.ts';

type Kind = 'SubjectAccessReview' | 'SelfSubjectAccessReview' | 'LocalSubjectAccessReview';
type Review = KubeObject & { spec: SubjectAccessReviewSpec };

const group = 'authorization.k8s.io';

// Upstream's internal type has no JSON names.
function printed({ path: Path = '', verb: Verb = '' }: NonResourceAttributes): object {
  return { Path, Verb };
}

function check(review: Review, kind: Kind, exchange: Exchange): void {
  const { spec } = review;
  const { resourceAttributes, nonResourceAttributes } = spec;
  const errors = new FieldErrors();
  if (resourceAttributes && nonResourceAttributes)
    errors.invalid(
      'spec.nonResourceAttributes',
      printed(nonResourceAttributes),
      'cannot be specified in combination with resourceAttributes',
    );
  if (!resourceAttributes && !nonResourceAttributes)
    errors.invalid(
      'spec.resourceAttributes',
      null,
      'exactly one of nonResourceAttributes or resourceAttributes must be specified',
    );
  if (kind !== 'SelfSubjectAccessReview' && !spec.user && (spec.groups ?? []).length === 0)
    errors.invalid('spec.user', spec.user ?? '', 'at least one of user or group must be specified');
  checkSelectors(errors, resourceAttributes);
  const { managedFields: _managed, namespace, ...rest } = review.metadata;
  const local = kind === 'LocalSubjectAccessReview';
  if (Object.keys(rest).length > 0 || (!local && namespace))
    errors.invalid('metadata', review.metadata, `must be empty${local ? ' except for namespace' : ''}`);
  if (local && resourceAttributes && resourceAttributes.namespace !== exchange.info.namespace)
    errors.invalid(
      'spec.resourceAttributes.namespace',
      resourceAttributes.namespace ?? '',
      'must match metadata.namespace',
    );
  if (local && nonResourceAttributes)
    errors.invalid(
      'spec.nonResourceAttributes',
      printed(nonResourceAttributes),
      'disallowed on this kind of request',
    );
  if (errors.list.length > 0) throw invalidObject({ group, kind: '' }, '', errors.list);
}

function userOf(spec: SubjectAccessReviewSpec): UserInfo {
  return {
    name: spec.user ?? '',
    uid: spec.uid ?? '',
    groups: spec.groups ?? [],
    extra: (spec.extra ?? {}) as Record<string, string[]>,
  };
}

/** The question as an authorizer reads it. */
export function reviewAttributes(spec: SubjectAccessReviewSpec, user: UserInfo): AuthorizationAttributes {
  if (spec.resourceAttributes) {
    const a: ResourceAttributes = spec.resourceAttributes;
    return {
      user,
      isResource: true,
      verb: a.verb ?? '',
      group: a.group ?? '',
      version: a.version ?? '',
      resource: a.resource ?? '',
      subresource: a.subresource ?? '',
      namespace: a.namespace ?? '',
      name: a.name ?? '',
      path: '',
    };
  }
  const { verb, path: asked } = spec.nonResourceAttributes ?? {};
  return {
    user,
    isResource: false,
    verb: verb ?? '',
    path: asked ?? '',
    group: '',
    version: '',
    resource: '',
    subresource: '',
    namespace: '',
    name: '',
  };
}

/** POST of one of the three access reviews. */
export function accessReviewHandler(kind: Kind, authorizer: Authorizer): Handler {
  return async (exchange, resource, context) => {
    const options = writeOptionsOf(exchange.query, 'CreateOptions');
    const ref = `${group}/v1.${kind}`;
    const asked = decodeAs(exchange, ref, `${group}/v1`, kind, options.fieldValidation) as Review;
    receiveReview(exchange, resource, context, asked, options.fieldManager);
    const { review, validate } = await admitReview(exchange, resource, context, asked, options.dryRun);
    check(review, kind, exchange);
    await validate();
    const user = kind === 'SelfSubjectAccessReview' ? exchange.user : userOf(review.spec);
    const { allowed, reason } = authorizer.authorize(reviewAttributes(review.spec, user));
    const evaluationError = selectorProblems(review.spec.resourceAttributes);
    const status = {
      allowed,
      ...(reason !== '' && { reason }),
      ...(evaluationError !== '' && { evaluationError }),
    };
    sendValue(exchange, 201, ref, { ...review, status });
  };
}
