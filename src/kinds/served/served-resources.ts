// Which built-in resources a server serves: the stable ones, unless it was told otherwise.
import { builtinResources, everyGroup, everyResource, type ResourceDefinition } from '../registry.ts';
import type { FeatureGates } from './feature-gates.ts';
import { gateOf } from './resource-gates.ts';
import { parseRuntimeConfig } from './runtime-config.ts';

/** What decides it. */
export interface ServedOptions {
  /** The text of --runtime-config. */
  readonly runtimeConfig: string;
  readonly featureGates: FeatureGates;
  /** The versions that Kubernetes has given up, too. */
  readonly legacyApis: boolean;
}

interface Place {
  readonly group: string;
  readonly version: string;
}

/** Sorts by the order of groups in discovery and of versions in their group. */
function inDiscoveryOrder(
  definitions: readonly ResourceDefinition[],
  groups: readonly { readonly group: string; readonly versions: readonly string[] }[],
): ResourceDefinition[] {
  const places = new Map(
    groups.flatMap(({ group, versions }, i) =>
      versions.map((version, j) => [`${group}/${version}`, i * 100 + j] as const),
    ),
  );
  const placeOf = ({ group, version }: Place): number => places.get(`${group}/${version}`) ?? 0;
  return [...definitions].sort((a, b) => placeOf(a) - placeOf(b));
}

/**
 * The resources in discovery order. A resource that is off by default is served when runtimeConfig says so and its feature
 * gate is on, where it has one. Throws Error for a runtimeConfig that upstream refuses.
 */
export async function servedResources(options: ServedOptions): Promise<readonly ResourceDefinition[]> {
  const { runtimeConfig, featureGates, legacyApis } = options;
  if (runtimeConfig === '' && !legacyApis) return builtinResources();
  const isServed = parseRuntimeConfig(runtimeConfig, legacyApis);
  const wanted = (definition: ResourceDefinition): boolean => {
    const gate = gateOf(definition);
    return isServed(definition) && (gate === undefined || featureGates.isEnabled(gate));
  };
  if (!legacyApis) return everyResource().filter(wanted);
  const { legacyGroups, legacyResources } = await import('../legacy/legacy-resources.ts');
  const all = [...everyResource(), ...legacyResources()];
  return inDiscoveryOrder(all.filter(wanted), legacyGroups(everyGroup()));
}
