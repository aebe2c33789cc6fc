// SubjectAccessReview and its siblings: may this user do that?
// Upstream: pkg/registry/authorization/* and pkg/apis/authorization/validation in kubernetes/kubernetes.
import type {
  NonResourceAttributes,
  ResourceAttributes,
  SubjectAccessReviewSpec,
} from '#types/authorization.k8s.io_v1';
import { type FieldError, invalid } from '../../api/field-error.ts';
import { path } from '../../api/field-path.ts';
import type { KubeObject } from '../../api/object.ts';
import { invalidObject } from '../../api/status.ts';
import type { AuthorizationAttributes, Authorizer } from '../authorization/authorizer.ts';
import { decodeAs } from '../encoding/body.ts';
import type { Exchange, UserInfo } from '../exchange.ts';
import type { Handler } from '../handlers/handler.ts';
import { writeOptionsOf } from '../request-options.ts';
import { sendValue } from '../respond.ts';
import { admitReview, receiveReview } from './review-admission.ts';

type Kind = 'SubjectAccessReview' | 'SelfSubjectAccessReview' | 'LocalSubjectAccessReview';
type Review = KubeObject & { spec: SubjectAccessReviewSpec };

const group = 'authorization.k8s.io';

// Upstream's internal type has no JSON names.
function printed({ path: Path = '', verb: Verb = '' }: NonResourceAttributes): object {
  return { Path, Verb };
}

function check(review: Review, kind: Kind, exchange: Exchange): void {
  const { spec } = review;
  const errors: FieldError[] = [];
  const at = path('spec');
  if (spec.resourceAttributes && spec.nonResourceAttributes) {
    errors.push(
      invalid(
        at.child('nonResourceAttributes'),
        printed(spec.nonResourceAttributes),
        'cannot be specified in combination with resourceAttributes',
      ),
    );
  }
  if (!spec.resourceAttributes && !spec.nonResourceAttributes) {
    errors.push(
      invalid(
        at.child('resourceAttributes'),
        null,
        'exactly one of nonResourceAttributes or resourceAttributes must be specified',
      ),
    );
  }
  if (kind !== 'SelfSubjectAccessReview' && !spec.user && (spec.groups ?? []).length === 0) {
    errors.push(
      invalid(at.child('user'), spec.user ?? '', 'at least one of user or group must be specified'),
    );
  }
  const { managedFields: _managed, namespace, ...rest } = review.metadata;
  const local = kind === 'LocalSubjectAccessReview';
  if (Object.keys(rest).length > 0 || (!local && namespace))
    errors.push(invalid(path('metadata'), review.metadata, 'must be empty'));
  if (local && spec.resourceAttributes && spec.resourceAttributes.namespace !== exchange.info.namespace) {
    errors.push(
      invalid(
        at.child('resourceAttributes', 'namespace'),
        spec.resourceAttributes.namespace ?? '',
        'must match metadata.namespace',
      ),
    );
  }
  if (local && spec.nonResourceAttributes)
    errors.push(
      invalid(
        at.child('nonResourceAttributes'),
        printed(spec.nonResourceAttributes),
        'disallowed on this kind of request',
      ),
    );
  if (errors.length > 0) throw invalidObject({ group, kind: '' }, '', errors);
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
    const status = { allowed, ...(reason !== '' && { reason }) };
    sendValue(exchange, 201, ref, { ...review, status });
  };
}
