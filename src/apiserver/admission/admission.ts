// The chain of steps that may change or refuse a write after it was decoded.
// Upstream: k8s.io/apiserver/pkg/admission/interfaces.go.
import { entriesOf, validateManagedFields } from '../../api/managed-fields/managers/managers.ts';
import type { Json, JsonObject, KubeObject } from '../../api/object.ts';
import type { UserInfo } from '../exchange.ts';
import type { ServedResource } from '../resources.ts';

/** The kind of a body in one version. */
export interface BodyKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** A write on its way to storage. */
export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly resource: ServedResource;
  readonly subresource: string;
  /** What `object` is where it is not an object of the resource itself: a Scale, an Eviction, the options of a connection. */
  readonly bodyKind?: BodyKind;
  readonly namespace: string;
  /** '' for a create with generateName and for deletecollection. */
  readonly name: string;
  /** The new object; undefined for deletions. Mutating steps may change it in place. */
  readonly object: KubeObject | undefined;
  /** The stored object for updates and deletions. */
  readonly oldObject: KubeObject | undefined;
  readonly user: UserInfo;
  /** What the request is called in authorization: `update`, `patch`; absent where nobody asks for it. */
  readonly verb?: string;
  readonly dryRun: boolean;
  /** What the client gave of the options of the operation, beside dryRun; absent: nothing. */
  readonly options?: JsonObject;
  /** When the request ends unanswered, by the server's clock. */
  readonly deadline: number;
  warn(text: string): void;
}

/** One step. Throws an ApiError to refuse. */
export interface AdmissionStep {
  readonly name: string;
  /**
   * Called before defaults are validated; may change `request.object`. Gives true, or a promise of it, where it changed so that
   * all steps are to look at it once more; nothing else otherwise.
   */
  admit?(request: AdmissionRequest): unknown;
  /** Called on the final object; changes nothing. */
  validate?(request: AdmissionRequest): void | Promise<void>;
}

/** The steps in order; mutating ones run before the kind's validation, validating ones after it. */
export interface AdmissionChain {
  admit(request: AdmissionRequest): Promise<void>;
  validate(request: AdmissionRequest): Promise<void>;
}

/**
 * Takes back what steps made of the managed fields where nobody can read it, and warns. Upstream:
 * k8s.io/apiserver/pkg/endpoints/handlers/fieldmanager/admission.go.
 */
function keepReadableFields(request: AdmissionRequest, before: Json | undefined): void {
  const { object } = request;
  if (object === undefined || entriesOf(object) === before) return;
  try {
    validateManagedFields(object);
  } catch (error) {
    if (before === undefined) delete object.metadata.managedFields;
    else object.metadata.managedFields = before as unknown as KubeObject['metadata']['managedFields'];
    request.warn(
      `.metadata.managedFields was in an invalid state after admission; this could be caused by an outdated mutating admission controller; please fix your requests: ${(error as Error).message}`,
    );
  }
}

/** Makes one chain of an ordered list. */
export function admissionChain(steps: readonly AdmissionStep[]): AdmissionChain {
  const admitting = steps.filter((s) => s.admit);
  const validating = steps.filter((s) => s.validate);
  return {
    async admit(request) {
      const before = request.object && entriesOf(request.object);
      let again = false;
      for (let round = 0; round === 0 || (again && round === 1); round++)
        for (const step of admitting) {
          const pending = step.admit!(request);
          if (pending !== undefined && (await pending) === true) again = true;
        }
      keepReadableFields(request, before);
    },
    async validate(request) {
      for (const step of validating) {
        const pending = step.validate!(request);
        if (pending) await pending;
      }
    },
  };
}
