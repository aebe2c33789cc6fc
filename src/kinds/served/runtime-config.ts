// --runtime-config: which versions and resources are served.
// Upstream: k8s.io/apiserver/pkg/server/resourceconfig/helpers.go, pkg/server/options/api_enablement.go, and for the names of
// the core group k8s.io/kubernetes/pkg/controlplane/apiserver/options/options.go.
import { goQuote } from '../../api/go-text.ts';
import type { ResourceDefinition } from '../registry.ts';
import { parseGoBool } from './go-bool.ts';
import { parsePairs } from './pairs.ts';
import { isRegisteredGroup, isRegisteredVersion } from './registered-versions.ts';

/** The keys that stand for many versions, in the order in which they take effect. */
const matchers: readonly (readonly [string, RegExp])[] = [
  ['api/all', /^/],
  ['api/ga', /^v\d+$/],
  ['api/beta', /^v\d+beta\d+$/],
  ['api/alpha', /^v\d+alpha\d+$/],
];
const matcherKeys = new Set(matchers.map(([key]) => key));

interface Preference {
  readonly key: string;
  readonly group: string;
  readonly version: string;
  /** Absent for a preference of a whole version. */
  readonly plural?: string;
  readonly enabled: boolean;
}

/** Says whether a resource is served. */
export type ResourceFilter = (definition: ResourceDefinition) => boolean;

function boolOf(key: string, value: string): boolean {
  if (value === '') return true;
  const parsed = parseGoBool(value);
  if (typeof parsed === 'boolean') return parsed;
  throw new Error(`invalid value of ${key}: ${value}, err: ${parsed.message}`);
}

function preferenceOf(key: string, value: string): Preference {
  const [group = '', version = '', plural] = key.split('/');
  const enabled = boolOf(key, value);
  if (plural === undefined) return { key, group, version, enabled };
  if (plural.toLowerCase() !== plural)
    throw new Error(
      `invalid key ${key}: group/version/resource and resource is always lowercase plural, not ${goQuote(plural)}`,
    );
  return { key, group, version, plural, enabled };
}

/** The core group by the names of old: v1 and api/v1, whole even where a resource follows. api/legacy says nothing any more. */
function withCoreGroup(pairs: ReadonlyMap<string, string>): Map<string, string> {
  const named = [...pairs].filter(([key]) => key !== 'api/legacy');
  return new Map(named.map(([key, value]) => [/^(api\/)?v1(\/|$)/.test(key) ? '/v1' : key, value]));
}

/** Groups first, all at once; then the versions of known ones. */
function checkKeys(keys: readonly string[], legacyApis: boolean): void {
  const unknown = new Set<string>();
  for (const key of keys) {
    const tokens = key.split('/');
    if (tokens.length !== 2 && tokens.length !== 3) throw new Error(`runtime-config invalid key ${key}`);
    const [group = '', version = ''] = tokens;
    if (!isRegisteredGroup(group)) unknown.add(group === '' ? version : `${group}/${version}`);
  }
  if (unknown.size > 0) throw new Error(`unknown api groups ${[...unknown].sort().join(',')}`);
  for (const key of keys) {
    const [group = '', version = ''] = key.split('/');
    if (!isRegisteredVersion(group, version, legacyApis))
      throw new Error(
        `group version ${group === '' ? version : `${group}/${version}`} that has not been registered`,
      );
  }
}

/**
 * Reads the text of --runtime-config (`api/beta=true,batch/v1/cronjobs=false`). Throws Error with upstream's text for keys
 * and values that are none, and for groups and versions that there are not. `legacyApis`: there are more.
 */
export function parseRuntimeConfig(text: string, legacyApis = false): ResourceFilter {
  const pairs = withCoreGroup(parsePairs(text));
  if (pairs.get('api/all') === 'false' && pairs.size === 1)
    throw new Error('invalid runtime-config with only api/all=false');
  const keys = [...pairs.keys()].filter((key) => !matcherKeys.has(key));
  checkKeys(keys, legacyApis);
  const general = matchers.flatMap(([key, pattern]) => {
    const value = pairs.get(key);
    if (value === undefined) return [];
    if (value !== 'true' && value !== 'false') throw new Error(`invalid value ${key}=${value}`);
    return [{ pattern, enabled: value === 'true' }];
  });
  const preferences = keys.map((key) => preferenceOf(key, pairs.get(key)!));
  return ({ group, version, plural, servedByDefault }) => {
    const own = preferences.filter((p) => p.group === group && p.version === version);
    const chosen =
      own.find((p) => p.plural === plural) ??
      own.find((p) => p.plural === undefined) ??
      general.findLast(({ pattern }) => pattern.test(version));
    return chosen ? chosen.enabled : servedByDefault;
  };
}
