// Admission of bodies that are no objects of a resource: what is posted to a subresource, or the options of a connection.
// Upstream: k8s.io/apiserver/pkg/endpoints/handlers/{create,rest}.go, ConnectResource.
import type { KubeObject } from '../../api/object.ts';
import type { AdmissionRequest, BodyKind } from '../admission/admission.ts';
import type { Exchange } from '../exchange.ts';
import type { ServedResource } from '../resources.ts';
import type { HandlerContext } from './handler.ts';
import { writeOperationOptions } from './operation-options.ts';

/** A body on its way. */
export interface AdmittedBody {
  readonly operation: 'CREATE' | 'UPDATE' | 'CONNECT';
  readonly kind: BodyKind;
  readonly object: KubeObject;
  readonly oldObject?: KubeObject;
  readonly dryRun: boolean;
}

/** The admission request of a body of the subresource that the path names. */
export function bodyRequest(
  exchange: Exchange,
  resource: ServedResource,
  { operation, kind, object, oldObject, dryRun }: AdmittedBody,
): AdmissionRequest {
  const { namespace, name, subresource } = exchange.info;
  return {
    operation,
    resource,
    subresource,
    bodyKind: kind,
    namespace,
    name,
    object,
    oldObject,
    user: exchange.user,
    dryRun,
    options: writeOperationOptions(exchange.query),
    deadline: exchange.deadline,
    warn: (text) => exchange.warn(text),
  };
}

/** Mutating and validating admission of a body, which may change. Throws what they throw. */
export async function admitBody(
  exchange: Exchange,
  resource: ServedResource,
  { store: { admission } }: HandlerContext,
  body: AdmittedBody,
): Promise<void> {
  const request = bodyRequest(exchange, resource, body);
  await admission.admit(request);
  await admission.validate(request);
}
