// Who owns whom, by uid. Owners that were not seen yet are in it as virtual nodes.
// Upstream: pkg/controller/garbagecollector/graph.go and graph_builder.go.
import type { KubeObject, OwnerReference } from '../../api/object.ts';

/** What names an object wherever it is referred to. */
export interface Identity {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** An object in the graph. */
export interface GraphNode {
  identity: Identity;
  owners: readonly OwnerReference[];
  readonly dependents: Set<GraphNode>;
  /** Known only from others' references. */
  virtual: boolean;
  beingDeleted: boolean;
  /** It waits until its dependents are gone: foreground deletion. */
  deletingDependents: boolean;
}

/** What a change in the graph asks for. */
export interface GraphListener {
  /** The object, or its wait for dependents, must be looked at. */
  attemptToDelete(uid: string, later?: boolean): void;
  /** The object's dependents must be orphaned. */
  attemptToOrphan(uid: string): void;
  /** An object names an owner in another namespace. */
  invalidNamespace(dependent: GraphNode, owner: OwnerReference): void;
  /** No object with this identity exists. */
  absent(owner: Identity): void;
}

/** Finalizers that mean how dependents are treated. */
export const orphanFinalizer = 'orphan';
export const foregroundFinalizer = 'foregroundDeletion';

/** Whether an object has a finalizer. */
export function hasFinalizer({ metadata }: KubeObject, name: string): boolean {
  return metadata.finalizers?.includes(name) ?? false;
}

/** The text of a reference in events. */
export function identityText({ apiVersion, kind, namespace, name, uid }: Identity): string {
  return `[${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}]`;
}

/** Whether two identities name the same. */
export function isSameIdentity(a: Identity, b: Identity): boolean {
  return isReferenceTo(a, b) && a.namespace === b.namespace;
}

function isReferenceTo(reference: Omit<OwnerReference, 'controller'> | Identity, to: Identity): boolean {
  return (
    reference.uid === to.uid &&
    reference.name === to.name &&
    reference.kind === to.kind &&
    reference.apiVersion === to.apiVersion
  );
}

function identityOfOwner(owner: OwnerReference, namespace: string): Identity {
  const { apiVersion, kind, name, uid } = owner;
  return { apiVersion, kind, namespace, name, uid };
}

/** The graph. Its callers tell it of every change of every object. */
export class Graph {
  private readonly nodes = new Map<string, GraphNode>();
  private readonly listener: GraphListener;

  constructor(listener: GraphListener) {
    this.listener = listener;
  }

  get(uid: string): GraphNode | undefined {
    return this.nodes.get(uid);
  }

  /** An object was seen: added, or changed from `old`. */
  observe(identity: Identity, object: KubeObject, old: KubeObject | undefined): void {
    const owners = object.metadata.ownerReferences ?? [];
    let node = this.nodes.get(identity.uid);
    if (!node) {
      node = {
        identity,
        owners,
        dependents: new Set(),
        virtual: false,
        beingDeleted: Boolean(object.metadata.deletionTimestamp),
        deletingDependents: isForegroundDeletion(object),
      };
      this.nodes.set(identity.uid, node);
      this.addToOwners(node, owners);
    } else {
      if (node.virtual) this.becomeReal(node, identity);
      this.changeOwners(node, owners);
      if (object.metadata.deletionTimestamp) node.beingDeleted = true;
    }
    this.startDeletion(node, object, old);
  }

  /** An object is gone. */
  remove(identity: Identity): void {
    const node = this.nodes.get(identity.uid);
    if (node) this.take(node, identity);
  }

  /** The server says that nothing with this identity exists; what was seen of the uid may still be another object. */
  removeAbsent(identity: Identity): void {
    const node = this.nodes.get(identity.uid);
    if (!node) return;
    if (!node.virtual) {
      if (isSameIdentity(node.identity, identity)) this.take(node, identity);
      else this.releaseMatching(node, identity);
      return;
    }
    const others = [...node.dependents].filter((d) => refersDifferently(d, identity));
    if (others.length === 0) {
      this.take(node, identity);
      return;
    }
    // some dependents name the same uid by other coordinates: these may be right
    this.releaseMatching(node, identity);
    if (!isSameIdentity(node.identity, identity)) return;
    const alternate = alternateIdentity(others, identity);
    if (!alternate) return;
    node.identity = alternate;
    this.listener.attemptToDelete(identity.uid, true);
  }

  private releaseMatching(node: GraphNode, identity: Identity): void {
    const matching = [...node.dependents].filter((d) => refersTo(d, identity));
    if (matching.length === 0) return;
    this.listener.absent(identity);
    for (const dependent of matching) this.listener.attemptToDelete(dependent.identity.uid);
  }

  private take(node: GraphNode, identity: Identity): void {
    this.nodes.delete(identity.uid);
    this.removeFromOwners(node, node.owners);
    if (node.dependents.size > 0) this.listener.absent(identity);
    for (const dependent of node.dependents) this.listener.attemptToDelete(dependent.identity.uid);
    // an owner that waits for its dependents may have lost the last one
    for (const owner of node.owners)
      if (this.nodes.get(owner.uid)?.deletingDependents) this.listener.attemptToDelete(owner.uid);
  }

  /** A virtual node's object was seen. */
  private becomeReal(node: GraphNode, identity: Identity): void {
    node.virtual = false;
    if (isSameIdentity(node.identity, identity)) return;
    for (const dependent of node.dependents) {
      if (!refersDifferently(dependent, identity)) continue;
      this.reportNamespace(dependent, identity);
      this.listener.attemptToDelete(dependent.identity.uid);
    }
    node.identity = identity;
  }

  private reportNamespace(dependent: GraphNode, owner: Identity): void {
    if (owner.namespace === '' || owner.namespace === dependent.identity.namespace) return;
    const reference = dependent.owners.find((o) => o.uid === owner.uid);
    if (reference) this.listener.invalidNamespace(dependent, reference);
  }

  private changeOwners(node: GraphNode, owners: readonly OwnerReference[]): void {
    const before = node.owners;
    if (before === owners) return;
    const added = owners.filter((o) => !before.some((b) => b.uid === o.uid));
    const removed = before.filter((b) => !owners.some((o) => o.uid === b.uid));
    node.owners = owners;
    const freed = before.filter(
      (b) => b.blockOwnerDeletion && !owners.find((o) => o.uid === b.uid)?.blockOwnerDeletion,
    );
    for (const { uid } of freed) if (this.nodes.has(uid)) this.listener.attemptToDelete(uid);
    this.addToOwners(node, added);
    this.removeFromOwners(node, removed);
  }

  private addToOwners(node: GraphNode, owners: readonly OwnerReference[]): void {
    let doubtful = false;
    for (const owner of owners) {
      const known = this.nodes.get(owner.uid);
      if (known) {
        known.dependents.add(node);
        doubtful = this.isDoubtful(node, owner, known) || doubtful;
        continue;
      }
      const identity = identityOfOwner(owner, node.identity.namespace);
      const virtual: GraphNode = {
        identity,
        owners: [],
        dependents: new Set([node]),
        virtual: true,
        beingDeleted: false,
        deletingDependents: false,
      };
      this.nodes.set(owner.uid, virtual);
      this.listener.attemptToDelete(owner.uid);
    }
    if (doubtful) this.listener.attemptToDelete(node.identity.uid);
  }

  /** Whether a reference does not fit what is known of its owner. */
  private isDoubtful(node: GraphNode, reference: OwnerReference, owner: GraphNode): boolean {
    const { namespace } = owner.identity;
    const elsewhere = namespace !== node.identity.namespace;
    if (namespace !== '' && elsewhere) {
      if (!owner.virtual) this.reportNamespace(node, owner.identity);
      return true;
    }
    return !isReferenceTo(reference, owner.identity) || (elsewhere && owner.virtual);
  }

  private removeFromOwners(node: GraphNode, owners: readonly OwnerReference[]): void {
    for (const { uid } of owners) this.nodes.get(uid)?.dependents.delete(node);
  }

  /** Sets off what the start of a deletion with a finalizer of ours means. */
  private startDeletion(node: GraphNode, object: KubeObject, old: KubeObject | undefined): void {
    const starts = (finalizer: string): boolean =>
      isDeletedWith(object, finalizer) && !(old && isDeletedWith(old, finalizer));
    if (starts(orphanFinalizer)) {
      this.listener.attemptToOrphan(node.identity.uid);
      return;
    }
    if (!starts(foregroundFinalizer)) return;
    node.deletingDependents = true;
    for (const dependent of node.dependents) this.listener.attemptToDelete(dependent.identity.uid);
    this.listener.attemptToDelete(node.identity.uid);
  }
}

function isDeletedWith(object: KubeObject, finalizer: string): boolean {
  return Boolean(object.metadata.deletionTimestamp) && hasFinalizer(object, finalizer);
}

/** Whether an object is being deleted and waits for its dependents. */
export function isForegroundDeletion(object: KubeObject): boolean {
  return isDeletedWith(object, foregroundFinalizer);
}

function isOutside(dependent: GraphNode, { namespace }: Identity): boolean {
  return namespace !== '' && namespace !== dependent.identity.namespace;
}

function refersTo(dependent: GraphNode, identity: Identity): boolean {
  return !isOutside(dependent, identity) && dependent.owners.some((o) => isReferenceTo(o, identity));
}

function refersDifferently(dependent: GraphNode, identity: Identity): boolean {
  if (isOutside(dependent, identity)) return true;
  return dependent.owners.some((o) => o.uid === identity.uid && !isReferenceTo(o, identity));
}

function sortKey({ kind, apiVersion, namespace, name, uid }: Identity): string {
  return [kind, apiVersion, namespace, name, uid].join('\0');
}

/** Another identity by which dependents name the uid: the next in order after `absent`, else the first. */
function alternateIdentity(dependents: readonly GraphNode[], absent: Identity): Identity | undefined {
  const found = new Map<string, Identity>();
  for (const dependent of dependents) {
    for (const owner of dependent.owners) {
      if (owner.uid !== absent.uid) continue;
      const isClusterScoped =
        absent.namespace === '' && owner.kind === absent.kind && owner.apiVersion === absent.apiVersion;
      const identity = identityOfOwner(owner, isClusterScoped ? '' : dependent.identity.namespace);
      if (!isSameIdentity(identity, absent)) found.set(sortKey(identity), identity);
    }
  }
  const keys = [...found.keys()].sort();
  const next = keys.find((k) => k > sortKey(absent)) ?? keys[0];
  return next === undefined ? undefined : found.get(next);
}
