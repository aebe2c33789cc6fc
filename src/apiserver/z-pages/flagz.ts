// /flagz: the flags that the server was started with.
// Upstream: k8s.io/apiserver/pkg/server/flagz.
import type { ZPage } from './z-page.ts';

/** The page. `flags`: values by name. */
export function flagz(flags: Readonly<Record<string, string>>): ZPage {
  const sorted = Object.entries(flags).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    kind: 'Flagz',
    text: () => sorted.map(([name, value]) => `${name}:${value}\n`).join(''),
    fields: () => (sorted.length === 0 ? {} : { flags: Object.fromEntries(sorted) }),
  };
}
