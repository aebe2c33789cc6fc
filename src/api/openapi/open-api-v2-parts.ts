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
const sections: readonly SectionName[] = ['definitions', 'parameters', 'paths'];

/** A definition, a shared parameter or a path. */
class Entry {
  readonly json: string;
  private readonly section: SectionName;
  private packed: Buffer | undefined;

  constructor(section: SectionName, name: string, value: Json) {
    this.section = section;
    this.json = `${JSON.stringify(name)}:${writeJson(value)}`;
  }

  protobuf(): Buffer {
    this.packed ??= encodeEntriesV2(this.section, readJson(`{${this.json}}`) as Schema);
    return this.packed;
  }
}

/** A document, ready to be put together with others. */
export class OpenApiV2Part {
  /** What documents say of themselves. */
  readonly head: Schema;
  private readonly entries: Readonly<Record<SectionName, ReadonlyMap<string, Entry>>>;

  /** Takes a document that buildOpenApiV2 made; it is not needed any more. */
  constructor(document: Schema) {
    const { definitions, parameters, paths, ...head } = document;
    this.head = head;
    const entriesOf = (section: SectionName, members: Json | undefined) =>
      new Map(
        Object.entries((members ?? {}) as Schema).map(([name, value]) => [
          name,
          new Entry(section, name, value),
        ]),
      );
    this.entries = {
      definitions: entriesOf('definitions', definitions),
      parameters: entriesOf('parameters', parameters),
      paths: entriesOf('paths', paths),
    };
  }

  section(section: SectionName): ReadonlyMap<string, Entry> {
    return this.entries[section];
  }
}

/** The entries of all parts, sorted by name. Of one name the first part's is taken. */
function joined(parts: readonly OpenApiV2Part[], section: SectionName): Entry[] {
  const found = new Map<string, Entry>();
  for (const part of parts)
    for (const [name, entry] of part.section(section)) if (!found.has(name)) found.set(name, entry);
  return [...found.keys()].sort().map((name) => found.get(name)!);
}

/** The JSON of the document of some parts, at least one. */
export function joinOpenApiV2(parts: readonly OpenApiV2Part[]): Buffer {
  const members = new Map<string, string>();
  for (const [name, value] of Object.entries(parts[0]!.head)) members.set(name, writeJson(value));
  for (const section of sections) {
    const entries = joined(parts, section);
    if (entries.length > 0 || section !== 'parameters')
      members.set(section, `{${entries.map(({ json }) => json).join()}}`);
  }
  const texts = [...members.keys()].sort().map((name) => `${JSON.stringify(name)}:${members.get(name)}`);
  return Buffer.from(`{${texts.join()}}`);
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
