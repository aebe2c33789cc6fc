// The review that an admission webhook is asked with, and what its answer says.
// Upstream: k8s.io/apiserver/pkg/admission/plugin/webhook/request/admissionreview.go.

import { goQuote } from '../../api/go-text.ts';
import { isJsonObject } from '../../api/json-object.ts';
import { readJson } from '../../api/long-integers.ts';
import { type Json, type JsonObject, parseApiVersion } from '../../api/object.ts';
import type { AdmissionRequest, BodyKind } from '../admission/admission.ts';
import type { VersionedRequest } from '../admission/versioned-request.ts';
import type { ServedResource } from '../resources.ts';

/** What a webhook answered. */
export interface AdmissionAnswer {
  readonly allowed: boolean;
  /** Operations of a JSON patch; empty: none. */
  readonly patch: readonly Json[];
  readonly result: JsonObject | undefined;
  readonly warnings: readonly string[];
}

function kindOf({ definition }: ServedResource, bodyKind: BodyKind | undefined): JsonObject {
  if (bodyKind) return { ...bodyKind };
  return { group: definition.group, version: definition.version, kind: definition.kind };
}

function resourceOf({ definition }: ServedResource): JsonObject {
  return { group: definition.group, version: definition.version, resource: definition.plural };
}

const optionKinds = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions' } as const;

function optionsOf({ operation, dryRun, options }: AdmissionRequest): Json {
  if (operation === 'CONNECT') return null;
  return {
    kind: optionKinds[operation],
    apiVersion: 'meta.k8s.io/v1',
    ...options,
    ...(dryRun && { dryRun: ['All'] }),
  };
}

/** The member `request` of a review, without its uid. */
export function admissionRequest({ request, matched, object, oldObject }: VersionedRequest): JsonObject {
  const { resource, subresource, bodyKind, name, namespace, operation, user, dryRun } = request;
  const { uid, groups, extra } = user;
  return {
    kind: kindOf(matched, bodyKind),
    resource: resourceOf(matched),
    ...(subresource !== '' && { subResource: subresource }),
    requestKind: kindOf(resource, bodyKind),
    requestResource: resourceOf(resource),
    ...(subresource !== '' && { requestSubResource: subresource }),
    ...(name !== '' && { name }),
    ...(namespace !== '' && { namespace }),
    operation,
    userInfo: {
      username: user.name,
      ...(uid !== '' && { uid }),
      ...(groups.length > 0 && { groups: [...groups] }),
      ...(Object.keys(extra).length > 0 && { extra: extra as unknown as JsonObject }),
    },
    object: (object ?? null) as unknown as Json,
    oldObject: (oldObject ?? null) as unknown as Json,
    dryRun,
    options: optionsOf(request),
  };
}

/** The first version of reviews that both sides know. Throws Error. */
export function reviewVersion(accepted: readonly string[] | null): string {
  const version = accepted?.find((name) => name === 'v1' || name === 'v1beta1');
  if (version === undefined)
    throw new Error(
      'could not create admission objects: webhook does not accept known AdmissionReview versions (v1, v1beta1)',
    );
  return version;
}

function verifyHead(answer: JsonObject, response: JsonObject, uid: string): void {
  if (response['uid'] !== uid)
    throw new Error(`expected response.uid=${goQuote(uid)}, got ${goQuote(String(response['uid'] ?? ''))}`);
  const { apiVersion, kind } = answer;
  if (apiVersion === 'admission.k8s.io/v1' && kind === 'AdmissionReview') return;
  const got = parseApiVersion(String(apiVersion ?? ''));
  throw new Error(
    `expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got ${got?.group ?? ''}/${got?.version ?? ''}, Kind=${String(kind ?? '')}`,
  );
}

function verifyPatch(patch: string, type: Json | undefined, mutating: boolean): void {
  if (!mutating) {
    if (patch !== '') throw new Error('validating webhook may not return response.patch');
    if (type !== undefined) throw new Error('validating webhook may not return response.patchType');
    return;
  }
  if (patch !== '' && type === undefined)
    throw new Error('webhook returned response.patch but not response.patchType');
  if (patch === '' && type !== undefined)
    throw new Error('webhook returned response.patchType but not response.patch');
  if (type === '') throw new Error('webhook returned invalid response.patchType of ""');
}

/** Reads an answer. Throws Error for one that breaks the rules. */
export function readAnswer(
  answer: JsonObject,
  version: string,
  uid: string,
  mutating: boolean,
): AdmissionAnswer {
  const { response } = answer;
  if (!isJsonObject(response)) throw new Error('webhook response was absent');
  const patch = typeof response['patch'] === 'string' ? response['patch'] : '';
  const type = response['patchType'] ?? undefined;
  if (version === 'v1') {
    verifyHead(answer, response, uid);
    verifyPatch(patch, type, mutating);
  }
  const { warnings, status, result = status } = response;
  return {
    allowed: response['allowed'] === true,
    patch: mutating && patch !== '' ? operationsOf(patch, type) : [],
    result: isJsonObject(result) ? result : undefined,
    warnings: Array.isArray(warnings) ? warnings.map(String) : [],
  };
}

function operationsOf(patch: string, type: Json | undefined): Json[] {
  if (type !== undefined && type !== 'JSONPatch')
    throw new Error(`unsupported patch type ${goQuote(String(type))}`);
  try {
    const text = Buffer.from(patch, 'base64').toString('utf8');
    const operations = readJson(text);
    if (Array.isArray(operations)) return operations;
  } catch {
    // told below
  }
  throw new Error('received undecodable patch in webhook response');
}
