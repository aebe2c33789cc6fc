// OpenAPI documents that grow with custom resources: one of version 2 for the whole server, one of version 3 for each group
// version. They are made of parts (what is built in, each custom resource), which stay as they are while others come and go:
// a change costs its own part, and putting the parts together.
// Upstream: mergeSpecs in k8s.io/kube-openapi/pkg/aggregator, MergeSpecsV3 in
// k8s.io/apiextensions-apiserver/pkg/controller/openapi/builder/merge.go.
import { isJsonObject } from '../json-object.ts';
import { readJson, writeJson } from '../long-integers.ts';
import type { Json } from '../object.ts';
import { encodeEntriesV2, encodeOpenApiV2Protobuf, type SectionV2 } from './open-api-v2-protobuf.ts';
import { encodeEntriesV3, encodeOpenApiV3Protobuf, type SectionV3 } from './open-api-v3-protobuf.ts';
import { EncodedMembers } from './protobuf-shape.ts';
import type { Schema } from './schemas.ts';

/** What a version of OpenAPI says of the members of documents to which every part adds: its sections. */
export interface OpenApiFormat<Section extends string> {
  /** Where sections stand in a document. */
  readonly sections: Readonly<Record<Section, readonly string[]>>;
  /** Those that a document does not have when nothing is in them. */
  readonly optional: readonly Section[];
  /** The protobuf of members of a section, without what is around them. */
  readonly encodeEntries: (section: Section, members: object) => Buffer;
  /** The protobuf of a document whose sections are EncodedMembers. */
  readonly encodeDocument: (document: object) => Buffer;
}

/** Version 2. */
export const openApiV2: OpenApiFormat<SectionV2> = {
  sections: { definitions: ['definitions'], parameters: ['parameters'], paths: ['paths'] },
  optional: ['parameters'],
  encodeEntries: encodeEntriesV2,
  encodeDocument: encodeOpenApiV2Protobuf,
};

/** Version 3. */
export const openApiV3: OpenApiFormat<SectionV3> = {
  sections: { schemas: ['components', 'schemas'], paths: ['paths'] },
  optional: ['schemas'],
  encodeEntries: encodeEntriesV3,
  encodeDocument: encodeOpenApiV3Protobuf,
};

/** A schema, a shared parameter or a path. */
export interface Entry {
  /** `"name":value`, in UTF-8. */
  readonly json: Buffer;
  /** The same as a member of its section. */
  protobuf(): Buffer;
}

/** The entries of each section by their names. */
export type Sections<Section extends string> = Readonly<Record<Section, ReadonlyMap<string, Entry>>>;

class BuiltEntry implements Entry {
  readonly json: Buffer;
  private readonly encode: (members: object) => Buffer;
  private packed: Buffer | undefined;

  constructor(name: string, value: Json, encode: (members: object) => Buffer) {
    this.json = Buffer.from(`${JSON.stringify(name)}:${writeJson(value)}`);
    this.encode = encode;
  }

  protobuf(): Buffer {
    this.packed ??= this.encode(readJson(`{${this.json.toString('utf8')}}`) as object);
    return this.packed;
  }
}

/** A document, ready to be put together with others. */
export interface OpenApiPart<Section extends string> {
  /** What documents say of themselves. */
  readonly head: Schema;
  readonly sections: Sections<Section>;
}

/** One of a document of version 2. */
export type OpenApiV2Part = OpenApiPart<SectionV2>;
/** One of a document of version 3. */
export type OpenApiV3Part = OpenApiPart<SectionV3>;

/** A record with a value for each section. */
export function forEachSection<Section extends string, T>(
  format: OpenApiFormat<Section>,
  make: (section: Section, path: readonly string[]) => T,
): Record<Section, T> {
  const entries = Object.entries(format.sections) as [Section, readonly string[]][];
  return Object.fromEntries(entries.map(([name, path]) => [name, make(name, path)])) as Record<Section, T>;
}

/** A document without what stands at a path. */
function without(document: Schema, [name, ...inner]: readonly string[]): Schema {
  const { [name!]: value, ...rest } = document;
  return inner.length > 0 && isJsonObject(value) ? { ...rest, [name!]: without(value, inner) } : rest;
}

/** Takes a document that buildOpenApiV2 or buildOpenApiV3 made; it is not needed any more. */
export function openApiPart<Section extends string>(
  format: OpenApiFormat<Section>,
  document: Schema,
): OpenApiPart<Section> {
  let head = document;
  const sections = forEachSection(format, (section, path) => {
    head = without(head, path);
    const found = path.reduce<Json | undefined>((at, name) => (isJsonObject(at) ? at[name] : at), document);
    const encode = (members: object): Buffer => format.encodeEntries(section, members);
    return new Map(
      Object.entries((found ?? {}) as Schema).map(([name, value]) => [
        name,
        new BuiltEntry(name, value, encode),
      ]),
    );
  });
  return { head, sections };
}

/** The entries of all parts, sorted by name. Of one name the first part's is taken. */
function joined<Section extends string>(
  format: OpenApiFormat<Section>,
  parts: readonly OpenApiPart<Section>[],
): { section: Section; path: readonly string[]; entries: Entry[] }[] {
  const all = forEachSection(format, (section, path) => {
    const found = new Map<string, Entry>();
    for (const part of parts)
      for (const [name, entry] of part.sections[section]) if (!found.has(name)) found.set(name, entry);
    return { section, path, entries: [...found.keys()].sort().map((name) => found.get(name)!) };
  });
  return Object.values<(typeof all)[Section]>(all).filter(
    ({ section, entries }) => entries.length > 0 || !format.optional.includes(section),
  );
}

const comma = Buffer.from(',');

function textOf(entries: readonly Entry[]): Buffer[] {
  const texts = entries.flatMap(({ json }, i) => (i === 0 ? [json] : [comma, json]));
  return [Buffer.from('{'), ...texts, Buffer.from('}')];
}

/** The text of an object with further members, given with their paths in it; sorted where it has such members. */
function textWith(
  object: Schema,
  added: readonly { path: readonly string[]; entries: readonly Entry[] }[],
): Buffer[] {
  const names = new Set([...Object.keys(object), ...added.map(({ path }) => path[0]!)]);
  const members = [...names].sort().map((name) => {
    const here = added.filter(({ path }) => path[0] === name);
    if (here.length === 0) return [Buffer.from(writeJson(object[name]!))];
    const whole = here.find(({ path }) => path.length === 1);
    if (whole) return textOf(whole.entries);
    const inner = here.map(({ path, entries }) => ({ path: path.slice(1), entries }));
    return textWith((object[name] ?? {}) as Schema, inner);
  });
  const pieces = [...names]
    .sort()
    .flatMap((name, i) => [Buffer.from(`${i === 0 ? '{' : ','}${JSON.stringify(name)}:`), ...members[i]!]);
  return [...pieces, Buffer.from('}')];
}

/** The JSON of the document of some parts, at least one. */
export function joinOpenApi<Section extends string>(
  format: OpenApiFormat<Section>,
  parts: readonly OpenApiPart<Section>[],
): Buffer {
  return Buffer.concat(textWith(parts[0]!.head, joined(format, parts)));
}

function place(object: object, [name, ...inner]: readonly string[], members: EncodedMembers): object {
  const value = inner.length > 0 ? place(object[name as never] ?? {}, inner, members) : members;
  return { ...object, [name!]: value };
}

/** The protobuf of the same document, as encodeDocument would make it of the whole. */
export function joinOpenApiProtobuf<Section extends string>(
  format: OpenApiFormat<Section>,
  parts: readonly OpenApiPart<Section>[],
): Buffer {
  let document: object = parts[0]!.head;
  for (const { path, entries } of joined(format, parts))
    document = place(document, path, new EncodedMembers(entries.map((entry) => entry.protobuf())));
  return format.encodeDocument(document);
}
