// A patch applied to an object: JSON patch, merge patch, strategic merge patch.
// Upstream: k8s.io/apiserver/pkg/endpoints/handlers/patch.go.
import { invalid } from '../../api/field-error.ts';
import { path } from '../../api/field-path.ts';
import { goPrint, goQuote } from '../../api/go-text.ts';
import type { Json, JsonObject, KubeObject } from '../../api/object.ts';
import { JsonSyntaxError, type ParsedJson, parseJson } from '../../api/parse-json.ts';
import { applyJsonPatch, jsonPatchOperations } from '../../api/patch/json-patch.ts';
import { applyMergePatch } from '../../api/patch/merge-patch.ts';
import { PatchError } from '../../api/patch/patch-error.ts';
import { jsonPatchStrictErrors, mergePatchStrictErrors } from '../../api/patch/patch-strictness.ts';
import { mergeSchemaOf } from '../../api/patch/strategic-merge-patch/merge-schema.ts';
import { applyStrategicMergePatch } from '../../api/patch/strategic-merge-patch/strategic-merge-patch.ts';
import { decodeTyped } from '../../api/schema/decode.ts';
import { DecodeError } from '../../api/schema/explain.ts';
import { ApiError, badRequest, failure, invalidObject, requestEntityTooLarge } from '../../api/status.ts';
import type { Exchange } from '../exchange.ts';
import type { FieldValidation } from '../request-options.ts';
import { patchTypeOf } from './patch-request.ts';

const maxOperations = 10_000;

/** What one patch type does: the patched value, the strict errors of the patch itself, and how errors show it. */
interface PatchType {
  strictErrors(body: ParsedJson): string[];
  apply(current: JsonObject, body: ParsedJson, ref: string): JsonObject;
  /** The value that an error about the result names. */
  shown(body: ParsedJson, result: JsonObject): string;
  /** The words before a syntax error. */
  readonly syntaxPrefix: string;
}

const shownResult = (_body: ParsedJson, result: JsonObject): string => JSON.stringify(result);

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
    shown: shownResult,
  },
  'application/merge-patch+json': {
    syntaxPrefix: 'error decoding patch: ',
    strictErrors: mergePatchStrictErrors,
    apply: (current, body) => applyMergePatch(current, body.value) as JsonObject,
    shown: shownResult,
  },
  'application/strategic-merge-patch+json': {
    syntaxPrefix: '',
    strictErrors: mergePatchStrictErrors,
    apply: (current, body, ref) => applyStrategicMergePatch(current, body.value, mergeSchemaOf(ref)),
    shown: (body) => goPrint(body.value),
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
function checkSameKind(patched: KubeObject, current: KubeObject, shown: string): void {
  patched.kind ||= current.kind;
  patched.apiVersion ||= current.apiVersion;
  if (patched.kind === current.kind && patched.apiVersion === current.apiVersion) return;
  const { kind, apiVersion } = patched;
  throw invalidResult(
    shown,
    `no kind ${goQuote(kind ?? '')} is registered for version ${goQuote(apiVersion ?? '')} in scheme "pkg/api/legacyscheme/scheme.go:30"`,
  );
}

/** The patched object as the type `ref`, defaults not filled in. `current` is not changed. Throws 400, 413 and 422. */
export function applyPatch(
  exchange: Exchange,
  current: KubeObject,
  ref: string,
  validation: FieldValidation,
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
  let result: JsonObject;
  try {
    result = type.apply(current as unknown as JsonObject, body, ref);
  } catch (error) {
    throw patchFault(error);
  }
  const errors = [...strict];
  let patched: KubeObject;
  try {
    patched = decodeTyped(
      ref,
      result as Json,
      validation === 'Ignore' ? undefined : { add: (message) => errors.push(message) },
    );
  } catch (error) {
    if (error instanceof DecodeError) throw invalidResult(type.shown(body, result), error.message);
    throw error;
  }
  if (errors.length > 0 && validation === 'Strict')
    throw invalidResult(type.shown(body, result), `strict decoding error: ${errors.join(', ')}`);
  for (const error of errors) exchange.warn(error);
  checkSameKind(patched, current, type.shown(body, result));
  return patched;
}
