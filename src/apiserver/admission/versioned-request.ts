// A request in the version in which an admission configuration wants to see it.
// Upstream: k8s.io/apiserver/pkg/admission/conversion.go.
import { apiVersionOf, type KubeObject } from '../../api/object.ts';
import { builtInSchema, type ObjectSchema } from '../../kinds/object-schema.ts';
import { typeRefOf } from '../../kinds/registry.ts';
import type { ServedResource } from '../resources.ts';
import type { AdmissionRequest, BodyKind } from './admission.ts';

/** A request, and its objects in the version of `matched`. */
export interface VersionedRequest {
  readonly request: AdmissionRequest;
  /** The resource that the rule named: that of the request, or another version of it. */
  readonly matched: ServedResource;
  /** The schema of the objects. */
  readonly schema: ObjectSchema;
  readonly object: KubeObject | undefined;
  readonly oldObject: KubeObject | undefined;
}

/** An object of one version of a custom resource in another one; the same where versions differ in name alone. */
async function customInVersion(
  object: KubeObject,
  from: ServedResource,
  to: ServedResource,
): Promise<KubeObject> {
  if (from === to) return object;
  const apiVersion = apiVersionOf(to.definition.group, to.definition.version);
  if (from.custom?.webhook === undefined) return { ...object, apiVersion };
  try {
    const [converted] = await from.custom.webhook([structuredClone(object)], apiVersion);
    return converted!;
  } catch (error) {
    // what that means is for those who asked to say
    throw new Error((error as Error).message, { cause: error });
  }
}

async function inVersion(
  object: KubeObject | undefined,
  from: ServedResource,
  to: ServedResource,
): Promise<KubeObject | undefined> {
  if (object === undefined) return undefined;
  if (from.custom) return customInVersion(object, from, to);
  const printed = from.storedSchema.printed(object);
  return to.conversion ? to.conversion.fromStorage(printed) : printed;
}

function bodySchema({ group, version, kind }: BodyKind): ObjectSchema {
  return builtInSchema(typeRefOf(group, version, kind), apiVersionOf(group, version), kind);
}

/** The request as `matched` has it. Rejects with Error where an object cannot be converted. */
export async function versionedRequest(
  request: AdmissionRequest,
  matched: ServedResource,
): Promise<VersionedRequest> {
  const { bodyKind, object, oldObject, resource } = request;
  if (bodyKind) return { request, matched, schema: bodySchema(bodyKind), object, oldObject };
  const old = await inVersion(oldObject, resource, matched);
  return {
    request,
    matched,
    schema: matched.schema,
    object: await inVersion(object, resource, matched),
    oldObject: old,
  };
}

async function asStored(
  own: ServedResource,
  matched: ServedResource,
  object: KubeObject,
): Promise<KubeObject> {
  const stored = matched.custom
    ? await customInVersion(object, matched, own)
    : matched.conversion
      ? matched.conversion.toStorage(object)
      : object;
  own.kind.setDefaults?.(stored);
  return stored;
}

/**
 * Puts an object of the version of `matched` in the place of the request's, with defaults. Rejects with Error where it cannot be
 * converted.
 */
export async function replaceObject(
  request: AdmissionRequest,
  matched: ServedResource,
  object: KubeObject,
): Promise<void> {
  const stored = request.bodyKind ? object : await asStored(request.resource, matched, object);
  if (stored === request.object) return;
  const target = request.object as unknown as Record<string, unknown>;
  for (const name of Object.keys(target)) delete target[name];
  Object.assign(target, stored);
}
