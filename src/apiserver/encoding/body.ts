// Request bodies to objects: content type, syntax, kind, fields.
// Upstream: k8s.io/apiserver/pkg/endpoints/handlers/{create,rest}.go, apimachinery/pkg/runtime/serializer/json/json.go.
import { goQuote } from '../../api/go-text.ts';
import {
  apiVersionOf,
  type Json,
  type JsonObject,
  type KubeObject,
  parseApiVersion,
} from '../../api/object.ts';
import { JsonSyntaxError, numberOutOfRange, type ParsedJson, parseJson } from '../../api/parse-json.ts';
import { parseYaml, YamlSyntaxError, yamlWarningTexts } from '../../api/parse-yaml.ts';
import { decodeTyped, type StrictSink } from '../../api/schema/decode.ts';
import { DecodeError, type DecodeSource } from '../../api/schema/explain.ts';
import { goTypeName } from '../../api/schema/go-type-name.ts';
import { refOfKind } from '../../api/schema/type-table.ts';
import { type ApiError, badRequest, unsupportedMediaType } from '../../api/status.ts';
import type { Exchange } from '../exchange.ts';
import { type DeleteOptions, deleteOptionsOf, type FieldValidation } from '../request-options.ts';
import type { ServedResource } from '../resources.ts';
import { decodeProtobufBody } from './protobuf.ts';

const accepted = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/** A body as a JSON value, with what it said of its kind. */
interface ParsedBody {
  value: Json;
  apiVersion: string;
  kind: string;
  /** The document's text, for strict validation; undefined for protobuf. */
  source: ParsedJson | undefined;
}

function mediaTypeOf(exchange: Exchange): string {
  const header = exchange.header('content-type');
  if (!header) return 'application/json';
  const type = header.split(';')[0]!.trim().toLowerCase();
  if (!accepted.includes(type)) throw unsupportedMediaType(accepted);
  return type;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The start of a body for error messages. Upstream: summarizeData. */
function summary(body: Buffer): string {
  if (body.length === 0) return '<empty>';
  if (body[0] === 0x7b)
    return body.length > 30 ? `${body.toString('utf8', 0, 30)} ...` : body.toString('utf8');
  return body.length > 30 ? `${body.toString('hex', 0, 30)} ...` : body.toString('hex');
}

function unrecognized(wanted: string, why: string, body: Buffer): ApiError {
  return badRequest(
    `the object provided is unrecognized (must be of type ${wanted}): ${why} (${summary(body)})`,
  );
}

function parseBody(exchange: Exchange, wanted: string, group = '', version = ''): ParsedBody {
  const { body } = exchange;
  const type = mediaTypeOf(exchange);
  if (type === 'application/vnd.kubernetes.protobuf') {
    const { apiVersion, kind, value } = decodeProtobufBody(body, { group, version, kind: wanted });
    return { value, apiVersion, kind, source: undefined };
  }
  let json: ParsedJson;
  try {
    json = type === 'application/yaml' ? parseYaml(body) : parseJson(body);
  } catch (error) {
    if (error instanceof JsonSyntaxError)
      throw unrecognized(wanted, `couldn't get version/kind; json parse error: ${error.message}`, body);
    if (error instanceof YamlSyntaxError) throw unrecognized(wanted, error.message, body);
    throw error;
  }
  // Go reads null into any object and leaves it as it is
  const value = json.value ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    const what = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    const why = `couldn't get version/kind; json parse error: json: cannot unmarshal ${what} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`;
    throw unrecognized(wanted, why, body);
  }
  return { value, apiVersion: textOf(value['apiVersion']), kind: textOf(value['kind']), source: json };
}

/** Collects strict errors and either warns of them or refuses the body. */
function finishStrict(
  exchange: Exchange,
  errors: string[],
  validation: FieldValidation,
  fail: (text: string) => ApiError,
): void {
  if (errors.length === 0 || validation === 'Ignore') return;
  if (validation === 'Strict') throw fail(`strict decoding error: ${errors.join(', ')}`);
  for (const error of errors) for (const text of yamlWarningTexts(error)) exchange.warn(text);
}

/** A JSON value to an object of one type: ObjectSchema.decode. */
type Decode = (value: Json, sink?: StrictSink, source?: DecodeSource) => KubeObject;

/**
 * `managedFields: []` asks to forget all managers, while decoding leaves out what is empty: puts it back into `object`, which
 * was decoded from `value`.
 */
export function keepManagedFieldsReset(object: KubeObject, value: Json): void {
  const metadata = (value as JsonObject | null)?.['metadata'] as JsonObject | null | undefined;
  const entries = metadata?.['managedFields'];
  if (Array.isArray(entries) && entries.length === 0) object.metadata.managedFields = [];
}

function decodeParsed(
  exchange: Exchange,
  parsed: ParsedBody,
  decode: Decode,
  wanted: string,
  apiVersion: string,
  validation: FieldValidation,
): KubeObject {
  const errors: string[] = [];
  const sink = validation === 'Ignore' ? undefined : { add: (message: string) => errors.push(message) };
  const version = parseApiVersion(apiVersion)?.version ?? apiVersion;
  const fail = (text: string): ApiError =>
    badRequest(`${wanted} in version ${goQuote(version)} cannot be handled as a ${wanted}: ${text}`);
  let object: KubeObject;
  try {
    object = parsed.source
      ? decode(parsed.value, sink, parsed.source)
      : (parsed.value as unknown as KubeObject);
  } catch (error) {
    if (error instanceof DecodeError) throw fail(error.message);
    throw error;
  }
  finishStrict(exchange, errors, validation, fail);
  keepManagedFieldsReset(object, parsed.value);
  return object;
}

/** Go's name of the internal type, as conversion errors show it: `core.ConfigMap`. */
function internalType(group: string, kind: string): string {
  return `${group === '' ? 'core' : group.split('.')[0]}.${kind}`;
}

/** Whether both name one version: `/v1` is `v1`. */
function isSameVersion(apiVersion: string, expected: string): boolean {
  return apiVersion === expected || apiVersion === `/${expected}`;
}

/** The kind in a body must be one that the path takes. Throws 400. */
function checkKind(
  parsed: ParsedBody,
  group: string,
  version: string,
  kind: string,
  body: Buffer,
  accepts: readonly string[],
): void {
  const given = parsed.kind || kind;
  const expected = apiVersionOf(group, version);
  const apiVersion = parsed.apiVersion || expected;
  if (isSameVersion(apiVersion, expected) && given === kind) return;
  if (accepts.includes(apiVersion) && given === kind) return;
  const gv = parseApiVersion(apiVersion);
  if (gv === undefined) throw unrecognized(kind, `unexpected GroupVersion string: ${apiVersion}`, body);
  const ref = refOfKind({ ...gv, kind: given });
  if (ref === undefined) {
    throw badRequest(
      `${given} in version ${goQuote(gv.version)} cannot be handled as a ${kind}: no kind ${goQuote(given)} is registered for version ${goQuote(apiVersion)} in scheme "pkg/api/legacyscheme/scheme.go:30"`,
    );
  }
  if (given !== kind) {
    throw badRequest(
      `${given} in version ${goQuote(gv.version)} cannot be handled as a ${kind}: converting (${goTypeName(ref, true)}) to (${internalType(group, kind)}): unknown conversion`,
    );
  }
  throw badRequest(
    `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`,
  );
}

/**
 * The body as an object of a given type, defaults not filled in. `accepts`: further apiVersions that are taken for the same.
 * Throws 400 and 415.
 */
export function decodeAs(
  exchange: Exchange,
  ref: string,
  apiVersion: string,
  kind: string,
  validation: FieldValidation,
  accepts: readonly string[] = [],
): KubeObject {
  const decode: Decode = (value, sink, source) => decodeTyped(ref, value, sink, source);
  return decodeBody(exchange, decode, apiVersion, kind, validation, accepts);
}

function decodeBody(
  exchange: Exchange,
  decode: Decode,
  apiVersion: string,
  kind: string,
  validation: FieldValidation,
  accepts: readonly string[] = [],
): KubeObject {
  const { group, version } = parseApiVersion(apiVersion)!;
  const parsed = parseBody(exchange, kind, group, version);
  checkKind(parsed, group, version, kind, exchange.body, accepts);
  const object = decodeParsed(exchange, parsed, decode, kind, apiVersion, validation);
  object.apiVersion = apiVersion;
  object.kind = kind;
  return object;
}

/** The body as a custom resource: its kind is left to validation, as upstream does. */
function decodeCustom(
  exchange: Exchange,
  resource: ServedResource,
  apiVersion: string,
  validation: FieldValidation,
): KubeObject {
  const { kind } = resource.definition;
  if (mediaTypeOf(exchange).includes('protobuf')) throw unsupportedMediaType(accepted.slice(0, 2));
  const parsed = parseBody(exchange, kind);
  if (parsed.kind === '')
    throw unrecognized(
      kind,
      `Object 'Kind' is missing in '${exchange.body.toString('utf8')}'`,
      exchange.body,
    );
  if (parsed.apiVersion !== apiVersion) {
    // without a schema every field is unknown
    const unknown = Object.keys(parsed.value as JsonObject).filter(
      (name) => !['apiVersion', 'kind', 'metadata'].includes(name),
    );
    if (validation === 'Warn')
      for (const name of unknown.sort()) exchange.warn(`unknown field ${goQuote(name)}`);
    throw badRequest(
      `the API version in the data (${parsed.apiVersion}) does not match the expected API version (${apiVersion})`,
    );
  }
  const tooLarge = parsed.source?.unusualNumbers ? numberOutOfRange(parsed.source.text) : undefined;
  if (tooLarge !== undefined)
    throw badRequest(
      `${kind} in version ${goQuote(parseApiVersion(apiVersion)!.version)} cannot be handled as a ${kind}: json: cannot unmarshal number ${tooLarge} into Go value of type float64`,
    );
  return decodeParsed(exchange, parsed, resource.schema.decode, kind, apiVersion, validation);
}

/** The body as an object of the resource, in the stored version, with defaults. Throws 400 and 415. */
export function decodeObject(
  exchange: Exchange,
  resource: ServedResource,
  validation: FieldValidation,
  now: number,
): KubeObject {
  const { group, version, kind } = resource.definition;
  const apiVersion = apiVersionOf(group, version);
  const object = resource.custom
    ? decodeCustom(exchange, resource, apiVersion, validation)
    : decodeBody(exchange, resource.schema.decode, apiVersion, kind, validation);
  return toStored(resource, object, now);
}

/** A decoded object of the served version in the stored one, with defaults. */
export function toStored(resource: ServedResource, object: KubeObject, now: number): KubeObject {
  resource.conversion?.setDefaults?.(object);
  const stored = resource.conversion ? resource.conversion.toStorage(object) : object;
  if (stored !== object && object.metadata.managedFields?.length === 0) stored.metadata.managedFields = [];
  // Not served since 1.20: upstream drops it on every write.
  delete stored.metadata.selfLink;
  resource.kind.setDefaults?.(stored, now);
  return stored;
}

/** DeleteOptions of the body, or of the query where there is no body. Throws 400 and 422. */
export function decodeDeleteOptions(exchange: Exchange): DeleteOptions {
  if (exchange.body.length === 0) return deleteOptionsOf(exchange.query, undefined);
  const parsed = parseBody(exchange, 'DeleteOptions', 'meta.k8s.io', 'v1');
  const kind = parsed.kind || 'DeleteOptions';
  const apiVersion = parsed.apiVersion || 'meta.k8s.io/v1';
  const gv = parseApiVersion(apiVersion);
  const known = kind === 'DeleteOptions' && gv !== undefined;
  if (!known)
    throw badRequest(
      `no kind ${goQuote(kind)} is registered for version ${goQuote(apiVersion)} in scheme "pkg/runtime/scheme.go:100"`,
    );
  try {
    const options = parsed.source
      ? decodeTyped('meta/v1.DeleteOptions', parsed.value, undefined, parsed.source)
      : parsed.value;
    return deleteOptionsOf(exchange.query, options as unknown as JsonObject);
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(error.message);
    throw error;
  }
}
