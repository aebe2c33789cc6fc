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

function inVersion(
  object: KubeObject | undefined,
  from: ServedResource,
  to: ServedResource,
): KubeObject | undefined {
  if (object === undefined) return undefined;
  if (from.custom)
    return from === to
      ? object
      : from.custom.convert(object, `${to.definition.group}/${to.definition.version}`);
  return to.conversion ? to.conversion.fromStorage(object) : object;
}

function bodySchema({ group, version, kind }: BodyKind): ObjectSchema {
  return builtInSchema(typeRefOf(group, version, kind), apiVersionOf(group, version), kind);
}

/** The request as `matched` has it. Throws Error where an object cannot be converted. */
export function versionedRequest(request: AdmissionRequest, matched: ServedResource): VersionedRequest {
  const { bodyKind, object, oldObject } = request;
  if (bodyKind) return { request, matched, schema: bodySchema(bodyKind), object, oldObject };
  return {
    request,
    matched,
    schema: matched.schema,
    object: inVersion(request.object, request.resource, matched),
    oldObject: inVersion(request.oldObject, request.resource, matched),
  };
}

function asStored(own: ServedResource, matched: ServedResource, object: KubeObject): KubeObject {
  const stored = matched.custom
    ? matched === own
      ? object
      : matched.custom.convert(object, `${own.definition.group}/${own.definition.version}`)
    : matched.conversion
      ? matched.conversion.toStorage(object)
      : object;
  own.kind.setDefaults?.(stored);
  return stored;
}

/** Puts an object of the version of `matched` in the place of the request's, with defaults. */
export function replaceObject(request: AdmissionRequest, matched: ServedResource, object: KubeObject): void {
  const stored = request.bodyKind ? object : asStored(request.resource, matched, object);
  if (stored === request.object) return;
  const target = request.object as unknown as Record<string, unknown>;
  for (const name of Object.keys(target)) delete target[name];
  Object.assign(target, stored);
}
