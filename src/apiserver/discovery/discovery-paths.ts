// Serves /api, /apis and the paths below them that name no resource.
// Upstream: k8s.io/apiserver/pkg/endpoints/discovery/aggregated/{handler,wrapper,etag}.go.
import { createHash } from 'node:crypto';
import { methodNotAllowed, pathNotFound } from '../../api/status.ts';
import type { PathHandler } from '../dispatch.ts';
import { encodeProtobufObject } from '../encoding/object-encoder.ts';
import type { Exchange } from '../exchange.ts';
import type { ResourceTable } from '../resource-table.ts';
import { sendValue } from '../respond.ts';
import { objectBytes } from '../store/serialize.ts';
import {
  aggregatedDiscovery,
  apiGroup,
  apiResourceList,
  apiVersions,
  type DiscoveryGroup,
  discoveryGroups,
} from './documents.ts';

interface Wanted {
  version: 'v2' | 'v2beta1';
  protobuf: boolean;
}

/** Which aggregated form the Accept header asks for before a plain one. */
function wantsAggregated(accept: string | undefined): Wanted | undefined {
  for (const clause of (accept ?? '').split(',')) {
    const parts = clause.split(';').map((p) => p.trim());
    const type = parts[0];
    const protobuf = type === 'application/vnd.kubernetes.protobuf';
    if (type !== 'application/json' && !protobuf) continue;
    if (!parts.includes('g=apidiscovery.k8s.io') || !parts.includes('as=APIGroupDiscoveryList'))
      return undefined;
    if (parts.includes('v=v2')) return { version: 'v2', protobuf };
    if (parts.includes('v=v2beta1')) return { version: 'v2beta1', protobuf };
  }
  return undefined;
}

/** Documents are made once per set of served resources. */
export class Discovery {
  private readonly table: ResourceTable;
  private readonly address: () => string;
  private groups: DiscoveryGroup[] | undefined;
  private readonly aggregated = new Map<string, { bytes: Buffer; etag: string }>();

  /** `address` gives host:port of the server. */
  constructor(table: ResourceTable, address: () => string) {
    this.table = table;
    this.address = address;
  }

  /** The served resources changed. */
  refresh(): void {
    this.groups = undefined;
    this.aggregated.clear();
  }

  private all(): DiscoveryGroup[] {
    if (this.groups) return this.groups;
    this.groups = discoveryGroups(this.table.all());
    return this.groups;
  }

  private sendAggregated(exchange: Exchange, isCore: boolean, { version, protobuf }: Wanted): void {
    const key = `${isCore}${version}${protobuf}`;
    let made = this.aggregated.get(key);
    if (!made) {
      const document = aggregatedDiscovery(
        this.all().filter((g) => (g.name === '') === isCore),
        version,
      );
      const bytes = protobuf
        ? encodeProtobufObject(`apidiscovery.k8s.io/${version}.APIGroupDiscoveryList`, document)
        : objectBytes(document);
      made = { bytes, etag: `"${createHash('sha512').update(bytes).digest('hex').toUpperCase()}"` };
      this.aggregated.set(key, made);
    }
    exchange.setHeader('ETag', made.etag);
    exchange.setHeader('Vary', 'Accept');
    exchange.setHeader('Cache-Control', 'public');
    const type = protobuf ? 'application/vnd.kubernetes.protobuf' : 'application/json';
    const contentType = `${type};g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
    if (exchange.header('if-none-match') === made.etag) exchange.send(304, contentType, '');
    else exchange.send(200, contentType, made.bytes);
  }

  private sendRoot(exchange: Exchange, isCore: boolean): void {
    const wanted = wantsAggregated(exchange.header('accept'));
    if (wanted) this.sendAggregated(exchange, isCore, wanted);
    else if (isCore) sendValue(exchange, 200, 'meta/v1.APIVersions', apiVersions(this.address()));
    else {
      const groups = this.all()
        .filter((g) => g.name !== '')
        .map(apiGroup);
      sendValue(exchange, 200, 'meta/v1.APIGroupList', { kind: 'APIGroupList', apiVersion: 'v1', groups });
    }
  }

  /** Answers the discovery paths. */
  readonly handle: PathHandler = (exchange) => {
    const [prefix, ...rest] = exchange.path.split('/').filter((part) => part !== '');
    if (prefix !== 'api' && prefix !== 'apis') return false;
    const isCore = prefix === 'api';
    const depth = isCore ? 1 : 2;
    if (rest.length > depth) return false;
    const groupName = isCore ? '' : (rest[0] ?? '');
    const group = rest.length === 0 && !isCore ? undefined : this.all().find((g) => g.name === groupName);
    if (rest.length > 0 && !isCore && !group) return false;
    const version =
      rest.length === depth ? group?.versions.find((each) => each.version === rest[depth - 1]) : undefined;
    // Upstream's handlers of custom groups do not look at the method, and hand versions that they lack to the next handler.
    const builtIn = isCore || rest.length === 0 || this.table.isBuiltInGroup(groupName);
    if (rest.length === depth && version === undefined) {
      if (!builtIn) return false;
      throw pathNotFound();
    }
    if (builtIn && exchange.method !== 'GET') throw methodNotAllowed();
    if (rest.length === 0) this.sendRoot(exchange, isCore);
    else if (!isCore && rest.length === 1)
      sendValue(exchange, 200, 'meta/v1.APIGroup', {
        kind: 'APIGroup',
        apiVersion: 'v1',
        ...apiGroup(group!),
      });
    else sendValue(exchange, 200, 'meta/v1.APIResourceList', apiResourceList(groupName, version!));
    return true;
  };
}
