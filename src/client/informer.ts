// A cache of a resource that follows the API server, and tells what changed.
// Upstream: k8s.io/client-go/tools/cache/shared_informer.go.
//
// I1. After `synced` resolves the store holds everything that was there when the informer started.
// I2. A handler is told of every object once as added, then of its changes in the order of resourceVersions, then once as
//     deleted. States in between may be skipped (after a relist), never reordered.
// I3. The store is changed before handlers are called; a handler that is added late is told of what is there.
// I4. Handlers are called synchronously, one after the other; what one throws is logged and does not reach the others.
// I5. Objects come without managedFields, which are half of them and which no part reads. (Upstream's controller manager and
//     scheduler trim them too: pkg/scheduler/scheduler.go, cmd/kube-controller-manager/app/controllermanager.go.)
// I6. Objects are shared and never changed, by anybody. With `freeze` they can't be.
import type { KubeObject } from '../api/object.ts';
import type { IndexFunction, Lister } from './object-store.ts';
import type { Resource } from './resource.ts';

/** Told of changes. */
export interface InformerHandler<T> {
  /** `isInitial`: it was there when the informer or the handler started. */
  added?(object: T, isInitial: boolean): void;
  updated?(old: T, object: T): void;
  /** The last state that is known. */
  deleted?(object: T): void;
}

/** A cache that follows a resource. */
export interface Informer<T extends KubeObject> {
  readonly lister: Lister<T>;
  addHandler(handler: InformerHandler<T>): void;
  /** Adds an index to the lister; a name that is there already is kept. */
  addIndex(name: string, values: IndexFunction<T>): void;
  readonly hasSynced: boolean;
  /** Resolves when the store is filled; rejects only when `signal` aborts before. */
  synced(signal?: AbortSignal): Promise<void>;
}

/** Which objects an informer follows. */
export interface InformerSelection {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Follow PartialObjectMetadata. */
  readonly metadataOnly?: boolean;
}

/** Where informers come from. Who asks for the same resource and selection gets the same informer. */
export interface InformerSource {
  informer<T extends KubeObject>(of: Resource<T>, selection?: InformerSelection): Informer<T>;
  /**
   * An informer of all objects of a resource for a reader of metadata alone: one that follows whole objects where
   * there is one already, else one of PartialObjectMetadata.
   */
  metadata(of: Resource): Informer<KubeObject>;
  /**
   * Ends the metadata informer of a resource that is served no longer; its handlers are told that every object is gone. Whole
   * objects' informers go on: they are others' too.
   */
  release(of: Resource): void;
}
