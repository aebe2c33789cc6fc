// CSINode: what tables cannot say. A driver may come and go; what it says of itself stays, but for its volume limit.
// Upstream: k8s.io/kubernetes/pkg/apis/storage/validation/validation.go.
import type { CSINode, CSINodeDriver } from '#types/storage.k8s.io_v1';
import { memberAsSent } from '../../api/schema/sent-empty.ts';
import { defineKind } from '../define-kind.ts';
import { semanticEqual } from '../semantic-equal.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { longerThan, qualifiedName, subdomainName } from '../validation/names.ts';
import { validateNonnegative } from '../validation/numbers.ts';
import { validateDriverName } from '../volumes/source-rules.ts';

const maxNodeId = 256;

function validateDriver(errors: FieldErrors, driver: CSINodeDriver, path: string, names: Set<string>): void {
  const { name, nodeID } = driver;
  validateDriverName(errors, name, `${path}.name`);
  if (nodeID === '') errors.required(`${path}.nodeID`);
  if (longerThan(nodeID, maxNodeId))
    errors.invalid(`${path}.nodeID`, nodeID, `must be ${maxNodeId} characters or less`);
  validateNonnegative(errors, driver.allocatable?.count, `${path}.allocatable.count`);
  if (names.has(name)) errors.duplicate(`${path}.name`, name);
  names.add(name);
  const keys = new Set<string>();
  for (const key of driver.topologyKeys ?? []) {
    if (key === '') errors.required(path);
    if (keys.has(key)) errors.duplicate(path, key);
    keys.add(key);
    errors.invalids(path, key, qualifiedName(key));
  }
}

function validate(errors: FieldErrors, { spec }: CSINode): void {
  const names = new Set<string>();
  spec.drivers?.forEach((driver, i) => {
    validateDriver(errors, driver, `spec.drivers[${i}]`, names);
  });
}

function withoutLimit({ name, nodeID, topologyKeys }: CSINodeDriver): CSINodeDriver {
  return { name, nodeID, topologyKeys };
}

// Upstream's internal type has no JSON names.
function printDriver(driver: CSINodeDriver): unknown {
  const { name, nodeID } = driver;
  const TopologyKeys = memberAsSent(driver, 'topologyKeys') ?? null;
  return { Name: name, NodeID: nodeID, TopologyKeys, Allocatable: null };
}

export const csiNode = defineKind<CSINode>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSINode',
  metadataChecks: ['whole'],
  nameRule: subdomainName,
  returnsDeletedObject: true,
  validateCreate(node) {
    const errors = new FieldErrors();
    validate(errors, node);
    return errors.list;
  },
  allowUnconditionalUpdate: false,
  validateUpdate(node, old) {
    const errors = new FieldErrors();
    validate(errors, node);
    for (const before of old.spec.drivers ?? [])
      for (const now of node.spec.drivers ?? [])
        if (before.name === now.name && !semanticEqual(withoutLimit(now), withoutLimit(before)))
          errors.invalid('spec.drivers', printDriver(now), 'field is immutable');
    return errors.list;
  },
  table: {
    columns: [
      nameColumn,
      column('Drivers', 'integer', 'Drivers indicates the number of CSI drivers registered on the node'),
      ageColumn,
    ],
    row: (node, context) => ({
      cells: [nameOf(node), node.spec.drivers?.length ?? 0, ageOf(node, context)],
    }),
  },
});
