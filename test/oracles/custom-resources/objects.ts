// Cases of whole objects: how they are read, and what is wrong with them.
import type { CustomResourceDefinition, JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import type { FieldError } from '../../../src/api/field-error.ts';
import type { Json, JsonObject, KubeObject } from '../../../src/api/object.ts';
import { DecodeError } from '../../../src/api/schema/explain.ts';
import { customKind } from '../../../src/kinds/custom/custom-kind.ts';
import { readCustomObject } from '../../../src/kinds/custom/read-object.ts';
import { compileSchema } from '../../../src/kinds/custom/schema/compile-schema.ts';
import { subdomainName } from '../../../src/kinds/validation/names.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from '../../../src/kinds/validation/object-meta.ts';
import type { Case } from '../compare-cases.ts';
import type { Dice } from '../managed-fields/random-objects.ts';
import { anyValue, changed, randomSchema, valueFor } from './random-schemas.ts';

function rootSchema(dice: Dice): JSONSchemaProps {
  const properties: Record<string, JSONSchemaProps> = { spec: randomSchema(dice, 4) };
  if (dice.chance(0.7)) properties['status'] = randomSchema(dice, 3);
  if (dice.chance(0.1)) properties['extra'] = randomSchema(dice, 2);
  if (dice.chance(0.1)) properties['kind'] = { type: 'string', maxLength: 3 };
  if (dice.chance(0.1))
    properties['metadata'] = { type: 'object', properties: { name: { type: 'string', maxLength: 1 } } };
  const schema: JSONSchemaProps = { type: 'object', properties };
  if (dice.chance(0.2)) schema.required = ['spec', 'extra'];
  if (dice.chance(0.05)) schema['x-kubernetes-preserve-unknown-fields'] = true;
  return schema;
}

const head = { apiVersion: 'example.com/v1', kind: 'Thing' };

function metadataOf(dice: Dice, wild: boolean): Json {
  const metadata: JsonObject = { name: 'n' };
  if (dice.chance(0.3)) metadata['labels'] = { a: 'b' };
  if (!wild) return metadata;
  if (dice.chance(0.1)) metadata['labels'] = { a: 1, b: 'c' };
  if (dice.chance(0.1)) metadata['zoo'] = anyValue(dice, 1);
  if (dice.chance(0.05))
    metadata['ownerReferences'] = [{ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u', x: 1 }];
  if (dice.chance(0.05)) metadata['creationTimestamp'] = dice.pick<Json>([null, 'x', '2020-01-02T03:04:05Z']);
  return metadata;
}

function objectFor(dice: Dice, schema: JSONSchemaProps, wild: number, wildMeta = false): JsonObject {
  const object: JsonObject = { ...head, metadata: metadataOf(dice, wildMeta) };
  for (const [name, property] of Object.entries(schema.properties!))
    if (!['kind', 'metadata'].includes(name) && dice.chance(0.9))
      object[name] = valueFor(dice, property, wild);
  if (dice.chance(0.1)) object['other'] = anyValue(dice, 2);
  return object;
}

/** Random bodies through reading: pruning, metadata, defaults. */
export function readCase(dice: Dice): Case {
  const schema = rootSchema(dice);
  const object = objectFor(dice, schema, dice.pick([0, 0.1, 0.3]), true);
  const stored = dice.chance(0.3);
  const question = { op: 'read', schema: schema as Json, object: structuredClone(object), stored };
  const compiled = compileSchema(schema);
  const unknown: string[] = [];
  try {
    const sink = { add: (message: string) => unknown.push(message.slice('unknown field "'.length, -1)) };
    const read = readCustomObject(compiled, object, { sink, stored });
    compiled.applyDefaults(read);
    const ours: JsonObject = { object: read as unknown as Json };
    if (unknown.length > 0 && !stored) ours['unknown'] = unknown;
    return { question, ours };
  } catch (error) {
    if (error instanceof DecodeError) return { question, ours: { refused: true } };
    throw error;
  }
}

function texts(errors: readonly FieldError[]): string[] {
  return errors.map(({ type, field, body }) => `${type} ${field}: ${body}`).sort();
}

function definitionOf(dice: Dice, schema: JSONSchemaProps): CustomResourceDefinition {
  const subresources: Record<string, unknown> = {};
  if (dice.chance(0.7)) subresources['status'] = {};
  if (dice.chance(0.2))
    subresources['scale'] = {
      specReplicasPath: '.spec.a',
      statusReplicasPath: '.status.b',
      ...(dice.chance(0.5) ? { labelSelectorPath: '.status.c' } : {}),
    };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Cluster',
      names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' },
      versions: [
        { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, subresources },
      ],
    },
  } as unknown as CustomResourceDefinition;
}

function withFaults(answer: JsonObject, name: string, errors: readonly FieldError[]): void {
  if (errors.length > 0) answer[name] = texts(errors);
}

const options = { kubeFinalizers: false };
const context = { now: 0, namespace: '' };

function asObject(value: Json): object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** Random objects through validation. */
export function validateCase(dice: Dice): Case {
  const schema = rootSchema(dice);
  const definition = definitionOf(dice, schema);
  const { kind } = customKind(structuredClone(definition), 'v1');
  const wild = dice.pick([0, 0.05, 0.2]);
  const object = objectFor(dice, schema, wild) as unknown as KubeObject;
  const question: JsonObject = { op: 'validate', definition: definition as unknown as Json };
  if (dice.chance(0.4)) {
    question['object'] = structuredClone(object) as unknown as Json;
    kind.prepareForCreate!(object, context);
    const ours: JsonObject = {};
    withFaults(ours, 'faults', [
      ...validateObjectMeta(object.metadata, false, subdomainName, 'metadata', options),
      ...kind.validateCreate!(object, context),
    ]);
    ours['object'] = object as unknown as Json;
    return { question, ours };
  }
  const old = objectFor(dice, schema, wild) as unknown as KubeObject;
  old.metadata = { ...old.metadata, resourceVersion: '1', generation: 1 };
  const amount = dice.pick([0, 0.1, 0.3]);
  const next = {
    ...structuredClone(old),
    ...asObject(changed(dice, old as unknown as Json, amount)),
    ...head,
  };
  next.metadata = structuredClone(old.metadata);
  question['object'] = structuredClone(next) as unknown as Json;
  question['old'] = structuredClone(old) as unknown as Json;
  const main = structuredClone(next) as unknown as KubeObject;
  kind.prepareForUpdate!(main, old, context);
  const metaFaults = validateObjectMetaUpdate(main.metadata, old.metadata, 'metadata', options);
  const ours: JsonObject = { object: main as unknown as Json };
  withFaults(ours, 'update', [...metaFaults, ...kind.validateUpdate!(main, old, context)]);
  const strategy = kind.subresources?.['status'];
  if (strategy === undefined) return { question, ours };
  const forStatus = structuredClone(next) as unknown as KubeObject;
  strategy.prepareForUpdate!(forStatus, old, context);
  ours['before'] = forStatus as unknown as Json;
  withFaults(ours, 'status', strategy.validateUpdate!(forStatus, old, context));
  return { question, ours };
}
