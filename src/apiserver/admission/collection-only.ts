// Updates that change nothing but what garbage collection needs.
// Upstream: IsOnlyMutatingGCFields in pkg/registry/rbac/helpers.go in kubernetes/kubernetes.
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../../api/object.ts';
import type { AdmissionRequest } from './admission.ts';

/** Whether an update changes only what garbage collection needs. */
export function isForCollectionOnly({ object, oldObject }: AdmissionRequest): boolean {
  if (!object || !oldObject) return false;
  const rest = ({ metadata, ...others }: KubeObject): unknown => {
    const { ownerReferences: _o, finalizers: _f, selfLink: _s, managedFields: _m, ...kept } = metadata;
    return { ...others, metadata: kept };
  };
  return isDeepStrictEqual(rest(object), rest(oldObject));
}
