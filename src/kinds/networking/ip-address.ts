// IPAddress: what tables cannot say. Its name is the address.
// Upstream: k8s.io/kubernetes/pkg/apis/networking/validation/validation.go.
import type { IPAddress, ParentReference } from '#types/networking.k8s.io_v1';
import { defineKind } from '../define-kind.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { column, doc, nameColumn } from '../table/columns.ts';
import { validateIp } from '../validation/addresses.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { dnsSubdomain, pathSegment } from '../validation/names.ts';
import { validateImmutable } from '../validation/numbers.ts';
import { validateSegment } from './path-reference.ts';

const path = 'spec.parentRef';

/** The messages alone: the engine puts the path and the value before them. */
function addressName(name: string): string[] {
  const errors = new FieldErrors();
  validateIp(errors, '', name);
  const before = `Invalid value: ${JSON.stringify(name)}: `;
  return errors.list.map(({ body }) => (body.startsWith(before) ? body.slice(before.length) : body));
}

function validateParent(errors: FieldErrors, parent: ParentReference | undefined): void {
  if (!parent) {
    errors.required(path);
    return;
  }
  const { group, resource, name, namespace } = parent;
  if (group) errors.invalids(`${path}.group`, group, dnsSubdomain(group));
  validateSegment(errors, resource, `${path}.resource`);
  validateSegment(errors, name, `${path}.name`);
  if (namespace) errors.invalids(`${path}.namespace`, namespace, pathSegment(namespace));
}

// Upstream's internal type has no JSON names.
function printParent(parent: ParentReference | undefined): unknown {
  if (!parent) return null;
  const { group = '', resource = '', namespace = '', name = '' } = parent;
  return { Group: group, Resource: resource, Namespace: namespace, Name: name };
}

function parentCell(parent: ParentReference | undefined): string {
  if (!parent) return '<none>';
  const { group, resource = '', namespace, name = '' } = parent;
  const kind = (group ? `${resource}.${group}` : resource).toLowerCase();
  return [kind, ...(namespace ? [namespace] : []), name].join('/');
}

export const ipAddress = defineKind<IPAddress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IPAddress',
  metadataChecks: ['change', 'whole'],
  nameRule: (name) => addressName(name),
  validateCreate({ spec }) {
    const errors = new FieldErrors();
    validateParent(errors, spec.parentRef);
    return errors.list;
  },
  validateUpdate({ metadata, spec }, old) {
    const errors = new FieldErrors();
    errors.invalids('metadata.name', metadata.name, addressName(metadata.name ?? ''));
    validateParent(errors, spec.parentRef);
    validateImmutable(errors, spec.parentRef, old.spec.parentRef, path, printParent(spec.parentRef));
    return errors.list;
  },
  table: {
    columns: [nameColumn, column('ParentRef', 'string', doc('networking.k8s.io/v1.IPAddressSpec.parentRef'))],
    // Upstream's rows have one cell more than there are columns.
    row: (address, context) => ({
      cells: [nameOf(address), parentCell(address.spec.parentRef), ageOf(address, context)],
    }),
  },
});
