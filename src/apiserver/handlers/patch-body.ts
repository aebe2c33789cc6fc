// A patch applied to an object: JSON patch, merge patch, strategic merge patch.
// Upstream: k8s.io/apiserver/pkg/endpoints/handlers/patch.go.

import { invalid } from '../../api/field-error.ts';
import { path } from '../../api/field-path.ts';
import { goJson, goPrint, goQuote } from '../../api/go-text.ts';
import { sortedCopy } from '../../api/json-object.ts';
import type { Json, JsonObject, KubeObject } from '../../api/object.ts';
import { JsonSyntaxError, type ParsedJson, parseJson } from '../../api/parse-json.ts';
import { applyJsonPatch, jsonPatchOperations } from '../../api/patch/json-patch.ts';
import { applyMergePatch } from '../../api/patch/merge-patch.ts';
import { PatchError } from '../../api/patch/patch-error.ts';
import { jsonPatchStrictErrors, mergePatchStrictErrors } from '../../api/patch/patch-strictness.ts';
import { orderOfJsonPatch, orderOfMergePatch } from '../../api/patch/printed-order.ts';
import { mergeSchemaOf } from '../../api/patch/strategic-merge-patch/merge-schema.ts';
import {
  appliedPatch,
  applyStrategicMergePatch,
} from '../../api/patch/strategic-merge-patch/strategic-merge-patch.ts';
import { DecodeError } from '../../api/schema/explain.ts';
import { fromUnstructured, holdsRaw } from '../../api/schema/from-unstructured.ts';
import { ApiError, badRequest, failure, invalidObject, requestEntityTooLarge } from '../../api/status.ts';
import type { ObjectSchema } from '../../kinds/object-schema.ts';
import { keepManagedFieldsReset } from '../encoding/body.ts';
import type { Exchange } from '../exchange.ts';
import type { FieldValidation } from '../request-options.ts';
import { patchTypeOf } from './patch-request.ts';

const maxOperations = 10_000;

/** What one patch type does: the patched value, the strict errors of the patch itself, and how errors show it. */
interface PatchType {
  strictErrors(body: ParsedJson): string[];
  apply(current: JsonObject, body: ParsedJson, ref: string): JsonObject;
  /** The result in the order in which Go goes through it and prints it. */
  printed(body: ParsedJson, result: JsonObject, current: JsonObject): Json;
  /** The value that an error about the result names; default: the result. */
  shown?(body: ParsedJson): string;
  /** The result in the values of its type, where the patch was merged as values and not as text. Throws DecodeError. */
  restore?(ref: string, result: JsonObject): JsonObject;
  /** The words before a syntax error. */
  readonly syntaxPrefix: string;
}

const patchTypes: Record<string, PatchType> = {
  'application/json-patch+json': {
    syntaxPrefix: 'error decoding patch: ',
    strictErrors: jsonPatchStrictErrors,
    apply(current, body) {
      const operations = jsonPatchOperations(body.value);
      if (operations.length > maxOperations) {
        throw requestEntityTooLarge(
          `The allowed maximum operations in a JSON patch is ${maxOperations}, got ${operations.length}`,
        );
      }
      return applyJsonPatch(current, operations) as JsonObject;
    },
    printed: (body, result) => orderOfJsonPatch(result, jsonPatchOperations(body.value)),
  },
  'application/merge-patch+json': {
    syntaxPrefix: 'error decoding patch: ',
    strictErrors: mergePatchStrictErrors,
    apply: (current, body) => applyMergePatch(current, body.value) as JsonObject,
    printed: (body, result, current) => orderOfMergePatch(result, body.value, current),
  },
  'application/strategic-merge-patch+json': {
    syntaxPrefix: '',
    strictErrors: mergePatchStrictErrors,
    apply: (current, body, ref) => applyStrategicMergePatch(current, body.value, mergeSchemaOf(ref)),
    printed: (_body, result) => result,
    shown: (body) => goPrint(appliedPatch(body.value)),
    restore: fromUnstructured,
  },
};

function patchFault(error: unknown): unknown {
  if (!(error instanceof PatchError)) return error;
  if (error.reason === 'badRequest') return badRequest(error.message);
  // Upstream keeps the text for its own log; see NewGenericServerResponse.
  return new ApiError(
    failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {}),
  );
}

function invalidResult(shown: string, why: string): ApiError {
  return invalidObject({ group: '', kind: '' }, '', [invalid(path('patch'), shown, why)]);
}

/** A patch may leave kind and apiVersion alone or repeat them. */
function checkSameKind(patched: KubeObject, current: KubeObject, shown: () => string): void {
  if (patched.kind === current.kind && patched.apiVersion === current.apiVersion) return;
  const { kind, apiVersion } = patched;
  throw invalidResult(
    shown(),
    `no kind ${goQuote(kind ?? '')} is registered for version ${goQuote(apiVersion ?? '')} in scheme "pkg/api/legacyscheme/scheme.go:30"`,
  );
}

/** What a patch needs to know of its object. */
export type PatchedSchema = Pick<ObjectSchema, 'typeRef' | 'decode'>;

/**
 * The patched object, defaults not filled in. `current` is not changed; of the result it shares the members of `kept` that the
 * patch leaves alone. Throws 400, 413 and 422.
 */
export function applyPatch(
  exchange: Exchange,
  current: KubeObject,
  schema: PatchedSchema,
  validation: FieldValidation,
  kept?: object,
): KubeObject {
  const type = patchTypes[patchTypeOf(exchange)]!;
  let body: ParsedJson;
  try {
    body = parseJson(exchange.body);
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw badRequest(type.syntaxPrefix + error.message);
    throw error;
  }
  const strict = validation === 'Ignore' ? [] : type.strictErrors(body);
  const before = current as unknown as JsonObject;
  let result: JsonObject;
  try {
    result = type.apply(before, body, schema.typeRef ?? '');
  } catch (error) {
    throw patchFault(error);
  }
  // custom resources are maps, which Go prints sorted
  const printed = (): Json =>
    schema.typeRef === undefined
      ? type.printed(body, sortedCopy(result) as JsonObject, sortedCopy(before) as JsonObject)
      : type.printed(body, result, before);
  const shown = (): string => type.shown?.(body) ?? goJson(printed());
  const errors: string[] = [];
  const decode = (value: Json): KubeObject =>
    schema.decode(
      value,
      validation === 'Ignore' ? undefined : { add: (message) => errors.push(message) },
      undefined,
      kept,
    );
  const decodeResult = (value: JsonObject): KubeObject => {
    // raw parts are printed, and stored, as the merge leaves them
    if (type.restore && holdsRaw(schema.typeRef)) return decode(type.restore(schema.typeRef!, value));
    try {
      return decode(value);
    } catch (error) {
      if (!(error instanceof DecodeError) || !type.restore) throw error;
      return decode(type.restore(schema.typeRef ?? '', value));
    }
  };
  let patched: KubeObject;
  try {
    patched = decodeResult(schema.typeRef === undefined ? result : (printed() as JsonObject));
  } catch (error) {
    if (error instanceof DecodeError) throw invalidResult(shown(), error.message);
    throw error;
  }
  if (type.restore) errors.sort();
  else if (errors.length > 0 && schema.typeRef === undefined) {
    // once more, for the order of the errors
    errors.length = 0;
    decode(printed());
  }
  errors.unshift(...strict);
  if (errors.length > 0 && validation === 'Strict')
    throw invalidResult(shown(), `strict decoding error: ${errors.join(', ')}`);
  for (const error of errors) exchange.warn(error);
  patched.kind ||= current.kind;
  patched.apiVersion ||= current.apiVersion;
  // of a custom resource validation tells
  if (schema.typeRef !== undefined) checkSameKind(patched, current, shown);
  keepManagedFieldsReset(patched, result);
  return patched;
}
