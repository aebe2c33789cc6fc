// What custom resources add to OpenAPI documents. A definition that changes is another object, so what was made of one stays.
import type { CustomResourceDefinition } from '#types/apiextensions.k8s.io_v1';
import {
  type Entry,
  type OpenApiFormat,
  type OpenApiPart,
  type OpenApiV2Part,
  type OpenApiV3Part,
  openApiPart,
  openApiV2,
  openApiV3,
  type Sections,
} from '../api/openapi/open-api-parts.ts';
import {
  type CustomPart,
  type CustomVersion,
  customPartV2,
  customPartV3,
  customTypesV2,
  customTypesV3,
} from '../kinds/custom/openapi/custom-openapi.ts';

interface Made<Section extends string> {
  readonly part: OpenApiPart<Section>;
  readonly types: readonly string[];
  /** Of its JSON. */
  readonly bytes: number;
  packed: boolean;
}

function entriesOf<Section extends string>({ sections }: OpenApiPart<Section>): Entry[] {
  const all = Object.values<Sections<Section>[Section]>(sections);
  return all.flatMap((entries) => [...entries.values()]);
}

/** The parts of versions for documents of one version of OpenAPI. */
class MadeParts<Section extends string> {
  private readonly made = new WeakMap<CustomResourceDefinition, Map<string, Made<Section>>>();
  private readonly format: OpenApiFormat<Section>;
  private readonly make: (of: CustomVersion) => CustomPart;

  constructor(format: OpenApiFormat<Section>, make: (of: CustomVersion) => CustomPart) {
    this.format = format;
    this.make = make;
  }

  has({ crd, version }: CustomVersion): boolean {
    return this.made.get(crd)?.has(version) ?? false;
  }

  /** Whether the protobuf of a part of at least so many bytes is still to be made. */
  isUnpacked(of: CustomVersion, atLeastBytes: number): boolean {
    const { packed, bytes } = this.of(of);
    return !packed && bytes >= atLeastBytes;
  }

  /** Makes the protobuf of the part, which keeps it. */
  pack(of: CustomVersion): void {
    const made = this.of(of);
    for (const entry of entriesOf(made.part)) entry.protobuf();
    made.packed = true;
  }

  of({ crd, version }: CustomVersion): Made<Section> {
    const versions = this.made.get(crd) ?? new Map<string, Made<Section>>();
    this.made.set(crd, versions);
    let found = versions.get(version);
    if (!found) {
      const { document, types } = this.make({ crd, version });
      const part = openApiPart(this.format, document);
      const bytes = entriesOf(part).reduce((sum, { json }) => sum + json.length, 0);
      found = { part, types, bytes, packed: false };
      versions.set(version, found);
    }
    return found;
  }
}

function typesOf(made: readonly { types: readonly string[] }[]): string[] {
  return [...new Set(made.flatMap(({ types }) => types))];
}

/** Makes parts of documents, and keeps them as long as their definitions. */
export class CustomOpenApiParts {
  private readonly v2 = new MadeParts(openApiV2, customPartV2);
  private readonly v3 = new MadeParts(openApiV3, customPartV3);
  private readonly enums: boolean;

  /** `enums`: whether fields of built-in types list what they can be. */
  constructor(enums: boolean) {
    this.enums = enums;
  }

  /** Makes one of the parts that some versions will need, and tells of which; undefined when all are there. */
  makeNext(versions: readonly CustomVersion[]): CustomVersion | undefined {
    for (const made of [this.v2, this.v3]) {
      const missing = versions.find((version) => !made.has(version));
      if (missing === undefined) continue;
      made.of(missing);
      return missing;
    }
    return undefined;
  }

  /**
   * Makes one of those with so many bytes of JSON as protobuf for the document of all groups; those of group versions take some
   * milliseconds each. False when all are there.
   */
  packNext(versions: readonly CustomVersion[], atLeastBytes = 0): boolean {
    const unpacked = versions.find((version) => this.v2.isUnpacked(version, atLeastBytes));
    if (unpacked) this.v2.pack(unpacked);
    return unpacked !== undefined;
  }

  /** Of the document of all groups; at least one version. */
  partsV2(versions: readonly CustomVersion[]): OpenApiV2Part[] {
    const made = versions.map((version) => this.v2.of(version));
    const types = customTypesV2(typesOf(made), this.enums);
    return [openApiPart(openApiV2, types), ...made.map(({ part }) => part)];
  }

  /** Of the document of a group version (`apps/v1`), with what it says of itself in the first; at least one version. */
  partsV3(groupVersion: string, versions: readonly CustomVersion[]): OpenApiV3Part[] {
    const made = versions.map((version) => this.v3.of(version));
    const types = customTypesV3(groupVersion, typesOf(made), this.enums);
    return [openApiPart(openApiV3, types), ...made.map(({ part }) => part)];
  }
}
