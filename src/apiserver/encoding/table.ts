// Objects as meta/v1 Table: what `kubectl get` shows.
// Upstream: k8s.io/apiserver/pkg/endpoints/handlers/response.go, k8s.io/kubernetes/pkg/printers/storage/storage.go.
import type { KubeObject } from '../../api/object.ts';
import { describe } from '../../api/openapi/descriptions.ts';
import type { TableColumn, TablePrinter } from '../../kinds/define-kind.ts';
import type { ServedResource } from '../resources.ts';

/** metadata of a list or a table. */
export interface ListMeta {
  resourceVersion?: string;
  continue?: string;
  remainingItemCount?: number;
}

/** Which part of the object each row carries. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** For kinds without a printer of their own. Upstream: rest.NewDefaultTableConvertor. */
const defaultPrinter: TablePrinter<KubeObject> = {
  columns: [
    {
      name: 'Name',
      type: 'string',
      format: 'name',
      description: { doc: 'meta/v1.ObjectMeta.name' },
      priority: 0,
    },
    {
      name: 'Created At',
      type: 'date',
      description: { doc: 'meta/v1.ObjectMeta.creationTimestamp' },
      priority: 0,
    },
  ],
  row: (object) => ({ cells: [object.metadata.name ?? '', object.metadata.creationTimestamp ?? ''] }),
};

/** How a resource is printed. */
export function printerOf(resource: ServedResource): TablePrinter<KubeObject> {
  return resource.kind.table ?? defaultPrinter;
}

function columnDefinition(column: TableColumn): Record<string, unknown> {
  const description =
    typeof column.description === 'string' ? column.description : describe(column.description.doc);
  return {
    name: column.name,
    type: column.type,
    format: column.format ?? '',
    description,
    priority: column.priority,
  };
}

/** `object` of a row as PartialObjectMetadata in the served group version. */
export function partialObjectMetadata(
  object: KubeObject,
  version: 'v1' | 'v1beta1',
): Record<string, unknown> {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata: object.metadata };
}

function rowOf(
  object: KubeObject,
  printer: TablePrinter<KubeObject>,
  include: IncludeObject,
  version: 'v1' | 'v1beta1',
  now: number,
): Record<string, unknown> {
  const { cells, conditions } = printer.row(object, { now });
  const row: Record<string, unknown> = { cells };
  if (conditions && conditions.length > 0) row['conditions'] = conditions;
  if (include === 'None') row['object'] = null;
  else row['object'] = include === 'Object' ? object : partialObjectMetadata(object, version);
  return row;
}

/** The Table of some objects. `headers`: with the column definitions; later events of a watch leave them out. */
export function tableOf(
  resource: ServedResource,
  objects: readonly KubeObject[],
  metadata: ListMeta,
  include: IncludeObject,
  version: 'v1' | 'v1beta1',
  now: number,
  headers = true,
): Record<string, unknown> {
  return tableBy(printerOf(resource), objects, metadata, include, version, now, headers);
}

/** The Table that a printer makes of some objects. */
export function tableBy(
  printer: TablePrinter<KubeObject>,
  objects: readonly KubeObject[],
  metadata: ListMeta,
  include: IncludeObject,
  version: 'v1' | 'v1beta1',
  now: number,
  headers = true,
): Record<string, unknown> {
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: headers ? printer.columns.map(columnDefinition) : null,
    rows: objects.map((o) => rowOf(o, printer, include, version, now)),
  };
}
