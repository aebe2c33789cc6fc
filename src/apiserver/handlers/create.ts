// POST to a collection.
// Upstream: k8s.io/apiserver/pkg/endpoints/handlers/create.go.

import type { KubeObject } from '../../api/object.ts';
import { badRequest } from '../../api/status.ts';
import type { AdmissionRequest } from '../admission/admission.ts';
import { writerOf } from '../apply/field-managers.ts';
import { objectAcceptance } from '../encoding/accept.ts';
import { decodeObject } from '../encoding/body.ts';
import { renderObject } from '../encoding/object-encoder.ts';
import { writeOptionsOf } from '../request-options.ts';
import { prepareToRead, type ServedResource } from '../resources.ts';
import { negotiateObject, sendBytes } from '../respond.ts';
import { createObject, wipeSystemFields } from '../store/create.ts';
import { withoutManagersIfTooLarge } from '../store/size-limit.ts';
import { hookOf } from '../store/write-context.ts';
import { type Handler, renderingOf, writeContextOf } from './handler.ts';
import { writeOperationOptions } from './operation-options.ts';
import { dedupOwnerReferences } from './owner-references.ts';

/**
 * Takes the namespace of the request where the object has none, and takes away that of an object of a cluster. Throws 400 where
 * the two differ. Upstream: EnsureObjectNamespaceMatchesRequestNamespace in k8s.io/apiserver/pkg/registry/rest/meta.go.
 */
export function ensureNamespace(resource: ServedResource, object: KubeObject, namespace: string): void {
  const { metadata } = object;
  if (!resource.definition.namespaced) {
    delete metadata.namespace;
    return;
  }
  if (!metadata.namespace) metadata.namespace = namespace;
  if (metadata.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}

/** The namespace that admission sees: a namespace is in itself. */
function admittedNamespace({ groupResource }: ServedResource, namespace: string, name: string): string {
  const isNamespace = groupResource.group === '' && groupResource.resource === 'namespaces';
  return isNamespace && namespace === '' ? name : namespace;
}

/** Creates an object of the body. */
export const createHandler: Handler = async (exchange, resource, context) => {
  const encoding = negotiateObject(exchange, objectAcceptance, resource);
  const { namespace } = exchange.info;
  if (resource.definition.namespaced && namespace === '')
    throw badRequest('an empty namespace may not be set during creation');
  const options = writeOptionsOf(exchange.query, 'CreateOptions');
  const object = decodeObject(exchange, resource, options.fieldValidation, context.clock.now());
  wipeSystemFields(object);
  ensureNamespace(resource, object, namespace);
  dedupOwnerReferences(object, exchange);
  const recording = context.store.fields.recorded(
    resource,
    undefined,
    object,
    writerOf(exchange, options.fieldManager),
  );
  if (recording instanceof Promise) await recording;
  const { name = '' } = object.metadata;
  const request: AdmissionRequest = {
    operation: 'CREATE',
    resource,
    subresource: '',
    namespace: admittedNamespace(resource, namespace, name),
    name,
    object,
    oldObject: undefined,
    user: exchange.user,
    dryRun: options.dryRun,
    options: writeOperationOptions(exchange.query),
    deadline: exchange.deadline,
    warn: (text) => exchange.warn(text),
  };
  await context.store.admission.admit(request);
  dedupOwnerReferences(object, exchange, true);
  const validate = (): Promise<void> =>
    context.store.admission.validate({ ...request, name: object.metadata.name ?? '' });
  const written = await withoutManagersIfTooLarge((withManagers) => {
    if (!withManagers) delete object.metadata.managedFields;
    return createObject(
      resource,
      object,
      context.store,
      writeContextOf(exchange, namespace, options.dryRun),
      validate,
    );
  });
  await hookOf(context.store, resource)?.settled?.(written.object.metadata.name ?? '');
  const reading = prepareToRead(resource, [written]);
  if (reading) await reading;
  sendBytes(
    exchange,
    201,
    encoding,
    renderObject(resource, written.bytes, renderingOf(exchange, encoding, context)),
  );
};
