// Columns of `kubectl get` as data.
import type { TableColumn } from '../define-kind.ts';

type Description = TableColumn['description'];

/** The documentation of a field, e.g. `core/v1.PodStatus.podIP`. */
export function doc(field: string): { doc: string } {
  return { doc: field };
}

/** A column that is always shown. */
export function column(
  name: string,
  type: TableColumn['type'],
  description: Description,
  format?: string,
): TableColumn {
  return { name, type, ...(format ? { format } : {}), description, priority: 0 };
}

/** A column that `-o wide` adds. */
export function wideColumn(
  name: string,
  type: TableColumn['type'],
  description: Description,
  format?: string,
): TableColumn {
  return { ...column(name, type, description, format), priority: 1 };
}

export const nameColumn: TableColumn = column('Name', 'string', doc('meta/v1.ObjectMeta.name'), 'name');
export const ageColumn: TableColumn = column('Age', 'string', doc('meta/v1.ObjectMeta.creationTimestamp'));
