// The OpenAPI 2 document is one for the whole server, and a large one. It is made of parts (what is built in, each custom
// resource), which stay as they are while others come and go: a change costs its own part, and putting the parts together.
// Upstream: mergeSpecs in k8s.io/kube-openapi/pkg/aggregator.
import { readJson, writeJson } from '../long-integers.ts';
import type { Json } from '../object.ts';
import {
  encodeEntriesV2,
  encodeOpenApiV2Protobuf,
  encodeSectionV2,
  type SectionName,
} from './open-api-v2-protobuf.ts';
import type { Schema } from './schemas.ts';

/** The members of a document to which every part adds. */
export const sections: readonly SectionName[] = ['definitions', 'parameters', 'paths'];

/** A definition, a shared parameter or a path. */
export interface Entry {
  /** `"name":value`, in UTF-8. */
  readonly json: Buffer;
  /** The same as a member of its section. */
  protobuf(): Buffer;
}

/** The entries of each section by their names. */
export type Sections = Readonly<Record<SectionName, ReadonlyMap<string, Entry>>>;

class BuiltEntry implements Entry {
  readonly json: Buffer;
  private readonly section: SectionName;
  private packed: Buffer | undefined;

  constructor(section: SectionName, name: string, value: Json) {
    this.section = section;
    this.json = Buffer.from(`${JSON.stringify(name)}:${writeJson(value)}`);
  }

  protobuf(): Buffer {
    this.packed ??= encodeEntriesV2(this.section, readJson(`{${this.json.toString('utf8')}}`) as Schema);
    return this.packed;
  }
}

/** A document, ready to be put together with others. */
export interface OpenApiV2Part {
  /** What documents say of themselves. */
  readonly head: Schema;
  readonly sections: Sections;
}

/** Takes a document that buildOpenApiV2 made; it is not needed any more. */
export function openApiV2Part(document: Schema): OpenApiV2Part {
  const { definitions, parameters, paths, ...head } = document;
  const entriesOf = (section: SectionName, members: Json | undefined) =>
    new Map(
      Object.entries((members ?? {}) as Schema).map(([name, value]) => [
        name,
        new BuiltEntry(section, name, value),
      ]),
    );
  return {
    head,
    sections: {
      definitions: entriesOf('definitions', definitions),
      parameters: entriesOf('parameters', parameters),
      paths: entriesOf('paths', paths),
    },
  };
}

/** The entries of all parts, sorted by name. Of one name the first part's is taken. */
function joined(parts: readonly OpenApiV2Part[], section: SectionName): Entry[] {
  const found = new Map<string, Entry>();
  for (const part of parts)
    for (const [name, entry] of part.sections[section]) if (!found.has(name)) found.set(name, entry);
  return [...found.keys()].sort().map((name) => found.get(name)!);
}

const comma = Buffer.from(',');

/** The JSON of the document of some parts, at least one. */
export function joinOpenApiV2(parts: readonly OpenApiV2Part[]): Buffer {
  const members = new Map<string, readonly Buffer[]>();
  for (const [name, value] of Object.entries(parts[0]!.head))
    members.set(name, [Buffer.from(writeJson(value))]);
  for (const section of sections) {
    const entries = joined(parts, section);
    if (entries.length === 0 && section === 'parameters') continue;
    const texts = entries.flatMap(({ json }, i) => (i === 0 ? [json] : [comma, json]));
    members.set(section, [Buffer.from('{'), ...texts, Buffer.from('}')]);
  }
  const pieces = [...members.keys()]
    .sort()
    .flatMap((name, i) => [
      Buffer.from(`${i === 0 ? '{' : ','}${JSON.stringify(name)}:`),
      ...members.get(name)!,
    ]);
  return Buffer.concat([...pieces, Buffer.from('}')]);
}

/** The protobuf of the same document, as encodeOpenApiV2Protobuf would make it. */
export function joinOpenApiV2Protobuf(parts: readonly OpenApiV2Part[]): Buffer {
  const { swagger, info, ...rest } = parts[0]!.head;
  const section = (name: SectionName): Buffer =>
    encodeSectionV2(
      name,
      joined(parts, name).map((entry) => entry.protobuf()),
    );
  return Buffer.concat([
    encodeOpenApiV2Protobuf({ swagger: swagger!, info: info! }),
    section('paths'),
    section('definitions'),
    section('parameters'),
    encodeOpenApiV2Protobuf(rest),
  ]);
}
