// PATCH of an object or a subresource that is stored with it, server-side apply among them.
// Upstream: k8s.io/apiserver/pkg/endpoints/handlers/patch.go.
import type { Json, KubeObject } from '../../api/object.ts';
import { DecodeError } from '../../api/schema/explain.ts';
import { badRequest, conflict, notFound } from '../../api/status.ts';
import { writerOf } from '../apply/field-managers.ts';
import { toStored } from '../encoding/body.ts';
import type { Exchange } from '../exchange.ts';
import type { ServedResource } from '../resources.ts';
import { applyConfigurationOf } from './apply-body.ts';
import { ensureNamespace } from './create.ts';
import type { Handler, HandlerContext } from './handler.ts';
import { applyPatch } from './patch-body.ts';
import { type PatchRequest, patchRequestOf } from './patch-request.ts';
import { ensureName, runUpdate } from './update.ts';

/** Name and namespace of the path. Throws 400. */
function fitPath(exchange: Exchange, resource: ServedResource, object: KubeObject): void {
  ensureNamespace(resource, object, exchange.info.namespace);
  ensureName(object.metadata.name, exchange.info.name);
}

/** What a write to a subresource takes from the stored object whatever it is sent, so that the two may share it. */
function keptBy(subresource: string, current: KubeObject): object | undefined {
  if (subresource !== 'status') return undefined;
  return { spec: (current as KubeObject & { spec?: unknown }).spec };
}

async function patch(
  exchange: Exchange,
  resource: ServedResource,
  context: HandlerContext,
  options: PatchRequest,
): Promise<void> {
  const writer = writerOf(exchange, options.fieldManager);
  await runUpdate(exchange, resource, context, { dryRun: options.dryRun }, (current) => {
    if (current === undefined) throw notFound(resource.groupResource, exchange.info.name);
    const served = resource.conversion ? resource.conversion.fromStorage(current) : current;
    const kept = keptBy(exchange.info.subresource, served);
    const patched = applyPatch(exchange, served, resource.schema, options.fieldValidation, kept);
    fitPath(exchange, resource, patched);
    const stored = toStored(resource, patched, context.clock.now());
    return context.store.fields.recorded(resource, current, stored, writer);
  });
}

/** The result of an apply as an object of its type. Throws 400 for what the merge types let through. */
function decodeApplied(resource: ServedResource, applied: KubeObject): KubeObject {
  try {
    return resource.schema.decodeMerged(applied as unknown as Json);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const { name = '', namespace = '' } = applied.metadata;
    const { group, version, kind } = resource.definition;
    const type = `${group}/${version}, Kind=${kind}`;
    throw badRequest(
      `failed to convert new object (${namespace}/${name}; ${type}) to proper version: unable to convert unstructured object to ${type}: ${error.message}`,
    );
  }
}

async function apply(
  exchange: Exchange,
  resource: ServedResource,
  context: HandlerContext,
  options: PatchRequest,
): Promise<void> {
  const writer = writerOf(exchange, options.fieldManager);
  const { config, finishStrict } = applyConfigurationOf(exchange);
  const forceCreate = exchange.info.subresource === '';
  const { fields } = context.store;
  const finish = (current: KubeObject | undefined, applied: KubeObject): KubeObject => {
    finishStrict(options.fieldValidation);
    const uid = applied.metadata.uid;
    if (current === undefined && uid)
      throw conflict(
        resource.groupResource,
        exchange.info.name,
        `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
      );
    const object = decodeApplied(resource, applied);
    fitPath(exchange, resource, object);
    return toStored(resource, object, context.clock.now());
  };
  const { dryRun } = options;
  await runUpdate(exchange, resource, context, { dryRun, forceCreate, keepManagers: true }, (current) => {
    if (current === undefined && !forceCreate) throw notFound(resource.groupResource, exchange.info.name);
    const applied = fields.whenConverted(resource, () =>
      fields.apply(resource, current, config, writer, options.force),
    );
    return applied instanceof Promise
      ? applied.then((object) => finish(current, object))
      : finish(current, applied);
  });
}

/** Changes an object by a patch, or makes it by an apply. */
export const patchHandler: Handler = async (exchange, resource, context) => {
  const options = patchRequestOf(exchange, resource.custom !== undefined);
  await (options.isApply ? apply : patch)(exchange, resource, context, options);
};
