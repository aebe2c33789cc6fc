// PUT of an object or a subresource that is stored with it.
// Upstream: k8s.io/apiserver/pkg/endpoints/handlers/update.go.

import type { KubeObject } from '../../api/object.ts';
import { badRequest } from '../../api/status.ts';
import type { AdmissionRequest } from '../admission/admission.ts';
import { writerOf } from '../apply/field-managers.ts';
import { objectAcceptance } from '../encoding/accept.ts';
import { decodeObject } from '../encoding/body.ts';
import { renderObject } from '../encoding/object-encoder.ts';
import type { Exchange } from '../exchange.ts';
import { writeOptionsOf } from '../request-options.ts';
import { prepareToRead, type ServedResource } from '../resources.ts';
import { negotiateObject, sendBytes } from '../respond.ts';
import { withoutManagersIfTooLarge } from '../store/size-limit.ts';
import { updateObject } from '../store/update.ts';
import { hookOf } from '../store/write-context.ts';
import { ensureNamespace } from './create.ts';
import { requireCreate } from './create-permission.ts';
import { type Handler, type HandlerContext, renderingOf, writeContextOf } from './handler.ts';
import { writeOperationOptions } from './operation-options.ts';
import { dedupOwnerReferences } from './owner-references.ts';

/** The name in a body must be that of the path. Throws 400. Upstream: checkName in endpoints/handlers/rest.go. */
export function ensureName(given: string | undefined, name: string): void {
  if (!given)
    throw badRequest(
      `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
    );
  if (given !== name)
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
}

/** The admission request of an update. */
export function updateRequest(
  exchange: Exchange,
  resource: ServedResource,
  object: KubeObject,
  old: KubeObject | undefined,
  dryRun: boolean,
): AdmissionRequest {
  const { namespace, name, subresource } = exchange.info;
  return {
    operation: old ? 'UPDATE' : 'CREATE',
    resource,
    subresource,
    namespace,
    name,
    object,
    oldObject: old,
    user: exchange.user,
    verb: exchange.info.verb,
    dryRun,
    options: writeOperationOptions(exchange.query),
    deadline: exchange.deadline,
    warn: (text) => exchange.warn(text),
  };
}

/**
 * Runs an update whose new object comes from `change`, and sends the result. Shared by PUT and PATCH. `keepManagers`: an object
 * that is too large with its managedFields is not stored without them.
 */
export async function runUpdate(
  exchange: Exchange,
  resource: ServedResource,
  context: HandlerContext,
  options: { dryRun: boolean; uid?: string; forceCreate?: boolean; keepManagers?: boolean },
  change: (current: KubeObject | undefined) => KubeObject | Promise<KubeObject>,
): Promise<void> {
  const encoding = negotiateObject(exchange, objectAcceptance, resource);
  const { namespace, name, subresource } = exchange.info;
  const admission = context.store.admission;
  const updateOf = (withManagers: boolean) => ({
    uid: options.uid,
    forceCreate: options.forceCreate,
    change: async (current: KubeObject | undefined): Promise<KubeObject> => {
      const changing = change(current);
      const object = changing instanceof Promise ? await changing : changing;
      await admission.admit(updateRequest(exchange, resource, object, current, options.dryRun));
      dedupOwnerReferences(object, exchange, true);
      if (!withManagers) delete object.metadata.managedFields;
      return object;
    },
    validate: async (object: KubeObject, old: KubeObject | undefined): Promise<void> => {
      if (old === undefined) requireCreate(exchange, context);
      await admission.validate(updateRequest(exchange, resource, object, old, options.dryRun));
    },
  });
  const write = (withManagers: boolean) =>
    updateObject(
      resource,
      name,
      updateOf(withManagers),
      context.store,
      writeContextOf(exchange, namespace, options.dryRun, subresource),
    );
  const { written, created } = await (options.keepManagers ? write(true) : withoutManagersIfTooLarge(write));
  await hookOf(context.store, resource)?.settled?.(name);
  const reading = prepareToRead(resource, [written]);
  if (reading) await reading;
  sendBytes(
    exchange,
    created ? 201 : 200,
    encoding,
    renderObject(resource, written.bytes, renderingOf(exchange, encoding, context)),
  );
}

/** Replaces an object by the body. */
export const updateHandler: Handler = async (exchange, resource, context) => {
  const options = writeOptionsOf(exchange.query, 'UpdateOptions');
  const { namespace, name } = exchange.info;
  const object = decodeObject(exchange, resource, options.fieldValidation, context.clock.now());
  ensureName(object.metadata.name, name);
  ensureNamespace(resource, object, namespace);
  dedupOwnerReferences(object, exchange);
  let used = false;
  const next = (): KubeObject => {
    // the first attempt may have the decoded object itself, later ones decode again: each attempt changes its object
    if (!used) {
      used = true;
      return object;
    }
    const again = decodeObject(exchange, resource, 'Ignore', context.clock.now());
    ensureName(again.metadata.name, name);
    ensureNamespace(resource, again, namespace);
    return again;
  };
  const writer = writerOf(exchange, options.fieldManager);
  const { uid } = object.metadata;
  await runUpdate(exchange, resource, context, { dryRun: options.dryRun, uid }, (current) => {
    const changed = next();
    return context.store.fields.recorded(resource, current, changed, writer);
  });
};
