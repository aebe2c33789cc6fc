// /openapi/v2 and /openapi/v3: what `kubectl explain` and client-side validation read. Documents are built when first
// asked for, one group version at a time, and kept as bytes.
// Upstream: k8s.io/kube-openapi/pkg/handler and pkg/handler3.

import { createHash } from 'node:crypto';
import type { CustomResourceDefinition } from '#types/apiextensions.k8s.io_v1';
import { readJson, writeJson } from '../api/long-integers.ts';
import { apiVersionOf } from '../api/object.ts';
import type { OpenApiV2Part } from '../api/openapi/open-api-v2-parts.ts';
import type { OpenApiOptions } from '../api/openapi/open-api-v3.ts';
import type { ServerPath } from '../api/openapi/server-paths.ts';
import type { CustomVersion } from '../kinds/custom/openapi/custom-openapi.ts';
import type { ResourceDefinition } from '../kinds/registry.ts';
import { builtInOpenApiV2, namedGroups } from './built-in-openapi.ts';
import type { PathHandler } from './dispatch.ts';
import { firstAccepted } from './encoding/accept.ts';
import type { Exchange } from './exchange.ts';
import type { ResourceTable } from './resource-table.ts';
import type { ServedResource } from './resources.ts';
import { sendBytes } from './respond.ts';
import { versionInfo } from './version.ts';

const json = 'application/json';
const v2Protobuf = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
const v2ProtobufDeprecated = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
const v3Protobuf = 'application/com.github.proto-openapi.spec.v3@v1.0+protobuf';
const v3ProtobufDeprecated = 'application/com.github.proto-openapi.spec.v3.v1.0+protobuf';
const yearMs = 365 * 24 * 3600 * 1000;

/** 406 without a word, as upstream. */
function refuse(exchange: Exchange): true {
  exchange.setHeader('Vary', 'Accept');
  exchange.send(406, 'text/plain; charset=utf-8', '');
  return true;
}

function hashOf(value: Buffer | string): string {
  return createHash('sha512').update(value).digest('hex').toUpperCase();
}

/** Such a document changes with the program alone. */
function serverPathHash(path: string): string {
  return hashOf(writeJson([versionInfo, path]));
}

/** `api/v1`, `apis/apps/v1`. */
function documentPath(group: string, version: string): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`;
}

function builtIn(resources: readonly ServedResource[]): ResourceDefinition[] {
  return resources.filter(({ custom }) => custom === undefined).map(({ definition }) => definition);
}

function customVersions(resources: readonly ServedResource[]): CustomVersion[] {
  return resources.flatMap(({ custom, definition }) =>
    custom ? [{ crd: custom.definition, version: definition.version }] : [],
  );
}

/** What custom resources add to a document of one group version. */
async function customOptions(resources: readonly ServedResource[]): Promise<OpenApiOptions> {
  const versions = customVersions(resources);
  if (versions.length === 0) return {};
  const { customOpenApiOptions } = await import('../kinds/custom/openapi/custom-openapi.ts');
  return customOpenApiOptions(versions, 3);
}

function kept<T>(among: Map<string, T>, key: string, make: () => T): T {
  let found = among.get(key);
  if (found === undefined) {
    found = make();
    among.set(key, found);
  }
  return found;
}

/** Serves the OpenAPI documents of the served resources. */
export class OpenApiDocuments {
  private readonly table: ResourceTable;
  private readonly now: () => number;
  private readonly enums: boolean;
  // what began before a change keeps its documents where nobody looks any more
  private documents = new Map<string, Buffer>();
  private hashes = new Map<string, string>();
  private builtInParts: Promise<OpenApiV2Part[]> | undefined;
  private readonly customParts = new WeakMap<CustomResourceDefinition, Map<string, OpenApiV2Part>>();

  /** `enums`: whether fields list what they can be. */
  constructor(table: ResourceTable, now: () => number, enums: boolean) {
    this.table = table;
    this.now = now;
    this.enums = enums;
  }

  /** The served resources changed. */
  refresh(): void {
    this.documents = new Map();
    this.hashes = new Map();
  }

  private groupVersions(): Map<string, { group: string; version: string }> {
    const found = new Map<string, { group: string; version: string }>();
    for (const { definition } of this.table.all()) {
      const { group, version } = definition;
      found.set(documentPath(group, version), { group, version });
    }
    return found;
  }

  /** The documents of paths that are no resources. */
  private async serverPaths(): Promise<Map<string, ServerPath>> {
    const { serverPaths } = await import('../api/openapi/server-paths.ts');
    // groups of custom resources alone have no document of their own
    const groups = namedGroups(builtIn([...this.table.all()]));
    return new Map(serverPaths(groups).map((path) => [path.document, path]));
  }

  private resources(group: string, version: string): ServedResource[] {
    return [...this.table.all()].filter(
      (r) => r.definition.group === group && r.definition.version === version,
    );
  }

  /** Changes when the document would: made of what goes in, so that the index does not build every document. */
  private hash(path: string, group: string, version: string): string {
    return kept(this.hashes, path, () => {
      const names = this.resources(group, version).map((r) => [
        r.definition.plural,
        r.definition.verbs,
        r.definition.subresources,
        r.custom?.definition.spec,
      ]);
      return hashOf(writeJson([versionInfo, path, names]));
    });
  }

  private send(exchange: Exchange, contentType: string, bytes: Buffer, etag: string): void {
    exchange.setHeader('ETag', `"${etag}"`);
    exchange.setHeader('Vary', 'Accept');
    if (exchange.header('if-none-match') === `"${etag}"`) exchange.send(304, contentType, '');
    else sendBytes(exchange, 200, { media: 'json', contentType, as: undefined, pretty: false }, bytes);
  }

  private async sendIndex(exchange: Exchange): Promise<void> {
    const hashes = [...this.groupVersions()].map(
      ([path, { group, version }]) => [path, this.hash(path, group, version)] as const,
    );
    for (const path of (await this.serverPaths()).keys()) hashes.push([path, serverPathHash(path)]);
    const paths: Record<string, { serverRelativeURL: string }> = {};
    for (const [path, hash] of hashes.sort(([a], [b]) => (a < b ? -1 : 1)))
      paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` };
    // upstream leaves it to Go's guess what the index is, and gives it no mark
    exchange.send(200, 'text/plain; charset=utf-8', JSON.stringify({ paths }));
  }

  private async sendV3(exchange: Exchange, path: string): Promise<boolean> {
    const { documents } = this;
    const found = this.groupVersions().get(path);
    const own = found ? undefined : (await this.serverPaths()).get(path);
    if (!found && !own) return false;
    const wanted = firstAccepted(exchange.header('accept'), [json, v3Protobuf, v3ProtobufDeprecated]);
    if (wanted === undefined) return refuse(exchange);
    const hash = found ? this.hash(path, found.group, found.version) : serverPathHash(path);
    const asked = exchange.query.get('hash');
    if (asked !== null && asked !== hash) {
      exchange.setHeader('Location', `/openapi/v3/${path}?hash=${hash}`);
      exchange.send(301, 'text/html; charset=utf-8', '');
      return true;
    }
    if (asked !== null) {
      exchange.setHeader('Cache-Control', 'public, immutable');
      exchange.setHeader('Expires', new Date(this.now() + yearMs).toUTCString());
    }
    const { buildServerPathV3 } = await import('../api/openapi/open-api-v3.ts');
    const bytes = own
      ? kept(documents, `v3 ${path}`, () => Buffer.from(writeJson(buildServerPathV3(own))))
      : await this.resourcesV3(documents, path, found!);
    if (wanted === json) {
      this.send(exchange, json, bytes, hash);
      return true;
    }
    const { encodeOpenApiV3Protobuf } = await import('../api/openapi/open-api-v3-protobuf.ts');
    const packed = kept(documents, `v3 protobuf ${path}`, () =>
      encodeOpenApiV3Protobuf(readJson(bytes.toString('utf8')) as object),
    );
    this.send(exchange, v3ProtobufDeprecated, packed, hash);
    return true;
  }

  private async resourcesV3(
    documents: Map<string, Buffer>,
    path: string,
    { group, version }: { group: string; version: string },
  ): Promise<Buffer> {
    const { buildOpenApiV3 } = await import('../api/openapi/open-api-v3.ts');
    const resources = this.resources(group, version);
    const options = { ...(await customOptions(resources)), enums: this.enums };
    const build = () => buildOpenApiV3(apiVersionOf(group, version), builtIn(resources), options);
    return kept(documents, `v3 ${path}`, () => Buffer.from(writeJson(build())));
  }

  /** What is built in does not change, and a definition that changes is another object. */
  private async partsV2(): Promise<OpenApiV2Part[]> {
    const resources = [...this.table.all()];
    this.builtInParts ??= builtInOpenApiV2({ resources: builtIn(resources), enums: this.enums });
    const parts = [...(await this.builtInParts)];
    const custom = customVersions(resources);
    if (custom.length === 0) return parts;
    const { openApiV2Part } = await import('../api/openapi/open-api-v2-parts.ts');
    const { customOpenApiV2Part } = await import('../kinds/custom/openapi/custom-openapi.ts');
    for (const { crd, version } of custom) {
      const versions = this.customParts.get(crd) ?? new Map<string, OpenApiV2Part>();
      this.customParts.set(crd, versions);
      const part = versions.get(version) ?? openApiV2Part(customOpenApiV2Part(crd, version, this.enums));
      versions.set(version, part);
      parts.push(part);
    }
    return parts;
  }

  private async sendV2(exchange: Exchange): Promise<void> {
    const wanted = firstAccepted(exchange.header('accept'), [json, v2Protobuf, v2ProtobufDeprecated]);
    if (wanted === undefined) {
      refuse(exchange);
      return;
    }
    const { joinOpenApiV2, joinOpenApiV2Protobuf } = await import('../api/openapi/open-api-v2-parts.ts');
    const { documents, hashes } = this;
    const parts = await this.partsV2();
    const packed = wanted !== json;
    const key = packed ? 'v2 protobuf' : 'v2 json';
    const bytes = kept(documents, key, () => (packed ? joinOpenApiV2Protobuf(parts) : joinOpenApiV2(parts)));
    const hash = kept(hashes, key, () => hashOf(bytes));
    // kubectl reads only the older form of the name, whichever it asked for
    this.send(exchange, packed ? v2ProtobufDeprecated : json, bytes, hash);
  }

  /** Answers the OpenAPI paths. */
  readonly handle: PathHandler = async (exchange) => {
    if (!exchange.path.startsWith('/openapi/') || exchange.method !== 'GET') return false;
    if (exchange.path === '/openapi/v2') {
      await this.sendV2(exchange);
      return true;
    }
    if (exchange.path === '/openapi/v3' || exchange.path === '/openapi/v3/') {
      await this.sendIndex(exchange);
      return true;
    }
    return exchange.path.startsWith('/openapi/v3/')
      ? this.sendV3(exchange, exchange.path.slice('/openapi/v3/'.length))
      : false;
  };
}
