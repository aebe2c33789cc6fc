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

function parse(image: string): boolean {
  if (identifier.test(image)) return false;
  const match = reference.exec(normalized(image));
  if (!match || match[1]!.length > 255) return false;
  const [, , imageTag, imageDigest] = match;
  return imageTag === 'latest' || (imageTag === undefined && imageDigest === undefined);
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
