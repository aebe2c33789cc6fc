// Brings sets of fields in line with a schema that has since made a granular list or object atomic: who owned something
// below it now owns it as a whole. Upstream: structured-merge-diff/v6/typed/reconcile_schema.go.
import {
  type FieldSet,
  insertPath,
  type MutableSet,
  newSet,
  type Path,
  recursiveDifference,
  sizeOf,
  union,
} from '../paths/field-set.ts';
import { isDeducedMap, type MapType, type SchemaType } from '../schema/schema.ts';

class Reconciler {
  changed: MutableSet | undefined;
  private readonly path: string[] = [];

  private becomesWhole(): void {
    this.changed ??= newSet();
    insertPath(this.changed, this.path as Path);
  }

  /** `set` is what is below the path; undefined when the path is a member with nothing below. */
  visit(type: SchemaType, set: FieldSet | undefined, isLeaf: boolean): void {
    const { atom } = type;
    if (atom.map !== undefined) this.map(atom.map, set, isLeaf);
    else if (atom.scalar === undefined && atom.list !== undefined) {
      if (!isLeaf && !atom.list.associative) this.becomesWhole();
      else
        for (const [element, child] of set?.children ?? []) this.below(atom.list.elementType, element, child);
    }
  }

  private map(map: MapType, set: FieldSet | undefined, isLeaf: boolean): void {
    if (isDeducedMap(map)) return;
    if (!isLeaf && map.atomic) {
      if (set !== undefined && sizeOf(set) > 0) this.becomesWhole();
      return;
    }
    for (const [element, child] of set?.children ?? []) {
      const field = element.startsWith('f:') ? map.fields.get(element.slice(2))?.type : undefined;
      const type = field ?? map.elementType;
      if (type !== undefined) this.below(type, element, child);
    }
  }

  private below(type: SchemaType, element: string, child: FieldSet): void {
    this.path.push(element);
    const hasChildren = child.children !== undefined;
    this.visit(type, hasChildren ? child : undefined, child.member && !hasChildren);
    this.path.pop();
  }
}

/** The reconciled set; the very same one when the schema has not changed under it. */
export function reconcileWithSchema(set: FieldSet, type: SchemaType): FieldSet {
  const reconciler = new Reconciler();
  reconciler.visit(type, set, false);
  if (reconciler.changed === undefined) return set;
  const whole = reconciler.changed as FieldSet;
  return union(recursiveDifference(set, whole), whole);
}
