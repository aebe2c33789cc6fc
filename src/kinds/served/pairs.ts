// Options that are lists of `key=value`. Upstream: k8s.io/component-base/cli/flag/configuration_map.go.

/** Reads `a=b,c=d`; a key without `=` has the value ''. The last of equal keys wins. */
export function parsePairs(text: string): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const part of text.split(',')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const key = at < 0 ? part : part.slice(0, at);
    pairs.set(key.trim(), at < 0 ? '' : part.slice(at + 1).trim());
  }
  return pairs;
}
