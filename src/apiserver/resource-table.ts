// The resources that are served right now, found by group, version and plural.
import type { ServedResource } from './resources.ts';

/** Looks up served resources. Custom resources come and go while the server runs. */
export class ResourceTable {
  private readonly byPath = new Map<string, ServedResource>();
  private readonly kept: ServedResource[] = [];
  /** What `stored` found: it is asked several times for each write. */
  private readonly storedOnes = new Map<string, ServedResource>();
  private readonly builtIn = new Set<string>();
  private readonly builtInGroups = new Set<string>();

  /** Throws when the path is taken. */
  add(resource: ServedResource): void {
    const { group, version, plural } = resource.definition;
    const path = `${group}/${version}/${plural}`;
    if (this.byPath.has(path)) throw new Error(`resource ${path} is served already`);
    this.byPath.set(path, resource);
    this.storedOnes.clear();
    if (resource.custom) return;
    this.builtIn.add(`${group}/${version}`);
    this.builtInGroups.add(group);
  }

  /** A resource that the server itself goes on using, though it is not served. */
  keep(resource: ServedResource): void {
    this.storedOnes.clear();
    this.kept.push(resource);
  }

  /** Takes custom resources out again. */
  remove(resources: readonly ServedResource[]): void {
    this.storedOnes.clear();
    for (const resource of resources) {
      const { group, version, plural } = resource.definition;
      const path = `${group}/${version}/${plural}`;
      if (this.byPath.get(path) !== resource) continue;
      this.byPath.delete(path);
    }
  }

  /** Whether built-in kinds are served in a group version: custom resources never are there. */
  isBuiltIn(group: string, version: string): boolean {
    return this.builtIn.has(`${group}/${version}`);
  }

  /** Whether a resource of a group is built in, in any version, served or not. */
  hasBuiltIn(group: string, plural: string): boolean {
    for (const { custom, groupResource } of this.known())
      if (!custom && groupResource.group === group && groupResource.resource === plural) return true;
    return false;
  }

  find(group: string, version: string, plural: string): ServedResource | undefined {
    return this.byPath.get(`${group}/${version}/${plural}`);
  }

  /** The served resource whose objects are of a kind. */
  ofKind(group: string, version: string, kind: string): ServedResource | undefined {
    for (const resource of this.byPath.values()) {
      const { definition, cache } = resource;
      if (cache && definition.kind === kind && definition.group === group && definition.version === version)
        return resource;
    }
    return undefined;
  }

  /** Whether built-in kinds are served in a group. */
  isBuiltInGroup(group: string): boolean {
    return this.builtInGroups.has(group);
  }

  all(): Iterable<ServedResource> {
    return this.byPath.values();
  }

  /** What is served, and what is not but is used. */
  *known(): Iterable<ServedResource> {
    yield* this.byPath.values();
    yield* this.kept;
  }

  /** All versions that share the objects of a resource, served or not. */
  versionsOf(resource: ServedResource): ServedResource[] {
    return [...this.known()].filter(
      ({ prefix, definition }) => prefix === resource.prefix && definition.kind === resource.definition.kind,
    );
  }

  /** Any version of a resource, served or not: all share their objects. */
  stored(group: string, plural: string): ServedResource {
    const name = `${group}/${plural}`;
    const found = this.storedOnes.get(name);
    if (found) return found;
    for (const resource of this.known()) {
      if (
        resource.groupResource.group === group &&
        resource.groupResource.resource === plural &&
        resource.cache
      ) {
        this.storedOnes.set(name, resource);
        return resource;
      }
    }
    throw new Error(`no stored resource ${plural} in group ${group}`);
  }
}
