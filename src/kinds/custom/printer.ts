// Tables of custom resources: columns that a definition names by JSONPath, or the age alone.
// Upstream: k8s.io/apiextensions-apiserver/pkg/registry/customresource/tableconvertor/tableconvertor.go, pkg/apiserver/helpers.go.
import type {
  CustomResourceColumnDefinition,
  CustomResourceSubresourceScale,
} from '#types/apiextensions.k8s.io_v1';
import type { KubeObject } from '../../api/object.ts';
import { parseInstant } from '../../api/time.ts';
import type { Cell, TableColumn, TablePrinter } from '../define-kind.ts';
import { humanDuration, nameOf } from '../table/ages.ts';
import { doc, nameColumn } from '../table/columns.ts';
import { compileJsonPath, type JsonPath, printValue } from './json-path/json-path.ts';
import { JsonPathError } from './json-path/parse.ts';
import { truncate } from './schema/numbers.ts';
import { isInt64 } from './schema/print-value.ts';

const age: CustomResourceColumnDefinition = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
};

interface Column {
  readonly definition: CustomResourceColumnDefinition;
  readonly path: JsonPath;
}

function dateCell(text: string, now: number): Cell {
  if (text === '' || text === 'null') return '<unknown>';
  try {
    const { seconds, nanos } = parseInstant(text);
    return humanDuration(now - seconds * 1000 - Math.floor(nanos / 1_000_000));
  } catch {
    return '<invalid>';
  }
}

function cellOf(value: unknown, type: string, now: number): Cell {
  if (type === 'string') return printValue(value);
  if (value === null) return null;
  if (type === 'integer' && typeof value === 'bigint') return value;
  // what does not fit becomes the least of all, in every digit
  if (type === 'integer' && typeof value === 'number')
    return isInt64(Math.trunc(value)) ? truncate(value) : -(2n ** 63n);
  if (type === 'number' && typeof value === 'number') return value;
  if (type === 'number' && typeof value === 'bigint') return Number(value);
  if (type === 'boolean' && typeof value === 'boolean') return value;
  return type === 'date' && typeof value === 'string' ? dateCell(value, now) : null;
}

function firstOf(path: JsonPath, object: KubeObject): { value: unknown } | undefined {
  let found: unknown[][];
  try {
    found = path.find(object);
  } catch (error) {
    if (error instanceof JsonPathError) return undefined;
    throw error;
  }
  return found[0]?.length ? { value: found[0][0] } : undefined;
}

/** The columns up to the first whose path cannot be read. */
function compileColumns(definitions: readonly CustomResourceColumnDefinition[]): Column[] {
  const columns: Column[] = [];
  for (const definition of definitions) {
    try {
      columns.push({ definition, path: compileJsonPath(`{${definition.jsonPath}}`) });
    } catch (error) {
      if (error instanceof JsonPathError) break;
      throw error;
    }
  }
  return columns;
}

function header({
  name,
  type,
  format,
  description,
  priority,
  jsonPath,
}: CustomResourceColumnDefinition): TableColumn {
  const text = description || `Custom resource definition column (in JSONPath format): ${jsonPath}`;
  return {
    name,
    type: type as TableColumn['type'],
    ...(format ? { format } : {}),
    description: text,
    priority: (priority ?? 0) as TableColumn['priority'],
  };
}

/** The printer of a version: its additionalPrinterColumns behind the name. */
export function customPrinter(
  definitions: readonly CustomResourceColumnDefinition[] | undefined,
): TablePrinter<KubeObject> {
  const own = definitions !== undefined && definitions.length > 0;
  const columns = compileColumns(own ? definitions : [age]);
  const headers = columns.map(({ definition }) => header(definition));
  if (!own) headers[0] = { ...headers[0]!, description: doc('meta/v1.ObjectMeta.creationTimestamp') };
  return {
    columns: [nameColumn, ...headers],
    row: (object, { now }) => ({
      cells: [
        nameOf(object),
        ...columns.map(({ definition, path }) => {
          const found = firstOf(path, object);
          return found === undefined ? null : cellOf(found.value, definition.type, now);
        }),
      ],
    }),
  };
}

/** The columns of the scale subresource. */
export function scaleColumns(scale: CustomResourceSubresourceScale): readonly TableColumn[] {
  const columns: TableColumn[] = [nameColumn];
  const integer = (name: string, description: string): TableColumn => ({
    name,
    type: 'integer',
    description,
    priority: 0,
  });
  if (scale.specReplicasPath) columns.push(integer('Desired', 'Number of desired replicas'));
  if (scale.statusReplicasPath) columns.push(integer('Available', 'Number of actual replicas'));
  const description = doc('meta/v1.ObjectMeta.creationTimestamp');
  return [...columns, { name: 'Age', type: 'date', description, priority: 0 }];
}
