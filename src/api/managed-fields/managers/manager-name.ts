// The name that a request goes by when it does not say one. Upstream: k8s.io/apiserver/pkg/endpoints/handlers/create.go.

const maxBytes = 128;
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** `fieldManager` of the request's options, else what stands before the first slash of its User-Agent. */
export function managerName(fieldManager: string | undefined, userAgent: string | undefined): string {
  if (fieldManager) return fieldManager;
  let name = '';
  let bytes = 0;
  for (const rune of (userAgent ?? '').split('/', 1)[0]!) {
    if (!printable.test(rune)) continue;
    const length = Buffer.byteLength(rune);
    if (bytes + length > maxBytes) break;
    name += rune;
    bytes += length;
  }
  return name;
}
