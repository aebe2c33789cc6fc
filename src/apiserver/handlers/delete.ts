// DELETE of one object.
// Upstream: DeleteResource in k8s.io/apiserver/pkg/endpoints/handlers/delete.go.
import type { KubeObject } from '../../api/object.ts';
import { forbidden, type Status, success } from '../../api/status.ts';
import type { AdmissionRequest } from '../admission/admission.ts';
import { objectAcceptance, plainAcceptance } from '../encoding/accept.ts';
import { decodeDeleteOptions } from '../encoding/body.ts';
import { encodeValue, renderObject } from '../encoding/object-encoder.ts';
import type { Exchange } from '../exchange.ts';
import type { DeleteOptions } from '../request-options.ts';
import { prepareToRead, type ServedResource } from '../resources.ts';
import { negotiate, negotiateObject, sendBytes } from '../respond.ts';
import { type Deleted, deleteObject } from '../store/delete.ts';
import { type Handler, type HandlerContext, renderingOf, writeContextOf } from './handler.ts';
import { deleteOperationOptions } from './operation-options.ts';

/**
 * Asks admission about a deletion: mutating steps too, though there is nothing for them to change. `name`: '' for one of a
 * collection. Upstream: AdmissionToValidateObjectDeleteFunc in k8s.io/apiserver/pkg/registry/rest/delete.go.
 */
export async function admitDeletion(
  exchange: Exchange,
  resource: ServedResource,
  { store: { admission } }: HandlerContext,
  { namespace, name, object }: { namespace: string; name: string; object: KubeObject },
  options: DeleteOptions,
): Promise<void> {
  const request: AdmissionRequest = {
    operation: 'DELETE',
    resource,
    subresource: '',
    namespace,
    name,
    object: undefined,
    oldObject: object,
    user: exchange.user,
    dryRun: options.dryRun,
    options: deleteOperationOptions(options),
    deadline: exchange.deadline,
    warn: (text) => exchange.warn(text),
  };
  await admission.admit(request);
  await admission.validate(request);
}

/** Deletes one object; `admit` is asked first. Shared by DELETE, deletecollection and evictions. */
export function deleteOne(
  exchange: Exchange,
  resource: ServedResource,
  context: HandlerContext,
  { namespace, name }: { namespace: string; name: string },
  options: DeleteOptions,
  admit: (object: KubeObject) => Promise<void> = async () => {},
): Promise<Deleted> {
  return deleteObject(
    resource,
    name,
    { ...options },
    context.store,
    writeContextOf(exchange, namespace, options.dryRun),
    admit,
  );
}

function deletedStatus(resource: ServedResource, object: KubeObject): Status {
  const { group, resource: plural } = resource.groupResource;
  return success({ name: object.metadata.name, group, kind: plural, uid: object.metadata.uid });
}

/** Deletes the named object; answers with a Status, or with the object while it waits for its end. */
export const deleteHandler: Handler = async (exchange, resource, context) => {
  const encoding = negotiateObject(exchange, objectAcceptance, resource);
  const { namespace, name } = exchange.info;
  const options = decodeDeleteOptions(exchange);
  const deleted = await deleteOne(
    exchange,
    resource,
    context,
    { namespace, name },
    options,
    async (object) => {
      const refusal = resource.kind.checkDelete?.(object);
      if (refusal !== undefined) throw forbidden(resource.groupResource, name, refusal);
      await admitDeletion(exchange, resource, context, { namespace, name, object }, options);
    },
  );
  const code = !deleted.gone && options.orphanDependents === false ? 202 : 200;
  if (deleted.gone && !resource.kind.returnsDeletedObject) {
    const plain =
      encoding.as === undefined
        ? encoding
        : { ...negotiate(exchange, { ...plainAcceptance, transforms: true }), as: undefined };
    sendBytes(
      exchange,
      code,
      plain,
      encodeValue(plain, 'meta/v1.Status', deletedStatus(resource, deleted.object)),
    );
    return;
  }
  const reading = prepareToRead(resource, [deleted]);
  if (reading) await reading;
  sendBytes(
    exchange,
    code,
    encoding,
    renderObject(resource, deleted.bytes, renderingOf(exchange, encoding, context)),
  );
};
