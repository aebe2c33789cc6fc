// ControllerRevision: what tables cannot say. Its data never changes.
// Upstream: k8s.io/kubernetes/pkg/apis/apps/validation/validation.go.
import type { ControllerRevision } from '#types/apps_v1';
import { parseApiVersion } from '../../api/object.ts';
import { defineKind } from '../define-kind.ts';
import { semanticEqual } from '../semantic-equal.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, doc, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { subdomainName } from '../validation/names.ts';
import { validateNonnegative } from '../validation/numbers.ts';

function controllerCell(revision: ControllerRevision): string {
  const owner = revision.metadata.ownerReferences?.find(({ controller }) => controller);
  if (!owner) return '<none>';
  const group = parseApiVersion(owner.apiVersion)?.group ?? '';
  const kind = group === '' ? owner.kind : `${owner.kind}.${group}`;
  return `${kind.toLowerCase()}/${owner.name}`;
}

export const controllerRevision = defineKind<ControllerRevision>({
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  metadataChecks: ['change', 'whole'],
  nameRule: subdomainName,
  validateCreate({ revision, data }) {
    const errors = new FieldErrors();
    validateNonnegative(errors, revision, 'revision');
    if (data === undefined || data === null) errors.required('data', 'data is mandatory');
    else if (typeof data !== 'object' || Array.isArray(data))
      errors.required('data', 'data must be a valid JSON object');
    return errors.list;
  },
  validateUpdate({ revision, data }, old) {
    const errors = new FieldErrors();
    validateNonnegative(errors, revision, 'revision');
    if (!semanticEqual(data, old.data, 'data')) errors.invalid('data', data, 'field is immutable');
    return errors.list;
  },
  table: {
    columns: [
      nameColumn,
      column('Controller', 'string', 'Controller of the object'),
      column('Revision', 'string', doc('apps/v1.ControllerRevision.revision')),
      ageColumn,
    ],
    row: (revision, context) => ({
      cells: [nameOf(revision), controllerCell(revision), revision.revision, ageOf(revision, context)],
    }),
  },
});
