// Go's names of types as they stand in decoding errors: `v1.Container`, `[]v1.EnvVar`, `map[string]string`.
import { type FieldFact, isReference, splitRef } from './type-table.ts';

const specialTypes: Record<string, string> = {
  bytes: '[]uint8',
  Quantity: 'resource.Quantity',
  Time: 'v1.Time',
  MicroTime: 'v1.MicroTime',
  Duration: 'v1.Duration',
  IntOrString: 'intstr.IntOrString',
  RawExtension: 'runtime.RawExtension',
  FieldsV1: 'v1.FieldsV1',
  JSON: 'v1.JSON',
  any: 'interface {}',
};

/** `Container`, or `v1.Container` with the package. */
export function goTypeName(ref: string, withPackage = false): string {
  const { groupVersion, name } = splitRef(ref);
  return withPackage ? `${groupVersion.slice(groupVersion.lastIndexOf('/') + 1)}.${name}` : name;
}

/** The type of a field's value, or of one element where the field is a list or a map. */
export function elementGoType(fact: FieldFact): string {
  if (isReference(fact.type)) return goTypeName(fact.type, true);
  if (fact.enum !== undefined) return goTypeName(fact.enum, true);
  if (fact.goType !== undefined && !fact.map) return fact.goType;
  if (fact.type === 'string' && fact.json === 'uid') return 'types.UID';
  return specialTypes[fact.type] ?? fact.type;
}

/** The type of a whole field. */
export function fieldGoType(fact: FieldFact): string {
  const element = elementGoType(fact);
  if (fact.list) return `[]${element}`;
  if (!fact.map) return element;
  if (fact.goType !== undefined) return fact.goType;
  if (fact.type === 'Quantity') return 'v1.ResourceList';
  return `map[string]${element}`;
}
