// The scale subresource: autoscaling/v1 Scale over any kind that declares a scale mapping.
// Upstream: ScaleREST in pkg/registry/apps/deployment/storage/storage.go in kubernetes/kubernetes.
import type { Scale } from '#types/autoscaling_v1';
import { invalid } from '../../api/field-error.ts';
import { path } from '../../api/field-path.ts';
import type { KubeObject } from '../../api/object.ts';
import { badRequest, conflict, invalidObject, notFound, objectModified } from '../../api/status.ts';
import { decodeAs } from '../encoding/body.ts';
import type { Exchange } from '../exchange.ts';
import type { HandlerContext } from '../handlers/handler.ts';
import { applyPatch } from '../handlers/patch-body.ts';
import { runPlainUpdate } from '../handlers/plain-update.ts';
import { patchOptionsOf, writeOptionsOf } from '../request-options.ts';
import { keyOf, type ServedResource } from '../resources.ts';
import { sendValue } from '../respond.ts';
import { parseObject } from '../store/serialize.ts';
import type { SubresourceModule } from './subresource.ts';

const scaleRef = 'autoscaling/v1.Scale';

/** The Scale of an object. */
function scaleOf(resource: ServedResource, object: KubeObject): Scale & KubeObject {
  const mapping = resource.kind.scale!;
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = mapping.selector(object);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: mapping.replicas(object) === 0 ? {} : { replicas: mapping.replicas(object) },
    status: { replicas: mapping.statusReplicas(object), ...(selector !== '' && { selector }) },
  } as Scale & KubeObject;
}

function scaleName(resource: ServedResource): { group: string; resource: string } {
  return { group: resource.groupResource.group, resource: `${resource.groupResource.resource}/scale` };
}

function readParent(resource: ServedResource, exchange: Exchange): KubeObject {
  const { namespace, name } = exchange.info;
  const found = resource.cache!.get(keyOf(resource, namespace, name));
  if (!found) throw notFound(scaleName(resource), name);
  return parseObject(found.bytes);
}

function checkScale(scale: Scale & KubeObject, exchange: Exchange): void {
  const { name, namespace } = exchange.info;
  const replicas = scale.spec?.replicas ?? 0;
  if (scale.metadata.name !== name)
    throw badRequest(
      `the name of the object (${scale.metadata.name}) does not match the name on the URL (${name})`,
    );
  if (scale.metadata.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  if (replicas < 0) {
    const error = invalid(path('spec', 'replicas'), replicas, 'must be greater than or equal to 0');
    throw invalidObject({ group: 'autoscaling', kind: 'Scale' }, name, [error]);
  }
}

async function write(
  exchange: Exchange,
  resource: ServedResource,
  context: HandlerContext,
  dryRun: boolean,
  next: (current: Scale & KubeObject) => Scale & KubeObject,
): Promise<void> {
  const { name } = exchange.info;
  readParent(resource, exchange);
  const written = await runPlainUpdate(exchange, resource, context, dryRun, (object) => {
    const scale = next(scaleOf(resource, object));
    checkScale(scale, exchange);
    const asked = scale.metadata.resourceVersion;
    if (asked && asked !== object.metadata.resourceVersion)
      throw conflict(scaleName(resource), name, objectModified);
    const uid = scale.metadata.uid;
    if (uid && uid !== object.metadata.uid) {
      throw conflict(
        scaleName(resource),
        name,
        `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${object.metadata.uid}`,
      );
    }
    resource.kind.scale!.setReplicas(object, scale.spec?.replicas ?? 0);
    return object;
  });
  sendValue(exchange, 200, scaleRef, scaleOf(resource, written));
}

/** GET, PUT and PATCH of /scale. */
export const scaleSubresource: SubresourceModule = {
  group: '',
  resource: '*',
  subresource: 'scale',
  verbs: {
    get: async (exchange, resource) =>
      sendValue(exchange, 200, scaleRef, scaleOf(resource, readParent(resource, exchange))),
    update: async (exchange, resource, context) => {
      const options = writeOptionsOf(exchange.query, 'UpdateOptions');
      const scale = decodeAs(
        exchange,
        scaleRef,
        'autoscaling/v1',
        'Scale',
        options.fieldValidation,
      ) as Scale & KubeObject;
      scale.metadata.name ||= exchange.info.name;
      scale.metadata.namespace ||= exchange.info.namespace;
      await write(exchange, resource, context, options.dryRun, () => scale);
    },
    patch: async (exchange, resource, context) => {
      const options = patchOptionsOf(exchange.query, false);
      await write(
        exchange,
        resource,
        context,
        options.dryRun,
        (current) => applyPatch(exchange, current, scaleRef, options.fieldValidation) as Scale & KubeObject,
      );
    },
  },
};
