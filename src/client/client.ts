// Typed verbs of the Kubernetes API over a transport. Works against any Kubernetes API server.
// Upstream: k8s.io/client-go/rest/request.go and the generated clientsets.
import type { KubeObject } from '../api/object.ts';
import { ApiError, failure, type Status } from '../api/status.ts';
import { withoutManagedFields } from './managed-fields-text.ts';
import { type Resource, resourcePath } from './resource.ts';
import {
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from './transport.ts';
import { type WatchEvent, watchEvents } from './watch-events.ts';

/** Options of every request. */
export interface RequestOptions {
  readonly signal?: AbortSignal;
}

/** Options of a get. */
export interface GetOptions extends RequestOptions {
  /** Asks for PartialObjectMetadata. */
  readonly metadataOnly?: boolean;
}

/** Which objects a list or watch means. */
export interface ListOptions extends RequestOptions {
  /** Absent or '': all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan';
  readonly limit?: number;
  readonly continue?: string;
  /** Asks for PartialObjectMetadata: objects come with their metadata alone. */
  readonly metadataOnly?: boolean;
}

/** Options of a watch. */
export interface WatchOptions extends ListOptions {
  readonly allowWatchBookmarks?: boolean;
  readonly sendInitialEvents?: boolean;
  readonly timeoutSeconds?: number;
  /** Nobody reads managedFields: events may come without them. */
  readonly dropManagedFields?: boolean;
}

/** A list as it comes; items of built-in kinds have neither apiVersion nor kind. */
export interface ListOf<T> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { resourceVersion?: string; continue?: string; remainingItemCount?: number };
  readonly items: T[];
}

/** Options of a create or an update. */
export interface WriteOptions extends RequestOptions {
  readonly dryRun?: boolean;
  /** Writes `/NAME/SUBRESOURCE` in place of the object. */
  readonly subresource?: string;
}

/** Media types of patches by their short names. */
const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const;

/** Said of a write whose answer nobody reads: it is not parsed. */
export interface Unread {
  readonly unread: true;
}

/** Options of a patch. */
export interface PatchOptions extends WriteOptions {
  readonly type: keyof typeof patchTypes;
}

/** Options of a server-side apply. */
export interface ApplyOptions extends WriteOptions {
  /** Who owns the fields from now on. */
  readonly fieldManager: string;
  /** Takes fields from other managers instead of failing with 409. */
  readonly force?: boolean;
}

/** meta/v1 DeleteOptions, and the selection of deleteCollection. */
export interface DeleteOptions extends RequestOptions {
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: { uid?: string; resourceVersion?: string };
}

/** The name of one object; `namespace` '' for cluster scope. */
export interface ObjectName {
  readonly namespace: string;
  readonly name: string;
}

/** What names an object: a name, or the object itself. */
export type Named = ObjectName | { readonly metadata: KubeObject['metadata'] };

/** An object as it may be sent: what the server fills in may be missing, at any depth. */
export type Draft<T> = T extends readonly (infer E)[]
  ? readonly Draft<E>[]
  : T extends object
    ? { [K in keyof T]?: Draft<T[K]> }
    : T;

function nameOf(named: Named): ObjectName {
  const metadata = (named as Partial<KubeObject>).metadata;
  if (metadata === undefined) return named as ObjectName;
  return { namespace: metadata.namespace ?? '', name: metadata.name ?? '' };
}

type Query = Record<string, string | number | boolean | undefined>;

function queryText(query: Query): string {
  let text = '';
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined || value === '' || value === false) continue;
    text += `${text === '' ? '?' : '&'}${key}=${encodeURIComponent(String(value))}`;
  }
  return text;
}

function listQuery(options: ListOptions): Query {
  return {
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
    resourceVersion: options.resourceVersion,
    resourceVersionMatch: options.resourceVersionMatch,
    limit: options.limit,
    continue: options.continue,
  };
}

/** The error of a response that is no success: the server's Status, or one made of the code and the text. */
async function errorOf(response: TransportResponse): Promise<ApiError> {
  const text = (await response.bytes()).toString('utf8');
  try {
    const status = JSON.parse(text) as Status;
    if (status.kind === 'Status') return new ApiError(status);
  } catch {
    // not a Status: some proxy's text
  }
  return new ApiError(failure(response.status, '', text.slice(0, 2048) || `HTTP ${response.status}`));
}

const json = 'application/json';

function metadataOf(kind: string): string {
  return `application/json;as=${kind};g=meta.k8s.io;v=v1`;
}

function parsed<T>(bytes: Buffer, path: string): T {
  try {
    return JSON.parse(bytes.toString('utf8')) as T;
  } catch (cause) {
    throw new TransportError(`${path}: the answer is no JSON`, { cause });
  }
}

/** The first bytes of an object as Go prints one: its name is the first member of its metadata. */
const leadingName = /^\{"kind":"\w+","apiVersion":"[\w./]+","metadata":\{"name":"([\w.-]+)"/;
const leadingBytes = 400;

/** Options of a client. */
export interface ClientOptions {
  /** The User-Agent header; upstream parts name themselves here, and field managers come from it. */
  readonly userAgent: string;
  /** Headers of every request: `authorization`. A function is asked for each request, for tokens that change. */
  readonly headers?: () => Readonly<Record<string, string>>;
}

/**
 * A client of one API server with one identity.
 * Every verb rejects with `ApiError` when the server refuses and with `TransportError` when it can't be reached.
 */
export class Client {
  private readonly transport: Transport;
  private readonly options: ClientOptions;

  constructor(transport: Transport, options: ClientOptions) {
    this.transport = transport;
    this.options = options;
  }

  /** The same connection under another User-Agent. */
  as(userAgent: string): Client {
    return new Client(this.transport, { ...this.options, userAgent });
  }

  /** Reads one object. */
  async get<T extends KubeObject>(of: Resource<T>, named: Named, options: GetOptions = {}): Promise<T> {
    const { namespace, name } = nameOf(named);
    const accept = options.metadataOnly ? metadataOf('PartialObjectMetadata') : json;
    return this.raw<T>(resourcePath(of, namespace, name), { signal: options.signal, accept });
  }

  /** Reads a list, one page when `limit` is given. */
  async list<T extends KubeObject>(of: Resource<T>, options: ListOptions = {}): Promise<ListOf<T>> {
    const path = resourcePath(of, options.namespace ?? '') + queryText(listQuery(options));
    const accept = options.metadataOnly ? metadataOf('PartialObjectMetadataList') : json;
    const response = await this.send({ method: 'GET', path, signal: options.signal }, { accept });
    return parsed<ListOf<T>>(await response.bytes(), path);
  }

  /**
   * Watches from `resourceVersion`. Ends when the server ends it; rejects with the ApiError of an ERROR event.
   * Bookmarks are passed on.
   */
  async *watch<T extends KubeObject>(
    of: Resource<T>,
    options: WatchOptions = {},
  ): AsyncIterable<WatchEvent<T>[]> {
    const query = queryText({
      ...listQuery(options),
      watch: true,
      allowWatchBookmarks: options.allowWatchBookmarks,
      sendInitialEvents: options.sendInitialEvents,
      timeoutSeconds: options.timeoutSeconds,
    });
    const path = resourcePath(of, options.namespace ?? '') + query;
    const accept = options.metadataOnly ? metadataOf('PartialObjectMetadata') : json;
    const response = await this.send({ method: 'GET', path, signal: options.signal }, { accept });
    yield* watchEvents<T>(response.stream(), options.dropManagedFields ? withoutManagedFields : undefined);
  }

  /** Creates an object; with `subresource`, posts to the subresource of the object that it names. */
  async create<T extends KubeObject>(
    of: Resource<T>,
    object: T | Draft<T>,
    options: WriteOptions & Unread,
  ): Promise<undefined>;
  async create<T extends KubeObject>(
    of: Resource<T>,
    object: T | Draft<T>,
    options?: WriteOptions,
  ): Promise<T>;
  async create<T extends KubeObject>(
    of: Resource<T>,
    object: T | Draft<T>,
    options: WriteOptions & Partial<Unread> = {},
  ): Promise<T | undefined> {
    const { namespace, name } = nameOf(object as T);
    const path = options.subresource
      ? resourcePath(of, namespace, name, options.subresource)
      : resourcePath(of, namespace);
    const answer = await this.write('POST', path, stamped(of, object as T, options), options);
    return options.unread ? undefined : parsed<T>(answer, path);
  }

  /** As `create`, for one who wants to know no more than the name that the object got. */
  async createNamed<T extends KubeObject>(
    of: Resource<T>,
    object: T | Draft<T>,
    options: WriteOptions = {},
  ): Promise<string> {
    const path = resourcePath(of, nameOf(object as T).namespace);
    const answer = await this.write('POST', path, stamped(of, object as T, options), options);
    const name = leadingName.exec(answer.toString('latin1', 0, leadingBytes))?.[1];
    return name ?? parsed<T>(answer, path).metadata.name ?? '';
  }

  /** Replaces an object. With its resourceVersion, 409 when it changed since. */
  async update<T extends KubeObject>(
    of: Resource<T>,
    object: T | Draft<T>,
    options: WriteOptions = {},
  ): Promise<T> {
    const { namespace, name } = nameOf(object as T);
    const path = resourcePath(of, namespace, name, options.subresource);
    return parsed<T>(await this.write('PUT', path, stamped(of, object as T, options), options), path);
  }

  /** Replaces the status of an object. */
  async updateStatus<T extends KubeObject>(
    of: Resource<T>,
    object: T | Draft<T>,
    options: RequestOptions = {},
  ): Promise<T> {
    return this.update(of, object, { ...options, subresource: 'status' });
  }

  /** Changes an object by a patch. */
  async patch<T extends KubeObject>(
    of: Resource<T>,
    named: Named,
    patch: unknown,
    options: PatchOptions,
  ): Promise<T> {
    const { namespace, name } = nameOf(named);
    const path = resourcePath(of, namespace, name, options.subresource);
    return parsed<T>(await this.write('PATCH', path, patch, options, patchTypes[options.type]), path);
  }

  /**
   * As `patch`, for one who watches the object and mostly knows of the change before its answer comes: that is read, and
   * resolved with, only where `isWanted` says so then.
   */
  async patchWatched<T extends KubeObject>(
    of: Resource<T>,
    named: Named,
    patch: unknown,
    options: PatchOptions,
    isWanted: () => boolean,
  ): Promise<T | undefined> {
    const { namespace, name } = nameOf(named);
    const path = resourcePath(of, namespace, name, options.subresource);
    const answer = await this.write('PATCH', path, patch, options, patchTypes[options.type]);
    return isWanted() ? parsed<T>(answer, path) : undefined;
  }

  /** Server-side apply: lays a configuration over an object, or makes the object of it. */
  async apply<T extends KubeObject>(
    of: Resource<T>,
    configuration: T | Draft<T>,
    options: ApplyOptions,
  ): Promise<T> {
    const { namespace, name } = nameOf(configuration as T);
    const { fieldManager, force, dryRun, signal } = options;
    const query = queryText({ fieldManager, force, dryRun: dryRun ? 'All' : undefined });
    const path = resourcePath(of, namespace, name, options.subresource) + query;
    const body = stamped(of, configuration as T, {});
    return this.json<T>('PATCH', path, body, signal, 'application/apply-patch+yaml');
  }

  /** Deletes an object. Resolves with the object (when it is only marked) or with a Status. */
  async delete(of: Resource, named: Named, options: DeleteOptions & Unread): Promise<undefined>;
  async delete(of: Resource, named: Named, options?: DeleteOptions): Promise<KubeObject | Status>;
  async delete(
    of: Resource,
    named: Named,
    options: DeleteOptions & Partial<Unread> = {},
  ): Promise<KubeObject | Status | undefined> {
    const { namespace, name } = nameOf(named);
    const path = resourcePath(of, namespace, name);
    const answer = await this.remove(path, options);
    return options.unread ? undefined : parsed<KubeObject | Status>(answer, path);
  }

  /** Deletes every object that the selection means. */
  async deleteCollection(of: Resource, selection: ListOptions, options: DeleteOptions = {}): Promise<void> {
    const path = resourcePath(of, selection.namespace ?? '') + queryText(listQuery(selection));
    await this.remove(path, options, true);
  }

  /** GET of any path, as parsed JSON: discovery, /version. */
  async raw<T>(path: string, options: RequestOptions & { accept?: string } = {}): Promise<T> {
    const { signal, accept = json } = options;
    const response = await this.send({ method: 'GET', path, signal }, { accept });
    return parsed<T>(await response.bytes(), path);
  }

  /** GET of any path, as text: /readyz, /metrics. */
  async text(path: string, options: RequestOptions = {}): Promise<string> {
    const response = await this.send({ method: 'GET', path, signal: options.signal });
    return (await response.bytes()).toString('utf8');
  }

  /** Any request with a JSON body: what no verb above covers (namespaces/finalize, reviews). */
  async request<T>(
    method: TransportRequest['method'],
    path: string,
    body: unknown,
    options: RequestOptions = {},
  ): Promise<T> {
    return this.json<T>(method, path, body, options.signal);
  }

  /** Closes the transport, which all clients made by `as` share. */
  async close(): Promise<void> {
    await this.transport.close();
  }

  private remove(path: string, options: DeleteOptions, bulk = false): Promise<Buffer> {
    const { propagationPolicy, gracePeriodSeconds, preconditions } = options;
    const body = {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      propagationPolicy,
      gracePeriodSeconds,
      preconditions,
    };
    return this.answer('DELETE', path, body, options.signal, json, bulk);
  }

  /** The answer as it came. */
  private write(
    method: TransportRequest['method'],
    path: string,
    body: unknown,
    options: WriteOptions,
    contentType = json,
  ): Promise<Buffer> {
    const query = options.dryRun ? '?dryRun=All' : '';
    return this.answer(method, path + query, body, options.signal, contentType);
  }

  private async json<T>(
    method: TransportRequest['method'],
    path: string,
    body: unknown,
    signal: AbortSignal | undefined,
    contentType = json,
  ): Promise<T> {
    return parsed<T>(await this.answer(method, path, body, signal, contentType), path);
  }

  private async answer(
    method: TransportRequest['method'],
    path: string,
    body: unknown,
    signal: AbortSignal | undefined,
    contentType: string,
    bulk = false,
  ): Promise<Buffer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const response = await this.send({ method, path, body: text, signal, bulk }, { contentType });
    return response.bytes();
  }

  /** Sends and turns every refusal into an ApiError. */
  private async send(
    request: Omit<TransportRequest, 'headers'>,
    { accept = json, contentType = json }: { accept?: string; contentType?: string } = {},
  ): Promise<TransportResponse> {
    const headers: Record<string, string> = {
      accept,
      'user-agent': this.options.userAgent,
      ...this.options.headers?.(),
    };
    if (request.body !== undefined) headers['content-type'] = contentType;
    const response = await this.transport.send({ ...request, headers });
    if (response.status >= 300) throw await errorOf(response);
    return response;
  }
}

/** The object with apiVersion and kind, which items of lists lack. Other bodies (of subresources) name their own. */
function stamped<T extends KubeObject>(of: Resource<T>, object: T, options: WriteOptions): T {
  if (object.kind !== undefined || (options.subresource && options.subresource !== 'status')) return object;
  const apiVersion = of.group === '' ? of.version : `${of.group}/${of.version}`;
  return { ...object, apiVersion, kind: of.kind };
}
