// The scale subresource: autoscaling/v1 Scale over any kind that declares a scale mapping.
// Upstream: ScaleREST in pkg/registry/apps/deployment/storage/storage.go in kubernetes/kubernetes.

import type { Scale } from '#types/autoscaling_v1';
import { invalid } from '../../api/field-error.ts';
import { path } from '../../api/field-path.ts';
import { goQuote } from '../../api/go-text.ts';
import { copyJson } from '../../api/json-object.ts';
import { entriesOf } from '../../api/managed-fields/managers/managers.ts';
import { entriesForParent, entriesForScale } from '../../api/managed-fields/managers/scale.ts';
import { apiVersionOf, type Json, type KubeObject, parseApiVersion } from '../../api/object.ts';
import {
  ApiError,
  badRequest,
  conflict,
  internalError,
  invalidObject,
  notFound,
  objectModified,
} from '../../api/status.ts';
import type { TablePrinter } from '../../kinds/define-kind.ts';
import { ageOf, nameOf } from '../../kinds/table/ages.ts';
import { ageColumn, column, doc, nameColumn } from '../../kinds/table/columns.ts';
import type { AdmissionRequest } from '../admission/admission.ts';
import { keepTimes, writerOf } from '../apply/field-managers.ts';
import { objectAcceptance } from '../encoding/accept.ts';
import { decodeAs } from '../encoding/body.ts';
import { encodeValue } from '../encoding/object-encoder.ts';
import { partialObjectMetadata, tableBy } from '../encoding/table.ts';
import type { Exchange } from '../exchange.ts';
import { applyConfigurationOf } from '../handlers/apply-body.ts';
import { bodyRequest } from '../handlers/body-admission.ts';
import { type HandlerContext, renderingOf } from '../handlers/handler.ts';
import { applyPatch } from '../handlers/patch-body.ts';
import { patchRequestOf } from '../handlers/patch-request.ts';
import { runPlainUpdate } from '../handlers/plain-update.ts';
import { ensureName } from '../handlers/update.ts';
import { type FieldValidation, writeOptionsOf } from '../request-options.ts';
import { keyOf, prepareToRead, readStored, type ServedResource } from '../resources.ts';
import { negotiate, sendBytes } from '../respond.ts';
import { etcdKey } from '../store/etcd-key.ts';
import { type ScaleForm, scaleFormOf } from './scale-form.ts';
import type { SubresourceModule } from './subresource.ts';

type TodaysScale = Scale & KubeObject;

/** Upstream: scaleColumnDefinitions in pkg/printers/internalversion/printers.go. */
const scalePrinter: TablePrinter<TodaysScale> = {
  columns: [
    { ...nameColumn, format: undefined },
    column('Desired', 'integer', doc('autoscaling/v1.ScaleSpec.replicas')),
    column('Available', 'integer', doc('autoscaling/v1.ScaleStatus.replicas')),
    ageColumn,
  ],
  row: (scale, context) => ({
    cells: [nameOf(scale), scale.spec?.replicas ?? 0, scale.status?.replicas ?? 0, ageOf(scale, context)],
  }),
};

/** Stands for replicas that were never set, while a write goes on. Upstream: invalidSpecReplicas of customresource/etcd.go. */
const neverSet = -2147483648;

/**
 * The Scale of an object. Throws 500, as upstream, where a custom resource has no replicas, unless `unset` says what stands
 * for those that were never set.
 */
function scaleOf(resource: ServedResource, object: KubeObject, unset?: number): TodaysScale {
  const mapping = resource.kind.scale!;
  const isUnset = unset !== undefined && mapping.unset?.(object) === true;
  const missing = isUnset ? undefined : mapping.missing?.(object);
  if (missing !== undefined) throw internalError(missing);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = mapping.selector(object);
  const replicas = isUnset ? unset : mapping.replicas(object);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: mapping.statusReplicas(object), ...(selector !== '' && { selector }) },
  } as TodaysScale;
}

/** Sends a Scale, as a Table where that is asked for. */
function sendScale(
  exchange: Exchange,
  resource: ServedResource,
  context: HandlerContext,
  scale: TodaysScale,
): void {
  const encoding = negotiate(exchange, objectAcceptance);
  const { includeObject, now } = renderingOf(exchange, encoding, context);
  const { as } = encoding;
  const form = scaleFormOf(resource);
  if (as === undefined)
    sendBytes(exchange, 200, encoding, encodeValue(encoding, form.ref, form.fromToday(scale)));
  else if (as.kind === 'Table') {
    const metadata = { resourceVersion: scale.metadata.resourceVersion ?? '' };
    const printer = scalePrinter as TablePrinter<KubeObject>;
    const table = tableBy(printer, [scale], metadata, includeObject, as.version, now);
    sendBytes(exchange, 200, encoding, encodeValue(encoding, `meta/${as.version}.Table`, table));
  } else {
    const metadata = partialObjectMetadata(scale, as.version);
    sendBytes(exchange, 200, encoding, encodeValue(encoding, 'meta/v1.PartialObjectMetadata', metadata));
  }
}

/** What errors name: of custom resources the object itself. */
function scaleName(resource: ServedResource): { group: string; resource: string } {
  if (resource.custom) return resource.groupResource;
  return { group: resource.groupResource.group, resource: `${resource.groupResource.resource}/scale` };
}

/** What storage says of a precondition: of a custom resource's scale it comes out as it is. */
function storageText(resource: ServedResource, { info }: Exchange, failed: string): string {
  const key = etcdKey(resource, info.namespace, info.name);
  return `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${failed}`;
}

/** The Scale of a PUT. Throws 400; upstream's scheme for custom resources does not know how to say what the kind should be. */
function decodeScale(
  exchange: Exchange,
  { custom }: ServedResource,
  form: ScaleForm,
  validation: FieldValidation,
): KubeObject {
  try {
    return decodeAs(exchange, form.ref, form.apiVersion, form.kind, validation);
  } catch (error) {
    const isOther =
      error instanceof ApiError && error.message.includes(' cannot be handled as a Scale: no kind ');
    if (!custom || !isOther) throw error;
    throw badRequest('no kind is registered for the type v1.Scale in scheme "pkg/runtime/scheme.go:111"');
  }
}

async function readParent(resource: ServedResource, exchange: Exchange): Promise<KubeObject> {
  const { namespace, name } = exchange.info;
  const found = resource.cache!.get(keyOf(resource, namespace, name));
  if (!found) throw notFound(resource.groupResource, name);
  await prepareToRead(resource, [found]);
  return readStored(resource, found.bytes);
}

function checkScale(scale: TodaysScale, resource: ServedResource, exchange: Exchange): void {
  const { name, namespace } = exchange.info;
  const replicas = scale.spec?.replicas ?? 0;
  ensureName(scale.metadata.name, name);
  // where there is no namespace, one that is sent is not looked at
  if (namespace !== '' && scale.metadata.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  // a custom resource's own validation says it
  if (replicas < 0 && !resource.custom) {
    const error = invalid(path('spec', 'replicas'), replicas, 'must be greater than or equal to 0');
    throw invalidObject({ group: 'autoscaling', kind: 'Scale' }, name, [error]);
  }
}

async function write(
  exchange: Exchange,
  resource: ServedResource,
  context: HandlerContext,
  { dryRun, mayChangeUid = false }: { dryRun: boolean; mayChangeUid?: boolean },
  next: (current: KubeObject) => KubeObject,
): Promise<void> {
  const { name } = exchange.info;
  await readParent(resource, exchange);
  const { fields } = context.store;
  const apiVersion = apiVersionOf(resource.definition.group, resource.definition.version);
  const form = scaleFormOf(resource);
  const request = (scale: TodaysScale, live: TodaysScale): AdmissionRequest => {
    const { group = '', version = '' } = parseApiVersion(form.apiVersion) ?? {};
    return bodyRequest(exchange, resource, {
      operation: 'UPDATE',
      kind: { group, version, kind: form.kind },
      object: form.fromToday(scale),
      oldObject: form.fromToday(live),
      dryRun,
    });
  };
  const { admission } = context.store;
  const change = async (current: KubeObject): Promise<KubeObject> => {
    const object = copyJson(current);
    const paths = fields.replicasPaths(resource);
    const live = scaleOf(resource, object, neverSet);
    live.metadata.managedFields = entriesForScale(entriesOf(object), paths);
    const asked = request(form.toToday(next(form.fromToday(live))), live);
    await admission.admit(asked);
    const scale = form.toToday(asked.object!);
    checkScale(scale, resource, exchange);
    const revision = scale.metadata.resourceVersion;
    if (revision && revision !== object.metadata.resourceVersion)
      throw conflict(scaleName(resource), name, objectModified);
    const uid = scale.metadata.uid;
    if (uid && uid !== object.metadata.uid && !mayChangeUid) {
      const failed = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${object.metadata.uid}`;
      throw conflict(
        scaleName(resource),
        name,
        resource.custom ? storageText(resource, exchange, failed) : failed,
      );
    }
    const { replicasPath = [], setReplicas } = resource.kind.scale!;
    const replicas = scale.spec?.replicas ?? 0;
    if (resource.custom && replicas === neverSet)
      throw badRequest(`the spec replicas field ${goQuote(`.${replicasPath.join('.')}`)} cannot be empty`);
    setReplicas(object, replicas);
    const entries = entriesForParent(entriesOf(object), entriesOf(scale), apiVersion, paths);
    if (entries) object.metadata.managedFields = entries;
    else delete object.metadata.managedFields;
    keepTimes(resource, object, current);
    return object;
  };
  const validate = (object: KubeObject, old: KubeObject | undefined): Promise<void> =>
    admission.validate(request(scaleOf(resource, object, 0), scaleOf(resource, old!, 0)));
  const written = await runPlainUpdate(exchange, resource, context, dryRun, change, { validate });
  sendScale(exchange, resource, context, scaleOf(resource, written));
}

/** GET, PUT and PATCH of /scale. */
export const scaleSubresource: SubresourceModule = {
  group: '',
  resource: '*',
  subresource: 'scale',
  verbs: {
    get: async (exchange, resource, context) =>
      sendScale(exchange, resource, context, scaleOf(resource, await readParent(resource, exchange))),
    update: async (exchange, resource, context) => {
      const options = writeOptionsOf(exchange.query, 'UpdateOptions');
      const form = scaleFormOf(resource);
      const scale = decodeScale(exchange, resource, form, options.fieldValidation);
      scale.metadata.name ||= exchange.info.name;
      scale.metadata.namespace ||= exchange.info.namespace;
      const writer = writerOf(exchange, options.fieldManager);
      await write(exchange, resource, context, options, (live) =>
        context.store.fields.ofBodies(form).update(live, copyJson(scale), writer),
      );
    },
    patch: async (exchange, resource, context) => {
      const options = patchRequestOf(exchange, resource.custom !== undefined);
      const form = scaleFormOf(resource);
      const manager = context.store.fields.ofBodies(form);
      const writer = writerOf(exchange, options.fieldManager);
      const { force, dryRun } = options;
      // upstream: a patch of a custom resource has no preconditions
      const writing = { dryRun, mayChangeUid: resource.custom !== undefined };
      if (options.isApply) {
        const { config, finishStrict } = applyConfigurationOf(exchange);
        return write(exchange, resource, context, writing, (live) => {
          const applied = manager.apply(live, config, { ...writer, force });
          finishStrict(options.fieldValidation);
          return form.schema.decode(applied as unknown as Json);
        });
      }
      await write(exchange, resource, context, writing, (live) =>
        manager.update(live, applyPatch(exchange, live, form.schema, options.fieldValidation), writer),
      );
    },
  },
};
