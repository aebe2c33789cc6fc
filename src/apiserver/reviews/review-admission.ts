// Admission of reviews: they store nothing, and webhooks see them all the same.
// Upstream: k8s.io/apiserver/pkg/endpoints/handlers/create.go.
import type { KubeObject } from '../../api/object.ts';
import { writerOf } from '../apply/field-managers.ts';
import type { Exchange } from '../exchange.ts';
import { bodyRequest } from '../handlers/body-admission.ts';
import { ensureNamespace } from '../handlers/create.ts';
import type { HandlerContext } from '../handlers/handler.ts';
import { dedupOwnerReferences } from '../handlers/owner-references.ts';
import type { ServedResource } from '../resources.ts';
import { wipeSystemFields } from '../store/create.ts';

/** What is done to any new object before admission: fields that only the server sets go, and who sent which is recorded. */
export function receiveReview(
  exchange: Exchange,
  resource: ServedResource,
  { store: { fields } }: HandlerContext,
  review: KubeObject,
  fieldManager: string,
): void {
  wipeSystemFields(review);
  ensureNamespace(resource, review, exchange.info.namespace);
  dedupOwnerReferences(review, exchange);
  fields.record(resource, undefined, review, writerOf(exchange, fieldManager));
}

/** A review after mutating admission. */
export interface AdmittedReview<T> {
  readonly review: T;
  /** Validating admission, which follows the review's own validation. Throws what it throws. */
  validate(): Promise<void>;
}

/** Mutating admission of a review, which may change. Throws what it throws. */
export async function admitReview<T extends KubeObject>(
  exchange: Exchange,
  resource: ServedResource,
  { store: { admission } }: HandlerContext,
  review: T,
  dryRun: boolean,
): Promise<AdmittedReview<T>> {
  const { group, version, kind } = resource.definition;
  const body = bodyRequest(exchange, resource, {
    operation: 'CREATE',
    kind: { group, version, kind },
    object: review,
    dryRun,
  });
  const request = { ...body, name: review.metadata.name ?? '' };
  await admission.admit(request);
  return { review: request.object as T, validate: () => admission.validate(request) };
}
