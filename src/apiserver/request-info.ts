// What a request's path and method mean: verb, resource, namespace, name, subresource.
// Upstream: k8s.io/apiserver/pkg/endpoints/request/requestinfo.go.

/** The meaning of a request, as authorization and routing read it. */
export interface RequestInfo {
  isResource: boolean;
  /** Path without the query. */
  path: string;
  /** A Kubernetes verb for resources, the lower-case HTTP method otherwise. */
  verb: string;
  apiPrefix: string;
  group: string;
  version: string;
  namespace: string;
  resource: string;
  subresource: string;
  name: string;
  /** Path segments from the resource on, percent-decoded. */
  parts: readonly string[];
  /** The deprecated /watch/ or /proxy/ form was used. */
  verbInPath: boolean;
}

const specialVerbs = new Set(['proxy', 'watch']);
const namespaceSubresources = new Set(['status', 'finalize']);
const verbOfMethod: Record<string, string> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

function splitPath(path: string): string[] {
  let start = 0;
  let end = path.length;
  while (start < end && path.charCodeAt(start) === 47) start++;
  while (end > start && path.charCodeAt(end - 1) === 47) end--;
  return start === end ? [] : path.slice(start, end).split('/');
}

function decodeSegment(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Whether `watch` is on in a query; Go's conversion takes anything but false and 0 for true. */
export function isWatchQuery(query: URLSearchParams): boolean {
  const value = query.get('watch');
  if (value === null) return false;
  const text = value.toLowerCase();
  return text !== 'false' && text !== '0';
}

/** The name that a field selector pins down with metadata.name=NAME. */
function exactName(query: URLSearchParams): string {
  const selector = query.get('fieldSelector');
  if (selector === null) return '';
  const match = /(?:^|,)metadata\.name={1,2}([^,=!\\]+)(?:,|$)/.exec(selector);
  const name = match?.[1] ?? '';
  return name === '.' || name === '..' || /[/%]/.test(name) ? '' : name;
}

/** Reads method, path and query. Never throws: what is not a resource request stays a plain path. */
export function requestInfoOf(method: string, path: string, query: URLSearchParams): RequestInfo {
  const info: RequestInfo = {
    isResource: false,
    path,
    verb: method.toLowerCase(),
    apiPrefix: '',
    group: '',
    version: '',
    namespace: '',
    resource: '',
    subresource: '',
    name: '',
    parts: [],
    verbInPath: false,
  };
  let parts = splitPath(path);
  if (parts.length < 3 || (parts[0] !== 'api' && parts[0] !== 'apis')) return info;
  parts = parts.map(decodeSegment);
  const prefix = parts[0]!;
  let at = 1;
  if (prefix === 'apis') {
    if (parts.length < 4) return info;
    info.group = parts[at++]!;
  }
  info.apiPrefix = prefix;
  info.isResource = true;
  info.version = parts[at++]!;
  info.verb = verbOfMethod[method] ?? '';
  if (specialVerbs.has(parts[at]!)) {
    if (parts.length - at < 2) return info;
    info.verb = parts[at++]!;
    info.verbInPath = true;
  }
  if (parts[at] === 'namespaces' && parts.length - at > 1) {
    info.namespace = parts[at + 1]!;
    if (parts.length - at > 2 && !namespaceSubresources.has(parts[at + 2]!)) at += 2;
  }
  info.parts = parts.slice(at);
  info.resource = info.parts[0] ?? '';
  info.name = info.parts[1] ?? '';
  if (info.verb !== 'proxy') info.subresource = info.parts[2] ?? '';
  if (info.name === '' && info.verb === 'get') {
    info.verb = isWatchQuery(query) ? 'watch' : 'list';
    info.name = exactName(query);
  }
  if (info.name === '' && info.verb === 'delete') info.verb = 'deletecollection';
  return info;
}
