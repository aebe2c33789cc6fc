// A patch applied to an object: the three patch types.
// Upstream: k8s.io/apiserver/pkg/endpoints/handlers/patch.go.
import type { KubeObject } from '../../api/object.ts';
import { ApiError, failure } from '../../api/status.ts';
import type { Exchange } from '../exchange.ts';
import type { FieldValidation } from '../request-options.ts';

export function applyPatch(_exchange: Exchange, _current: KubeObject, _ref: string, _validation: FieldValidation): KubeObject {
  throw new ApiError(failure(415, 'UnsupportedMediaType', 'patch'));
}
