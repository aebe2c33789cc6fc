// /openapi/v2 and /openapi/v3: what `kubectl explain` and client-side validation read. Documents are put together when first
// asked for, one group version at a time, and kept as bytes as long as they are true; what definitions add is made before.
// Upstream: k8s.io/kube-openapi/pkg/handler and pkg/handler3.

import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { CustomResourceDefinition } from '#types/apiextensions.k8s.io_v1';
import type { Clock } from '../api/clock.ts';
import { writeJson } from '../api/long-integers.ts';
import { apiVersionOf } from '../api/object.ts';
import type { OpenApiV2Part, OpenApiV3Part } from '../api/openapi/open-api-parts.ts';
import type { ServerPath } from '../api/openapi/server-paths.ts';
import type { CustomVersion } from '../kinds/custom/openapi/custom-openapi.ts';
import type { ResourceDefinition } from '../kinds/registry.ts';
import { builtInOpenApiV2, namedGroups } from './built-in-openapi.ts';
import type { CustomOpenApiParts } from './custom-openapi-parts.ts';
import type { PathHandler } from './dispatch.ts';
import { firstAccepted } from './encoding/accept.ts';
import type { Exchange } from './exchange.ts';
import { MadeAhead } from './openapi-ahead.ts';
import type { ResourceTable } from './resource-table.ts';
import type { ServedResource } from './resources.ts';
import { sendBytes } from './respond.ts';
import { versionInfo } from './version.ts';

const json = 'application/json';
const v2Protobuf = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
const v2ProtobufDeprecated = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
const v3Protobuf = 'application/com.github.proto-openapi.spec.v3@v1.0+protobuf';
const v3ProtobufDeprecated = 'application/com.github.proto-openapi.spec.v3.v1.0+protobuf';
/** Definitions that add so much come slowly, and their protobuf takes a millisecond or more. */
const largePartBytes = 40_000;
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

function kept<T>(among: Map<string, T>, key: string, make: () => T): T {
  let found = among.get(key);
  if (found === undefined) {
    found = make();
    among.set(key, found);
  }
  return found;
}

/** A group version with what is served of it. */
interface GroupVersion {
  readonly group: string;
  readonly version: string;
  readonly resources: ServedResource[];
}

/** A document of version 3 in its forms, which are made when asked for. */
interface DocumentV3 {
  readonly hash: string;
  json?: Buffer;
  protobuf?: Buffer;
}

/** Serves the OpenAPI documents of the served resources. */
export class OpenApiDocuments {
  private readonly table: ResourceTable;
  private readonly clock: Clock;
  private readonly enums: boolean;
  private readonly ahead: MadeAhead;
  // what began before a change keeps its documents where nobody looks any more
  private documents = new Map<string, Buffer>();
  private hashes = new Map<string, string>();
  private groups: ReadonlyMap<string, GroupVersion> | undefined;
  private documentsV3 = new Map<string, DocumentV3>();
  private readonly specHashes = new WeakMap<CustomResourceDefinition, string>();
  private builtInParts: Promise<OpenApiV2Part[]> | undefined;
  private customParts: CustomOpenApiParts | undefined;

  /** `enums`: whether fields list what they can be. */
  constructor(table: ResourceTable, clock: Clock, enums: boolean, log: Logger) {
    this.table = table;
    this.clock = clock;
    this.enums = enums;
    this.ahead = new MadeAhead(
      clock,
      {
        soon: async () => (await this.makeNext()) || this.packNext(largePartBytes),
        whenQuiet: () => this.packNext(),
      },
      log,
    );
  }

  /** The served resources changed. */
  refresh(): void {
    this.documents = new Map();
    this.hashes = new Map();
    this.groups = undefined;
    this.ahead.wake();
  }

  /** From now on what definitions add is made soon after they come; what was served before, with the first of them. */
  start(): void {
    this.ahead.start();
  }

  /** Nothing is made any more but what is asked for. */
  stop(): Promise<void> {
    return this.ahead.stop();
  }

  private customVersions(): CustomVersion[] {
    return customVersions([...this.table.all()]);
  }

  private async makeNext(): Promise<boolean> {
    const made = (await this.custom()).makeNext(this.customVersions());
    if (made) this.specHash(made.crd);
    return made !== undefined;
  }

  private async packNext(atLeastBytes?: number): Promise<boolean> {
    return (await this.custom()).packNext(this.customVersions(), atLeastBytes);
  }

  /** By the paths of their documents. */
  private groupVersions(): ReadonlyMap<string, GroupVersion> {
    if (this.groups) return this.groups;
    const found = new Map<string, GroupVersion>();
    for (const resource of this.table.all()) {
      const { group, version } = resource.definition;
      kept(found, documentPath(group, version), () => ({ group, version, resources: [] })).resources.push(
        resource,
      );
    }
    for (const path of this.documentsV3.keys()) if (!found.has(path)) this.documentsV3.delete(path);
    this.groups = found;
    return found;
  }

  /** The documents of paths that are no resources. */
  private async serverPaths(): Promise<Map<string, ServerPath>> {
    const { serverPaths } = await import('../api/openapi/server-paths.ts');
    // groups of custom resources alone have no document of their own
    const groups = namedGroups(builtIn([...this.table.all()]));
    return new Map(serverPaths(groups).map((path) => [path.document, path]));
  }

  private specHash(crd: CustomResourceDefinition): string {
    let hash = this.specHashes.get(crd);
    if (hash === undefined) {
      hash = hashOf(writeJson(crd.spec));
      this.specHashes.set(crd, hash);
    }
    return hash;
  }

  /** Changes when the document would: made of what goes in, so that the index does not build every document. */
  private hash(path: string, { resources }: GroupVersion): string {
    return kept(this.hashes, path, () => {
      const names = resources.map(({ definition, custom }) => [
        definition.plural,
        definition.verbs,
        definition.subresources,
        custom && this.specHash(custom.definition),
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
    const hashes = [...this.groupVersions()].map(([path, found]) => [path, this.hash(path, found)] as const);
    for (const path of (await this.serverPaths()).keys()) hashes.push([path, serverPathHash(path)]);
    const paths: Record<string, { serverRelativeURL: string }> = {};
    for (const [path, hash] of hashes.sort(([a], [b]) => (a < b ? -1 : 1)))
      paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` };
    // upstream leaves it to Go's guess what the index is, and gives it no mark
    exchange.send(200, 'text/plain; charset=utf-8', JSON.stringify({ paths }));
  }

  private async sendV3(exchange: Exchange, path: string): Promise<boolean> {
    const found = this.groupVersions().get(path);
    const hash = found ? this.hash(path, found) : serverPathHash(path);
    const own = found ? undefined : (await this.serverPaths()).get(path);
    if (!found && !own) return false;
    const wanted = firstAccepted(exchange.header('accept'), [json, v3Protobuf, v3ProtobufDeprecated]);
    if (wanted === undefined) return refuse(exchange);
    const asked = exchange.query.get('hash');
    if (asked !== null && asked !== hash) {
      exchange.setHeader('Location', `/openapi/v3/${path}?hash=${hash}`);
      exchange.send(301, 'text/html; charset=utf-8', '');
      return true;
    }
    if (asked !== null) {
      exchange.setHeader('Cache-Control', 'public, immutable');
      exchange.setHeader('Expires', new Date(this.clock.now() + yearMs).toUTCString());
    }
    let document = this.documentsV3.get(path);
    if (document?.hash !== hash) {
      document = { hash };
      this.documentsV3.set(path, document);
    }
    const form = wanted === json ? 'json' : 'protobuf';
    document[form] ??= await this.makeV3((own ?? found)!, form);
    this.send(exchange, wanted === json ? json : v3ProtobufDeprecated, document[form], hash);
    return true;
  }

  private async makeV3(of: GroupVersion | ServerPath, form: 'json' | 'protobuf'): Promise<Buffer> {
    const { joinOpenApi, joinOpenApiProtobuf, openApiV3 } = await import('../api/openapi/open-api-parts.ts');
    const join = form === 'json' ? joinOpenApi : joinOpenApiProtobuf;
    return join(openApiV3, await this.partsV3(of));
  }

  private async partsV3(of: GroupVersion | ServerPath): Promise<OpenApiV3Part[]> {
    const { openApiPart, openApiV3 } = await import('../api/openapi/open-api-parts.ts');
    const { buildOpenApiV3, buildServerPathV3 } = await import('../api/openapi/open-api-v3.ts');
    if (!('resources' in of)) return [openApiPart(openApiV3, buildServerPathV3(of))];
    const groupVersion = apiVersionOf(of.group, of.version);
    const custom = customVersions(of.resources);
    const parts = custom.length === 0 ? [] : (await this.custom()).partsV3(groupVersion, custom);
    const own = builtIn(of.resources);
    if (own.length === 0) return parts;
    return [...parts, openApiPart(openApiV3, buildOpenApiV3(groupVersion, own, { enums: this.enums }))];
  }

  private async custom(): Promise<CustomOpenApiParts> {
    const { CustomOpenApiParts } = await import('./custom-openapi-parts.ts');
    this.customParts ??= new CustomOpenApiParts(this.enums);
    return this.customParts;
  }

  /** What is built in does not change, and a definition that changes is another object. */
  private async partsV2(): Promise<OpenApiV2Part[]> {
    const resources = [...this.table.all()];
    this.builtInParts ??= builtInOpenApiV2({ resources: builtIn(resources), enums: this.enums });
    const parts = await this.builtInParts;
    const custom = customVersions(resources);
    return custom.length === 0 ? parts : [...parts, ...(await this.custom()).partsV2(custom)];
  }

  private async sendV2(exchange: Exchange): Promise<void> {
    const wanted = firstAccepted(exchange.header('accept'), [json, v2Protobuf, v2ProtobufDeprecated]);
    if (wanted === undefined) {
      refuse(exchange);
      return;
    }
    const { joinOpenApi, joinOpenApiProtobuf, openApiV2 } = await import('../api/openapi/open-api-parts.ts');
    const { documents, hashes } = this;
    const parts = await this.partsV2();
    const packed = wanted !== json;
    const key = packed ? 'v2 protobuf' : 'v2 json';
    const join = packed ? joinOpenApiProtobuf : joinOpenApi;
    const bytes = kept(documents, key, () => join(openApiV2, parts));
    const hash = kept(hashes, key, () => hashOf(bytes));
    // kubectl reads only the older form of the name, whichever it asked for
    this.send(exchange, packed ? v2ProtobufDeprecated : json, bytes, hash);
  }

  /** Answers the OpenAPI paths. */
  readonly handle: PathHandler = async (exchange) => {
    if (!exchange.path.startsWith('/openapi/') || exchange.method !== 'GET') return false;
    return this.ahead.before(() => this.answer(exchange));
  };

  private async answer(exchange: Exchange): Promise<boolean> {
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
  }
}
