// Field management of the served resources: who owns what, after each write, and server-side apply. One manager for each
// resource and version, made when it is first needed.
// Upstream: k8s.io/apimachinery/pkg/util/managedfields/fieldmanager.go and k8s.io/apiserver/pkg/endpoints/installer.go.
import type { Clock } from '../../api/clock.ts';
import { createFieldManager, type FieldManager } from '../../api/managed-fields/field-manager.ts';
import { excludeFields, type FieldFilter } from '../../api/managed-fields/managers/field-filter.ts';
import { managerName } from '../../api/managed-fields/managers/manager-name.ts';
import type { ReplicasPaths } from '../../api/managed-fields/managers/scale.ts';
import { keepTimesOfNoChange } from '../../api/managed-fields/managers/timestamps.ts';
import { PendingConversion } from '../../api/managed-fields/pending-conversion.ts';
import { apiVersionOf, type KubeObject, parseApiVersion } from '../../api/object.ts';
import type { UpdateStrategy } from '../../kinds/define-kind.ts';
import { builtInSchema } from '../../kinds/object-schema.ts';
import { typeRefOf } from '../../kinds/registry.ts';
import type { Exchange } from '../exchange.ts';
import { canonical, type ServedResource } from '../resources.ts';
import { AwaitedConversions } from './awaited-conversions.ts';

/** Who writes, and through which subresource ('' for the object itself). */
export interface FieldWriter {
  readonly manager: string;
  readonly subresource: string;
}

/** A built-in type. */
export interface BodyType {
  readonly apiVersion: string;
  readonly kind: string;
}

/** The server itself, as upstream's loopback client is called. */
export const serverWriter: FieldWriter = { manager: 'kube-apiserver', subresource: '' };

/** The server itself, where it writes a status. */
export const serverStatusWriter: FieldWriter = { ...serverWriter, subresource: 'status' };

/** The writer of a request: `fieldManager` of its options, else its User-Agent. */
export function writerOf(exchange: Exchange, fieldManager: string): FieldWriter {
  return {
    manager: managerName(fieldManager, exchange.header('user-agent')),
    subresource: exchange.info.subresource,
  };
}

function filterOf(strategy: UpdateStrategy<KubeObject> | undefined, resets: readonly string[] | undefined) {
  const paths = strategy?.resetFields ?? (resets ? [resets] : []);
  return paths.length === 0 ? undefined : excludeFields(...paths);
}

/** Which fields a write through a subresource leaves alone, so that it does not own them. */
function resetFieldsOf(resource: ServedResource): (subresource: string) => FieldFilter | undefined {
  const filters = new Map<string, FieldFilter | undefined>();
  const hasStatus = resource.definition.subresources.some(({ name }) => name === 'status');
  return (subresource) => {
    if (!filters.has(subresource)) {
      const strategy = subresource === '' ? resource.kind : resource.kind.subresources?.[subresource];
      const usual =
        subresource === 'status' ? ['spec'] : subresource === '' && hasStatus ? ['status'] : undefined;
      filters.set(subresource, filterOf(strategy, usual));
    }
    return filters.get(subresource);
  };
}

/** The field managers of a server. */
export class FieldManagers {
  private readonly clock: Clock;
  private readonly versionsOf: (resource: ServedResource) => readonly ServedResource[];
  private readonly managers = new WeakMap<ServedResource, FieldManager>();
  private readonly bodies = new Map<BodyType, FieldManager>();
  /** What a webhook answered to the operation that is being done now; nothing is awaited while it is set. */
  private answers: AwaitedConversions | undefined;

  /** `versionsOf`: all served resources that share the objects of one. */
  constructor(clock: Clock, versionsOf: (resource: ServedResource) => readonly ServedResource[]) {
    this.clock = clock;
    this.versionsOf = versionsOf;
  }

  /** The manager of a subresource's bodies, where these are of another kind than the resource (Scale, TokenRequest). */
  ofBodies(type: BodyType): FieldManager {
    let manager = this.bodies.get(type);
    if (manager === undefined) {
      manager = bodyFieldManager(type, this.clock);
      this.bodies.set(type, manager);
    }
    return manager;
  }

  /** Where each version of a resource that can be scaled has its replicas. */
  replicasPaths(resource: ServedResource): ReplicasPaths {
    if (resource.custom) return resource.custom.replicasPaths;
    return Object.fromEntries(
      this.versionsOf(resource).map(({ definition, kind }) => [
        apiVersionOf(definition.group, definition.version),
        kind.scale ? (kind.scale.replicasPath ?? ['spec', 'replicas']) : null,
      ]),
    );
  }

  private of(resource: ServedResource): FieldManager {
    let manager = this.managers.get(resource);
    if (manager === undefined) {
      manager = this.make(resource);
      this.managers.set(resource, manager);
    }
    return manager;
  }

  private make(resource: ServedResource): FieldManager {
    const { group, version, kind } = resource.definition;
    // Versions come and go together, and with them this manager.
    const versions = new Map(
      this.versionsOf(resource).map((other) => [
        apiVersionOf(other.definition.group, other.definition.version),
        other,
      ]),
    );
    const find = (apiVersion: string): ServedResource | undefined => versions.get(apiVersion);
    const resetFields = resetFieldsOf(resource);
    return createFieldManager({
      kind: { group, version, kind },
      schemaOf: (apiVersion) =>
        resource.custom ? resource.custom.mergeTypeOf(apiVersion) : find(apiVersion)?.schema.mergeType(),
      empty: resource.schema.empty(),
      custom: resource.schema.typeRef === undefined,
      clock: this.clock,
      convert: (object, apiVersion) => {
        if (resource.custom?.webhook) {
          if (this.answers === undefined) throw new PendingConversion(object, apiVersion);
          return this.answers.convert(object, apiVersion);
        }
        if (resource.custom) return { ...object, apiVersion };
        const other = find(apiVersion);
        if (other === undefined) throw new Error(`${apiVersion} ${kind} is not served`);
        // the object may have been brought into yet another version before
        return fromStored(other, toStoredVersion(find(object.apiVersion ?? '') ?? resource, object));
      },
      resetFields,
    });
  }

  /**
   * What `work` returns, which records or applies once. Where it needs a form of the object that a custom resource's webhook
   * must be asked for, because somebody manages fields in another version, it is called again when the webhook has answered.
   */
  whenConverted<T>(resource: ServedResource, work: () => T): T | Promise<T> {
    if (resource.custom?.webhook === undefined) return work();
    try {
      return work();
    } catch (error) {
      if (!(error instanceof PendingConversion)) throw error;
      return this.converted(resource, work);
    }
  }

  /** `next` with its managedFields, as `record` gives them. */
  recorded(
    resource: ServedResource,
    live: KubeObject | undefined,
    next: KubeObject,
    writer: FieldWriter,
  ): KubeObject | Promise<KubeObject> {
    return this.whenConverted(resource, () => {
      this.record(resource, live, next, writer);
      return next;
    });
  }

  private async converted<T>(resource: ServedResource, work: () => T): Promise<T> {
    const { group, version } = resource.definition;
    const answers = new AwaitedConversions(apiVersionOf(group, version), resource.custom!.webhook!);
    for (;;) {
      this.answers = answers;
      try {
        return work();
      } catch (error) {
        if (!(error instanceof PendingConversion)) throw error;
        this.answers = undefined;
        await answers.ask(error);
      } finally {
        this.answers = undefined;
      }
    }
  }

  /**
   * Gives `next` its managedFields after a write to `live` (undefined: a create). Both are in the stored version; `next` is
   * changed in place, `live` is not. For a custom resource that a webhook converts ask `recorded`.
   */
  record(
    resource: ServedResource,
    live: KubeObject | undefined,
    next: KubeObject,
    writer: FieldWriter,
  ): void {
    const served = this.of(resource).update(
      live && fromStored(resource, live),
      fromStored(resource, resource.storedSchema.printed(next)),
      writer,
    );
    const entries = served.metadata.managedFields;
    if (entries === undefined) delete next.metadata.managedFields;
    else next.metadata.managedFields = entries;
  }

  /**
   * `live` (undefined: there is none) with an apply configuration applied; the result is in the served version, neither
   * decoded nor defaulted. Throws ApiError: conflicts and configurations that do not fit. For a custom resource that a webhook
   * converts ask it within `whenConverted`.
   */
  apply(
    resource: ServedResource,
    live: KubeObject | undefined,
    config: KubeObject,
    writer: FieldWriter,
    force: boolean,
  ): KubeObject {
    return this.of(resource).apply(live && fromStored(resource, live), config, { ...writer, force });
  }
}

/** A manager of bodies of one built-in type that are not the resource's own. */
function bodyFieldManager({ apiVersion, kind }: BodyType, clock: Clock): FieldManager {
  const { group, version } = parseApiVersion(apiVersion)!;
  const schema = builtInSchema(typeRefOf(group, version, kind), apiVersion, kind);
  return createFieldManager({
    kind: { group, version, kind },
    schemaOf: (asked) => (asked === apiVersion ? schema.mergeType() : undefined),
    empty: schema.empty(),
    clock,
  });
}

/** Takes back new times of managedFields where a write changes nothing else that is stored. Changes `next` in place. */
export function keepTimes(resource: ServedResource, next: KubeObject, live: KubeObject): void {
  const written = resource.custom ? undefined : (object: KubeObject) => canonical(resource, object);
  const kept = keepTimesOfNoChange(next, live, written);
  if (kept !== next) next.metadata.managedFields = kept.metadata.managedFields;
}

function fromStored(resource: ServedResource, object: KubeObject): KubeObject {
  return resource.conversion ? resource.conversion.fromStorage(object) : object;
}

function toStoredVersion(resource: ServedResource, object: KubeObject): KubeObject {
  return resource.conversion ? resource.conversion.toStorage(object) : object;
}
