// Names of schemas in OpenAPI documents: `io.k8s.api.apps.v1.Deployment`.
import { splitRef } from '../schema/type-table.ts';

const packages: Record<string, string> = {
  meta: 'io.k8s.apimachinery.pkg.apis.meta',
  'apiextensions.k8s.io': 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions',
  'apiregistration.k8s.io': 'io.k8s.kube-aggregator.pkg.apis.apiregistration',
  'internal.apiserver.k8s.io': 'io.k8s.api.apiserverinternal',
};

const specialNames: Record<string, string> = {
  Quantity: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
  IntOrString: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
  RawExtension: 'io.k8s.apimachinery.pkg.runtime.RawExtension',
  Time: 'io.k8s.apimachinery.pkg.apis.meta.v1.Time',
  MicroTime: 'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime',
  Duration: 'io.k8s.apimachinery.pkg.apis.meta.v1.Duration',
  FieldsV1: 'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1',
  JSON: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON',
};

/** Whether a special type has a schema of its own. */
export function isSpecialSchema(type: string): boolean {
  return Object.hasOwn(specialNames, type);
}

/** The schema's name of a type of the tables or of a special type. */
export function schemaName(type: string): string {
  if (isSpecialSchema(type)) return specialNames[type]!;
  const { groupVersion, name } = splitRef(type);
  const at = groupVersion.lastIndexOf('/');
  const group = groupVersion.slice(0, at);
  const prefix = packages[group] ?? `io.k8s.api.${group.split('.')[0]}`;
  return `${prefix}.${groupVersion.slice(at + 1)}.${name}`;
}
