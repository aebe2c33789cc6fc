// Parts of OpenAPI 2 documents as bytes of a file, so that they are read where they need not be made.
// The file: a line of JSON that says what follows, then the JSON of every entry, then the protobuf of every entry.
import type { Json } from '../object.ts';
import { type Entry, forEachSection, type OpenApiV2Part, openApiV2 } from './open-api-parts.ts';
import type { SectionV2 } from './open-api-v2-protobuf.ts';

const sections = Object.keys(openApiV2.sections) as SectionV2[];

/** An entry's name, and how many bytes its JSON and its protobuf have. */
type Length = readonly [name: string, json: number, protobuf: number];

/** The first line. Entries that parts share are there once; parts name theirs by place. */
interface Contents {
  readonly head: Record<string, Json>;
  readonly entries: Readonly<Record<SectionV2, Length[]>>;
  readonly parts: Record<string, Readonly<Record<SectionV2, readonly number[]>>>;
}

/** The bytes of parts by their names. Their heads are the same. */
export function saveOpenApiV2Parts(parts: ReadonlyMap<string, OpenApiV2Part>): Buffer {
  const saved = forEachSection(openApiV2, (): Entry[] => []);
  const places = new Map<string, number>();
  const entries = forEachSection(openApiV2, (): Length[] => []);
  const placesOf = (section: SectionV2, part: OpenApiV2Part): number[] =>
    [...part.sections[section]].map(([name, entry]) => {
      const key = `${section} ${entry.json.toString('utf8')}`;
      const place = places.get(key) ?? saved[section].length;
      if (!places.has(key)) {
        places.set(key, place);
        saved[section].push(entry);
        entries[section].push([name, entry.json.length, entry.protobuf().length]);
      }
      return place;
    });
  const contents: Contents = {
    head: [...parts.values()][0]?.head ?? {},
    entries,
    parts: Object.fromEntries(
      [...parts].map(([name, part]) => [
        name,
        forEachSection(openApiV2, (section) => placesOf(section, part)),
      ]),
    ),
  };
  const all = sections.flatMap((section) => saved[section]);
  return Buffer.concat([
    Buffer.from(`${JSON.stringify(contents)}\n`),
    ...all.map(({ json }) => json),
    ...all.map((entry) => entry.protobuf()),
  ]);
}

/**
 * The sum of the parts with some of the names that saveOpenApiV2Parts wrote, and the names that are not there. The bytes are
 * kept, not copied.
 */
export function readOpenApiV2Part(
  bytes: Buffer,
  names: readonly string[],
): { part: OpenApiV2Part; missing: ReadonlySet<string> } {
  const start = bytes.indexOf('\n') + 1;
  const { head, entries, parts } = JSON.parse(bytes.toString('utf8', 0, start)) as Contents;
  const wanted = forEachSection(openApiV2, () => new Set<number>());
  const missing = new Set(names.filter((name) => !Object.hasOwn(parts, name)));
  for (const name of names)
    if (!missing.has(name))
      for (const section of sections) for (const place of parts[name]![section]) wanted[section].add(place);
  const read = forEachSection(openApiV2, () => new Map<string, Entry>());
  let json = start;
  let protobuf = start;
  for (const section of sections) for (const [, length] of entries[section]) protobuf += length;
  for (const section of sections)
    entries[section].forEach(([name, jsonLength, protobufLength], place) => {
      if (wanted[section].has(place)) {
        const packed = bytes.subarray(protobuf, protobuf + protobufLength);
        read[section].set(name, {
          json: bytes.subarray(json, json + jsonLength),
          protobuf: () => packed,
        });
      }
      json += jsonLength;
      protobuf += protobufLength;
    });
  return { part: { head, sections: read }, missing };
}
