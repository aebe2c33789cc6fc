// Which encoding a response takes, by the Accept header.
// Upstream: k8s.io/apiserver/pkg/endpoints/handlers/negotiation/negotiate.go.
import { ApiError, failure, notAcceptable } from '../../api/status.ts';

/** A media type that objects can be sent in. */
export type MediaType = 'json' | 'yaml' | 'protobuf';

/** What an object is turned into before it is sent. */
export interface Transform {
  kind: 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';
  version: 'v1' | 'v1beta1';
}

/** The encoding of a response. */
export interface Encoding {
  readonly media: MediaType;
  readonly contentType: string;
  readonly as: Transform | undefined;
  readonly pretty: boolean;
}

/** Content types by media type. */
export const contentTypes: Record<MediaType, string> = {
  json: 'application/json',
  yaml: 'application/yaml',
  protobuf: 'application/vnd.kubernetes.protobuf',
};

const mediaOfType: Record<string, MediaType> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
  'application/vnd.kubernetes.protobuf': 'protobuf',
};

/** The types of objects, as errors list them. */
export const objectTypes = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
/** The types of watches, as errors list them. */
export const watchTypes = [
  'application/json;stream=watch',
  'application/vnd.kubernetes.protobuf;stream=watch',
];

/** One of the types of an Accept header. */
export interface Clause {
  type: string;
  q: number;
  parameters: Record<string, string>;
}

/** The clauses of an Accept header by their weight; of equal ones the first comes first. */
export function parseAccept(header: string): Clause[] {
  const clauses = header.split(',').map((text): Clause => {
    const [type = '', ...rest] = text.split(';').map((part) => part.trim());
    const clause: Clause = { type: type.toLowerCase(), q: 1, parameters: {} };
    for (const parameter of rest) {
      const at = parameter.indexOf('=');
      if (at < 0) continue;
      const name = parameter.slice(0, at).trim();
      const value = parameter.slice(at + 1).trim();
      if (name === 'q') clause.q = Number(value);
      else clause.parameters[name] = value;
    }
    return clause;
  });
  return clauses
    .map((c, i) => ({ c, i }))
    .sort((a, b) => b.c.q - a.c.q || a.i - b.i)
    .map(({ c }) => c);
}

function transformOf(parameters: Record<string, string>): Transform | 'none' | 'unknown' {
  const { as, v, g } = parameters;
  if (as === undefined && v === undefined && g === undefined) return 'none';
  if (g !== 'meta.k8s.io' || (v !== 'v1' && v !== 'v1beta1')) return 'unknown';
  if (as === 'Table' || as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList')
    return { kind: as, version: v };
  return 'unknown';
}

/** What kinds of answer a handler can give. */
export interface Acceptance {
  /** The route also serves watch streams, so its list of representations names them. */
  collection: boolean;
  /** Table and PartialObjectMetadata can be had. */
  transforms: boolean;
  /** The answer is a watch stream: no YAML. */
  stream: boolean;
  /** Protobuf can be had. */
  protobuf: boolean;
  /** The objects are custom resources: they have protobuf only for what they are turned into. */
  custom?: boolean;
}

/** The answer of a plain object or list. */
export const objectAcceptance: Acceptance = {
  collection: false,
  transforms: true,
  stream: false,
  protobuf: true,
};
/** The answer of a list. */
export const listAcceptance: Acceptance = {
  collection: true,
  transforms: true,
  stream: false,
  protobuf: true,
};
/** The answer of a watch. */
export const watchAcceptance: Acceptance = {
  collection: true,
  transforms: true,
  stream: true,
  protobuf: true,
};
/** Discovery, reviews, errors. */
export const plainAcceptance: Acceptance = {
  collection: false,
  transforms: false,
  stream: false,
  protobuf: true,
};

/** The router's own check: some clause must name a type of the route, or any type. `application/*` does not. */
function routable(header: string): boolean {
  if (header.trim() === '') return true;
  return header.split(',').some((text) => {
    const type = text.split(';')[0]!.trim();
    return type === '*/*' || objectTypes.includes(type);
  });
}

function notRoutable(accept: Acceptance): ApiError {
  const available = accept.collection ? [...objectTypes, ...watchTypes] : objectTypes;
  return new ApiError(
    failure(
      406,
      'NotAcceptable',
      `406: Not Acceptable\n\nAvailable representations: ${available.join(', ')}`,
      {},
    ),
  );
}

const wildcards = new Set(['*/*', 'application/*']);

function negotiate(header: string, accept: Acceptance): Encoding | undefined {
  if (header.trim() === '')
    return { media: 'json', contentType: contentTypes.json, as: undefined, pretty: false };
  for (const clause of parseAccept(header)) {
    const media = wildcards.has(clause.type) ? 'json' : mediaOfType[clause.type];
    if (media === undefined || (media === 'protobuf' && !accept.protobuf)) continue;
    const stream = clause.parameters['stream'];
    if (stream !== undefined && stream !== 'watch') continue;
    const as = transformOf(clause.parameters);
    const isPlain = as === 'none';
    if (isPlain && media === 'protobuf' && accept.custom) continue;
    const pretty = clause.parameters['pretty'] === '1' && media === 'json';
    if (isPlain) return { media, contentType: contentTypes[media], as: undefined, pretty };
    if (as === 'unknown' || !accept.transforms) continue;
    if (as.kind === 'Table' && media === 'protobuf') continue;
    return { media, contentType: contentTypes[media], as, pretty };
  }
  return undefined;
}

/** The first of `offers` (media types) that the header takes, wildcards last among equals; undefined for none of them. */
export function firstAccepted(header: string | undefined, offers: readonly string[]): string | undefined {
  if (!header) return offers[0];
  const wide = (type: string): number => (type === '*/*' ? 2 : type.endsWith('/*') ? 1 : 0);
  const clauses = parseAccept(header).sort((a, b) => b.q - a.q || wide(a.type) - wide(b.type));
  for (const { type } of clauses) {
    const found = offers.find(
      (offer) => type === '*/*' || type === offer || type === `${offer.split('/')[0]}/*`,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

const known = new Map<string, Encoding | undefined>();

/** What strconv.ParseBool takes for true. */
const goTrue = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);

/** Whether the query or the user agent asks for indented JSON; browsers, curl and wget get it by default. */
export function wantsPretty(query: URLSearchParams, userAgent: string | undefined): boolean {
  const asked = query.get('pretty');
  if (asked) return goTrue.has(asked);
  return userAgent !== undefined && /^(?:curl|Wget|Mozilla\/5\.0)/.test(userAgent);
}

/** The encoding for a request. Throws 406 naming what can be had. */
export function encodingOf(
  header: string | undefined,
  query: URLSearchParams,
  userAgent: string | undefined,
  accept: Acceptance,
): Encoding {
  const { transforms, stream, protobuf, custom = false } = accept;
  const cacheKey = `${transforms}${stream}${protobuf}${custom} ${header ?? ''}`;
  let found = known.get(cacheKey);
  // custom resources have no routes, so nothing is checked before negotiation
  if (!found && !custom && !routable(header ?? '')) throw notRoutable(accept);
  if (found === undefined && !known.has(cacheKey)) {
    found = negotiate(header ?? '', accept);
    if (known.size > 1000) known.clear();
    known.set(cacheKey, found);
  }
  if (found === undefined)
    throw notAcceptable(protobuf ? objectTypes : objectTypes.filter((type) => !type.includes('protobuf')));
  if (stream && found.media === 'yaml') throw notAcceptable(watchTypes);
  const pretty = !found.pretty && found.media === 'json' && wantsPretty(query, userAgent);
  return pretty ? { ...found, pretty } : found;
}
