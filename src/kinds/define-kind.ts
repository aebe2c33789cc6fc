// What a kind may say of itself. Everything is optional but its name: the engine takes fields, types, verbs, short names
// and merge rules from the fact tables, and asks these hooks for what tables cannot say.
// Upstream: k8s.io/apiserver/pkg/registry/rest/{create,update,delete}.go and each kind's strategy.go.
import type { FieldError } from '../api/field-error.ts';
import type { KubeObject } from '../api/object.ts';

/** What a hook may know of the request. */
export interface HookContext {
  /** Milliseconds since the Unix epoch, by the server's clock. */
  readonly now: number;
  /** The namespace of the request; '' for cluster-scoped kinds. */
  readonly namespace: string;
  /** `v1`, `apps/v1`: the version that the request speaks, where it is not the stored one it matters to Events. */
  readonly apiVersion?: string;
  /** The labels of the request's namespace; undefined where there is no such namespace. */
  namespaceLabels?(): Readonly<Record<string, string>> | undefined;
  /** Whether a feature gate is on; absent: all are as 1.36 has them. */
  isGateOn?(name: string): boolean;
  /** The user who asks; absent for the server's own writes. */
  readonly user?: {
    readonly name: string;
    readonly uid: string;
    readonly groups: readonly string[];
    readonly extra: Readonly<Record<string, readonly string[]>>;
  };
  /** Adds a `Warning` header, also to an answer that refuses: for what comes up in validation. */
  readonly warn?: (text: string) => void;
}

/**
 * One of upstream's checks of metadata in a kind's own validation: `whole` is that of a new object (ValidateObjectMeta),
 * `change` that of an update (ValidateObjectMetaUpdate).
 */
export type MetadataCheck = 'whole' | 'change';

/** How an update of one subresource (or of the object itself) treats the new object. All hooks see decoded, defaulted objects. */
export interface UpdateStrategy<T> {
  /**
   * Before validation; may change `object`, never `old`. Here fields that this path may not write are taken back from `old`
   * and `metadata.generation` is raised where the kind does so.
   */
  prepareForUpdate?(object: T, old: T, context: HookContext): void;
  /** After prepareForUpdate; changes nothing. Metadata is validated by the engine, do not repeat it. */
  validateUpdate?(object: T, old: T, context: HookContext): FieldError[];
  /**
   * The checks of metadata that the kind makes beyond those of all kinds; each names a fault once more among the causes.
   * Default: `change` alone.
   */
  readonly metadataChecks?: readonly MetadataCheck[];
  /** `Warning` headers of a good update. Changes nothing. */
  warningsOnUpdate?(object: T, old: T, context: HookContext): string[];
  /**
   * Fields that a write by this path takes back, so that its manager does not own them, each a list of field names. Default:
   * `status` where there is a status subresource, and `spec` for that one. Upstream: GetResetFields of the strategies.
   */
  readonly resetFields?: readonly (readonly string[])[];
}

/** A column of `kubectl get`. */
export interface TableColumn {
  name: string;
  type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  format?: string;
  /** The text itself, or `{doc}`: the description of that field in the API documentation, e.g. `meta/v1.ObjectMeta.name`. */
  description: string | { doc: string };
  /** 0: always shown; 1: with `-o wide`. */
  priority: 0 | 1;
}

/** A cell as it stands in the Table's JSON. */
export type Cell = string | number | bigint | boolean | null;

/** One row; `conditions` as in meta/v1 TableRow (a finished pod is marked Completed). */
export interface TableRow {
  cells: Cell[];
  conditions?: { type: string; status: string; reason?: string; message?: string }[];
}

/** How `kubectl get` prints the kind. */
export interface TablePrinter<T> {
  columns: readonly TableColumn[];
  /** The cells of one object in the order of `columns`. Changes nothing. */
  row(object: T, context: { readonly now: number }): TableRow;
}

/** How autoscaling/v1 Scale maps on the kind. */
export interface ScaleMapping<T> {
  replicas(object: T): number;
  statusReplicas(object: T): number;
  /** Selector in its text form, `a=b,c in (d)`. */
  selector(object: T): string;
  /** May change `object`. */
  setReplicas(object: T, replicas: number): void;
  /** Why an object has no scale; undefined when it has one. Default: each has. */
  missing?(object: T): string | undefined;
  /** Whether that is because its replicas were never set: a write may set them. */
  unset?(object: T): boolean;
  /** Where the replicas stand, for field management; default `spec`, `replicas`. */
  readonly replicasPath?: readonly string[];
}

/** How a kind is deleted when it does not vanish at once. */
export interface GracefulDeletion<T> {
  /**
   * The grace period in seconds for this deletion: the asked one where given, else the kind's default; 0 deletes at once.
   * A negative number: this object is not deleted gracefully. Called only for objects that are not being deleted yet.
   */
  gracePeriodSeconds(object: T, asked: number | undefined): number;
}

/**
 * Deletion in two steps, for kinds whose contents must be emptied first (Namespace, CustomResourceDefinition). The first
 * request marks the object; it goes when nothing is pending and no finalizer is left.
 */
export interface TwoPhaseDeletion<T> {
  /** Called once with the first request, after deletionTimestamp was set; may change `object` (phase Terminating). */
  begin(object: T): void;
  /** Whether the kind's own finalizers still hold the object. */
  pending(object: T): boolean;
}

/** Conversion between a served version and the version in which the kind is stored. Both make new objects. */
export interface VersionConversion {
  /** Like a kind's setDefaults, for bodies of this version, before toStorage. */
  setDefaults?(object: KubeObject): void;
  toStorage(object: KubeObject): KubeObject;
  fromStorage(object: KubeObject): KubeObject;
  /** The field labels that this version's selectors know, with the kind's own names for them; absent: the kind's. */
  readonly fieldLabels?: Readonly<Record<string, string>>;
}

/** A kind's own knowledge. `T` is its generated type. */
export interface KindDefinition<T extends KubeObject = KubeObject> extends UpdateStrategy<T> {
  readonly group: string;
  /** The version of `T`: the one that is stored. */
  readonly version: string;
  readonly kind: string;

  /**
   * Fills in what a client may leave out; called on every decoded body of this version, before anything else, and must be
   * idempotent. `now`: milliseconds since the Unix epoch, where a client asks; what must have a time gets it before it is
   * stored at the latest. Upstream: the SetDefaults functions, nested ones included (pod templates).
   */
  setDefaults?(object: T, now?: number): void;
  /** What metadata.name of `object` must be: messages, none when good. `prefix`: it is a generateName. Default: DNS-1123 subdomain. */
  nameRule?(name: string, prefix: boolean, object: T): string[];
  /**
   * How metadata is checked: `plain` lets finalizers without a domain pass that are not well-known; `segments` asks of a new
   * object's name no more than that it is a segment of a path, and nothing else of metadata that is not asked of all kinds.
   */
  readonly metadataRules?: 'plain' | 'segments';
  /**
   * The kind's rules are enforced declaratively: what is left to code tells the same fault of the same field once. Upstream:
   * WithDeclarativeEnforcement in k8s.io/apiserver/pkg/registry/rest/validate.go.
   */
  readonly isDeclarative?: boolean;
  /** Before validation of a create; may change `object`. Clears status, sets generation to 1 where the kind has one. */
  prepareForCreate?(object: T, context: HookContext): void;
  /** After prepareForCreate; changes nothing. Metadata is validated by the engine, do not repeat it. */
  validateCreate?(object: T, context: HookContext): FieldError[];
  /** `Warning` headers of a good create. Changes nothing. */
  warningsOnCreate?(object: T, context: HookContext): string[];
  /** After validation of a create or update, before storing: brings equal things to one form. */
  canonicalize?(object: T): void;

  /** PUT to a name that does not exist creates it. */
  readonly allowCreateOnUpdate?: boolean;
  /** PUT without resourceVersion is refused when false. Default true. */
  readonly allowUnconditionalUpdate?: boolean;
  /** Whether the kind's status is a subresource that the main path may not write; default: whether facts have `/status`. */
  readonly subresources?: Readonly<Record<string, UpdateStrategy<T>>>;
  readonly scale?: ScaleMapping<T>;
  /** What happens to dependents when a delete does not say; default background. 'none': the kind has no dependents. */
  readonly defaultPropagation?: 'orphan' | 'background' | 'none';
  readonly gracefulDeletion?: GracefulDeletion<T>;
  readonly twoPhaseDeletion?: TwoPhaseDeletion<T>;
  /** A finished deletion answers with the object, not with a Status. Upstream: ReturnDeletedObject in storage.go. */
  readonly returnsDeletedObject?: boolean;
  /** Asked when the object is deleted by name, not with a collection: a text refuses with 403 Forbidden. */
  checkDelete?(object: T): string | undefined;
  /** Fields for field selectors besides metadata.name and metadata.namespace, with their text value. */
  readonly selectableFields?: Readonly<Record<string, (object: T) => string>>;
  /** The text that refuses an unknown field in a field selector, where it is not `field label not supported: <field>`. */
  fieldLabelError?(field: string): string;
  readonly table?: TablePrinter<T>;
  /** Other served versions of the kind by version, or `group/version` where the group differs too. */
  readonly conversions?: Readonly<Record<string, VersionConversion>>;
}

/** A kind with its type forgotten, as the registry holds it. */
export type AnyKind = KindDefinition<KubeObject>;

/** Declares a kind. The cast is safe: the engine passes a kind only objects that its own schema decoded. */
export function defineKind<T extends { metadata?: unknown }>(
  definition: KindDefinition<T & KubeObject>,
): AnyKind {
  return definition as unknown as AnyKind;
}
