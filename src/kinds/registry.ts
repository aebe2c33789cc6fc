// The resources that the server has built in: facts (names, verbs, subresources, versions) joined with what each kind says
// of itself. Checks itself when it is made: a duplicate or a clash stops the program.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kinds } from '../../openapi/generated/kinds.ts';
import { parseApiVersion } from '../api/object.ts';
import { packageRoot } from '../api/schema/type-table.ts';
import type { AnyKind, VersionConversion } from './define-kind.ts';
import { plainKind } from './plain-kind.ts';
import { sameShape } from './same-shape.ts';

/** A subresource: `/pods/{name}/log`. */
export interface SubresourceDefinition {
  readonly name: string;
  /** The kind of its bodies, in discovery's sense. */
  readonly kind: string;
  readonly group: string;
  readonly version: string;
  readonly verbs: readonly string[];
  /** It is a connection (exec, proxy), with these HTTP methods. */
  readonly connect?: boolean;
  readonly methods?: readonly string[];
  /** Its path goes on behind its name. */
  readonly pathTail?: boolean;
}

/** Where objects of a resource are stored; two resources can share it (core Events and events.k8s.io Events). */
export interface StorageIdentity {
  readonly group: string;
  readonly version: string;
  /** For discovery. */
  readonly hash: string;
  /** The stored type for the schema. */
  readonly typeRef: string;
}

/** One resource in one version. */
export interface ResourceDefinition {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  /** Absent for what cannot be listed (reviews, bindings). */
  readonly listKind?: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  readonly subresources: readonly SubresourceDefinition[];
  /** The type for the schema: `core/v1.Pod`, `apps/v1.Deployment`. */
  readonly typeRef: string;
  /** Absent for what is not stored (reviews, bindings, component statuses). */
  readonly storage?: StorageIdentity;
  /** The hooks of the stored kind: they take objects of `storage.typeRef`. */
  readonly hooks: AnyKind;
  /** How this version becomes the stored one; absent when it is the stored one. */
  readonly conversion?: VersionConversion;
  /** Served unless the configuration says otherwise. */
  readonly servedByDefault: boolean;
  /** `1.33` where clients get a deprecation warning. */
  readonly deprecated?: string;
  readonly removed?: string;
  /** `discovery.k8s.io/v1.EndpointSlice`. */
  readonly replacement?: string;
}

/** A group in discovery order. */
export interface GroupDefinition {
  readonly group: string;
  readonly versions: readonly string[];
  readonly preferredVersion: string;
}

/** A resource as the tables have it: openapi/resources.json and openapi/legacy/resources.json. */
export interface ResourceFact {
  group: string;
  version: string;
  plural: string;
  singular: string;
  kind: string;
  listKind?: string;
  namespaced: boolean;
  shortNames?: string[];
  categories?: string[];
  verbs: string[];
  subresources?: (Omit<SubresourceDefinition, 'group' | 'version'> & { group?: string; version?: string })[];
  stage?: 'stable' | 'beta' | 'alpha';
  default?: boolean;
  storageVersion?: string;
  storageVersionHash?: string;
  deprecated?: string;
  removed?: string;
  replacement?: string;
}

interface Facts {
  groups: { group: string; versions: string[]; servedByDefault: string[]; preferredVersion?: string }[];
  resources: ResourceFact[];
}

/** `core/v1.Pod`: the core group has a name in type references. */
export function typeRefOf(group: string, version: string, kind: string): string {
  return `${group === '' ? 'core' : group}/${version}.${kind}`;
}

function keyOf(group: string, version: string, kind: string): string {
  return `${group}/${version}/${kind}`;
}

/** The minor release that we speak: what is deprecated later gets no warning yet. */
const minorRelease = 36;

function isReached(release: string | undefined): boolean {
  return release !== undefined && Number(release.split('.')[1]) <= minorRelease;
}

let facts: Facts | undefined;

function loadFacts(): Facts {
  facts ??= JSON.parse(readFileSync(join(packageRoot(), 'openapi', 'resources.json'), 'utf8')) as Facts;
  return facts;
}

function storageOf(fact: ResourceFact): StorageIdentity | undefined {
  if (fact.storageVersion === undefined) return undefined;
  const stored = parseApiVersion(fact.storageVersion);
  if (!stored) throw new Error(`resource ${fact.plural}: bad storageVersion ${fact.storageVersion}`);
  // Without a group the version is one of the resource's own group, except for Events, which the core group keeps.
  const own = fact.storageVersion.includes('/') ? stored.group : fact.kind === 'Event' ? '' : fact.group;
  return {
    group: own,
    version: stored.version,
    hash: fact.storageVersionHash ?? '',
    typeRef: typeRefOf(own, stored.version, fact.kind),
  };
}

function conversionOf(
  fact: ResourceFact,
  hooks: AnyKind,
  further: VersionConversion | undefined,
): VersionConversion | undefined {
  if (fact.group === hooks.group && fact.version === hooks.version) return undefined;
  const name = fact.group === hooks.group ? fact.version : `${fact.group}/${fact.version}`;
  const own = further ?? hooks.conversions?.[name];
  if (!own && fact.stage === 'stable')
    throw new Error(`kind ${hooks.kind} of ${hooks.group || 'core'} has no conversion for ${name}`);
  return own ?? sameShape(fact, hooks);
}

function definitionOf(
  fact: ResourceFact,
  kindsByKey: ReadonlyMap<string, AnyKind>,
  further?: VersionConversion,
): ResourceDefinition {
  const declared = storageOf(fact);
  const { group, version, kind } = fact;
  // The stored version's file; where there is none, another version is the one that is stored here: upstream's choice then
  // shows in discovery's hash alone.
  const hooks =
    kindsByKey.get(keyOf(declared?.group ?? group, declared?.version ?? version, kind)) ??
    kindsByKey.get(keyOf(group, version, kind)) ??
    [...kindsByKey.values()].find((other) => other.group === group && other.kind === kind) ??
    plainKind(fact);
  const storage = declared && {
    ...declared,
    group: hooks.group,
    version: hooks.version,
    typeRef: typeRefOf(hooks.group, hooks.version, kind),
  };
  return {
    group,
    version,
    kind,
    plural: fact.plural,
    singular: fact.singular,
    listKind: fact.listKind,
    namespaced: fact.namespaced,
    shortNames: fact.shortNames ?? [],
    categories: fact.categories ?? [],
    verbs: fact.verbs,
    subresources: (fact.subresources ?? []).map((subresource) => ({ group, version, ...subresource })),
    typeRef: typeRefOf(group, version, kind),
    storage,
    hooks,
    conversion: conversionOf(fact, hooks, further),
    servedByDefault: fact.default === true,
    deprecated: isReached(fact.deprecated) ? fact.deprecated : undefined,
    removed: fact.removed,
    replacement: fact.replacement,
  };
}

function checkUnique(name: string, seen: Map<string, string>, owner: string, what: string): void {
  const other = seen.get(name);
  if (other !== undefined && other !== owner)
    throw new Error(`${what} ${name} belongs to ${other} and to ${owner}`);
  seen.set(name, owner);
}

function check(definitions: readonly ResourceDefinition[]): void {
  const plurals = new Set<string>();
  const names = new Map<string, string>();
  for (const { group, version, plural, singular, kind, shortNames } of definitions) {
    if (plural === '' || kind === '') throw new Error(`a resource of ${group}/${version} has no name`);
    const key = `${group}/${version}/${plural}`;
    if (plurals.has(key)) throw new Error(`resource ${key} is there twice`);
    plurals.add(key);
    const owner = `${plural}.${group}`;
    // Short names are the client's: events are `ev` in both of their groups.
    for (const name of new Set([singular, ...shortNames]))
      checkUnique(`${group}/${name}`, names, owner, 'the name');
  }
}

function checkKinds(
  list: readonly AnyKind[],
  definitions: readonly ResourceDefinition[],
): Map<string, AnyKind> {
  const byKey = new Map<string, AnyKind>();
  for (const kind of list) {
    const key = keyOf(kind.group, kind.version, kind.kind);
    if (byKey.has(key)) throw new Error(`kind ${key} is declared twice`);
    byKey.set(key, kind);
  }
  const used = new Set(definitions.map((definition) => definition.hooks));
  for (const [key, kind] of byKey)
    if (definitions.length > 0 && !used.has(kind)) throw new Error(`kind ${key} is no resource`);
  return byKey;
}

let all: readonly ResourceDefinition[] | undefined;

/** Every built-in resource of every version, in the order of the facts. */
export function everyResource(): readonly ResourceDefinition[] {
  if (all) return all;
  const byKey = checkKinds(kinds, []);
  const definitions = loadFacts().resources.map((fact) => definitionOf(fact, byKey));
  check(definitions);
  checkKinds(kinds, definitions);
  all = definitions;
  return definitions;
}

/**
 * Resources of further tables, which share their objects with built-in ones. `conversions` by `group/version.Kind`; where it
 * has none, the types are of the same shape.
 */
export function furtherResources(
  facts: readonly ResourceFact[],
  conversions: Readonly<Record<string, VersionConversion>>,
): ResourceDefinition[] {
  const byKey = checkKinds(kinds, []);
  return facts.map((fact) =>
    definitionOf(fact, byKey, conversions[typeRefOf(fact.group, fact.version, fact.kind)]),
  );
}

/** The resources that are served by default, groups in discovery order. */
export function builtinResources(): readonly ResourceDefinition[] {
  return everyResource().filter((definition) => definition.servedByDefault);
}

/** Every built-in group with all its versions, in discovery order. */
export function everyGroup(): readonly { readonly group: string; readonly versions: readonly string[] }[] {
  return loadFacts().groups;
}

/** The groups that are served by default, in discovery order. */
export function builtinGroups(): readonly GroupDefinition[] {
  return loadFacts()
    .groups.filter((group) => group.servedByDefault.length > 0)
    .map(({ group, servedByDefault, preferredVersion }) => ({
      group,
      versions: servedByDefault,
      preferredVersion: preferredVersion ?? servedByDefault[0]!,
    }));
}
