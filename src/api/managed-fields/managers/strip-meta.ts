// Fields that nobody is ever said to own: what names the object and what the server keeps.
// Upstream: k8s.io/apimachinery/pkg/util/managedfields/internal/stripmeta.go.
import { difference, type FieldSet, setOf } from '../paths/field-set.ts';

const metadataFields = [
  'name',
  'namespace',
  'creationTimestamp',
  'selfLink',
  'uid',
  'clusterName',
  'generation',
  'managedFields',
  'resourceVersion',
];

const neverOwned = setOf(
  ['f:apiVersion'],
  ['f:kind'],
  ['f:metadata'],
  ...metadataFields.map((field) => ['f:metadata', `f:${field}`]),
);

/** A set without those fields. */
export function stripMeta(set: FieldSet): FieldSet {
  return difference(set, neverOwned);
}
