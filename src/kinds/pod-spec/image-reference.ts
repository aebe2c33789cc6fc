// Whether an image is pulled anew each time: when its tag is latest, said or not.
// Upstream: k8s.io/kubernetes/pkg/util/parsers/parsers.go over github.com/distribution/reference.

const hostLabel = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const domain = `(?:${hostLabel}(?:\\.${hostLabel})*|\\[(?:[a-fA-F0-9:]+)\\])(?::[0-9]+)?`;
const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const name = `(?:${domain}/)?${component}(?:/${component})*`;
const tag = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const digest = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const reference = new RegExp(`^(${name})(?::(${tag}))?(?:@(${digest}))?$`);
const identifier = /^[a-f0-9]{64}$/;

const cache = new Map<string, boolean>();

function normalized(image: string): string {
  const slash = image.indexOf('/');
  const first = slash < 0 ? '' : image.slice(0, slash);
  const hasDomain =
    slash >= 0 && (/[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first);
  if (hasDomain) return image;
  return `docker.io/${image.includes('/') ? image : `library/${image}`}`;
}

/** The parts of an image's name; `name` has its registry: `docker.io/library/nginx`. */
export interface ImageReference {
  readonly name: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** Takes an image's name apart; undefined when it is none. */
export function imageReference(image: string): ImageReference | undefined {
  if (identifier.test(image)) return undefined;
  const match = reference.exec(normalized(image));
  if (!match || match[1]!.length > 255) return undefined;
  return { name: match[1]!, tag: match[2], digest: match[3] };
}

/** `docker.io/library/nginx:latest` for `nginx`; undefined when it is no image's name. */
export function fullImageName(image: string): string | undefined {
  const parts = imageReference(image);
  if (!parts) return undefined;
  return parts.digest ? `${parts.name}@${parts.digest}` : `${parts.name}:${parts.tag ?? 'latest'}`;
}

function parse(image: string): boolean {
  const parts = imageReference(image);
  return parts?.tag === 'latest' || (parts !== undefined && !parts.tag && !parts.digest);
}

/** Whether the image's tag is `latest`; an image that cannot be parsed has no tag. */
export function isLatest(image: string): boolean {
  let latest = cache.get(image);
  if (latest === undefined) {
    latest = parse(image);
    if (cache.size > 4096) cache.clear();
    if (image.length < 512) cache.set(image, latest);
  }
  return latest;
}
