// Parameters that many operations of an OpenAPI 2 document have stand in it once; operations refer to them. Their names have a
// hash of what they say.
// Upstream: k8s.io/kube-openapi/pkg/builder/parameters.go.
import { isJsonObject } from '../json-object.ts';
import type { Schema } from './schemas.ts';

/** The members in the order in which Go prints them: the hash is of that text. */
const printed = ['uniqueItems', 'type', 'description', 'name', 'in', 'required', 'schema'];

function textOf(parameter: Schema): string {
  return JSON.stringify(
    Object.fromEntries(printed.filter((name) => name in parameter).map((name) => [name, parameter[name]])),
  );
}

/**
 * The first 48 bits of FNV-1 of a text, as URL-safe base64: 8 characters. The 64 bits are in two halves; the prime is 2^40 and
 * 0x1b3.
 */
function hashOf(text: string): string {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  for (const byte of Buffer.from(text)) {
    const product = low * 0x1b3;
    high = (high * 0x1b3 + Math.floor(product / 2 ** 32) + low * 0x100) % 2 ** 32;
    low = ((product >>> 0) ^ byte) >>> 0;
  }
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(high, 0);
  bytes.writeUInt32BE(low, 4);
  return bytes.subarray(0, 6).toString('base64url');
}

const genericBodies = '#/definitions/io.k8s.apimachinery';

/** kubectl before 1.27 looks for `dryRun` and `fieldValidation` in operations; the rest says something of its own kind. */
function isShared({ name, in: place, schema }: Schema): boolean {
  if (name === 'name') return false;
  if (name === 'fieldValidation' || name === 'dryRun') return place !== 'query';
  return place !== 'body' || (isJsonObject(schema) && String(schema['$ref']).startsWith(genericBodies));
}

/** Most operations have the same few. */
const sharedNames = new WeakMap<Schema, string>();

/** What a parameter is called among those that stand in the document once. */
function sharedName(parameter: Schema): string {
  let name = sharedNames.get(parameter);
  if (name === undefined) {
    name = `${String(parameter['name'])}-${hashOf(textOf(parameter))}`;
    sharedNames.set(parameter, name);
  }
  return name;
}

/** Puts references in place of shared parameters; changes `paths`. Returns the parameters by their names. */
export function shareParameters(paths: Schema): Schema {
  const references = new Map<Schema, Schema>();
  const shared: Record<string, Schema> = {};
  const referenceTo = (parameter: Schema): Schema => {
    if (!isShared(parameter)) return parameter;
    const name = sharedName(parameter);
    shared[name] ??= parameter;
    return { $ref: `#/parameters/${name}` };
  };
  const reference = (parameter: Schema): Schema => {
    const known = references.get(parameter);
    if (known) return known;
    const made = referenceTo(parameter);
    references.set(parameter, made);
    return made;
  };
  const replace = (holder: Schema): void => {
    const parameters = holder['parameters'];
    if (Array.isArray(parameters)) holder['parameters'] = (parameters as Schema[]).map(reference);
  };
  for (const item of Object.values(paths) as Schema[]) {
    replace(item);
    for (const operation of Object.values(item)) if (isJsonObject(operation)) replace(operation as Schema);
  }
  return Object.fromEntries(Object.entries(shared).sort(([a], [b]) => (a < b ? -1 : 1)));
}
