// Random structural schemas and objects that more or less fit them, small in vocabulary so that they often meet.
import type { JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import type { Json, JsonObject } from '../../../src/api/object.ts';
import type { Dice } from '../managed-fields/random-objects.ts';

const names = ['a', 'b', 'c', 'd', 'k', 'kind', 'metadata', 'x.y'];
const texts = [
  '',
  'a',
  'b',
  'abc',
  'A1',
  'é',
  '😀😀',
  '<&>"',
  'a\nb',
  '2020-01-02',
  '1h',
  '10.0.0.1',
  'true',
];
const integers = [0, 1, 2, 3, 5, 10, -1, -7, 65, 97, 2147483648, 9007199254740991];
const floats = [0.5, 1.5, -2.5, 2.25, 10.1, 1234567.5, 1e-7, 1e21, 10000000000.5];
const patterns = ['^[a-z]+$', 'b', '^a.c$', '^.{2}$', '^\\d+$', '(?i)^a1$'];
const stringFormats = [
  'date',
  'date-time',
  'ipv4',
  'duration',
  'uuid',
  'byte',
  'unknown',
  'k8s-short-name',
  'int32',
];

/** Any JSON value. */
export function anyValue(dice: Dice, depth: number): Json {
  const kind = dice.below(depth > 0 ? 9 : 6);
  if (kind === 0) return null;
  if (kind <= 2) return dice.pick(texts);
  if (kind === 3) return dice.pick(integers);
  if (kind === 4) return dice.pick(floats);
  if (kind === 5) return dice.chance(0.5);
  if (kind <= 7) {
    const object: JsonObject = {};
    for (let i = dice.below(3); i > 0; i--) object[dice.pick(names)] = anyValue(dice, depth - 1);
    return object;
  }
  return Array.from({ length: dice.below(3) }, () => anyValue(dice, depth - 1));
}

function numberLimits(dice: Dice, schema: JSONSchemaProps): void {
  const limit = (): number => dice.pick(dice.chance(0.7) ? integers : floats);
  if (dice.chance(0.25)) schema.minimum = limit();
  if (dice.chance(0.25)) schema.maximum = limit();
  if (dice.chance(0.1)) schema.exclusiveMinimum = true;
  if (dice.chance(0.1)) schema.exclusiveMaximum = true;
  if (dice.chance(0.15)) schema.multipleOf = dice.pick([1, 2, 3, 0.5, 1.5, 0.1]);
}

function textLimits(dice: Dice, schema: JSONSchemaProps): void {
  if (dice.chance(0.2)) schema.minLength = dice.below(3);
  if (dice.chance(0.2)) schema.maxLength = dice.below(4);
  if (dice.chance(0.25)) schema.pattern = dice.pick(patterns);
  if (dice.chance(0.2)) schema.format = dice.pick(stringFormats);
}

/** What a schema may say of values, whatever their type. */
function restrict(dice: Dice, schema: JSONSchemaProps, type: string): void {
  if (type === 'string' || dice.chance(0.05)) textLimits(dice, schema);
  if (type === 'integer' || type === 'number' || dice.chance(0.05)) {
    numberLimits(dice, schema);
    if (dice.chance(0.2)) schema.format = dice.pick(['int32', 'int64', 'float', 'double', 'date']);
  }
  if (type === 'array') {
    if (dice.chance(0.2)) schema.minItems = dice.below(3);
    if (dice.chance(0.2)) schema.maxItems = dice.below(3);
    if (dice.chance(0.1)) schema.uniqueItems = true;
  }
  if (type === 'object') {
    if (dice.chance(0.15)) schema.minProperties = dice.below(3);
    if (dice.chance(0.15)) schema.maxProperties = dice.below(3);
    if (dice.chance(0.3)) schema.required = [dice.pick(names), dice.pick(names)];
  }
  if (dice.chance(0.1)) schema.enum = Array.from({ length: 1 + dice.below(3) }, () => anyValue(dice, 1));
}

/** An alternative: it restricts what the schema around it describes. */
function part(dice: Dice, schema: JSONSchemaProps, depth: number): JSONSchemaProps {
  const found: JSONSchemaProps = {};
  restrict(dice, found, schema.type ?? '');
  if (dice.chance(0.3)) restrict(dice, found, dice.pick(['string', 'integer', 'object', 'array']));
  if (schema.properties && dice.chance(0.6)) {
    found.properties = {};
    for (const [name, property] of Object.entries(schema.properties))
      if (dice.chance(0.5)) found.properties[name] = part(dice, property, depth - 1);
  }
  if (schema.items && !Array.isArray(schema.items) && dice.chance(0.4))
    found.items = part(dice, schema.items, depth - 1);
  if (depth > 0 && dice.chance(0.2)) logic(dice, found, schema, depth - 1);
  return found;
}

function logic(dice: Dice, target: JSONSchemaProps, schema: JSONSchemaProps, depth: number): void {
  const parts = (): JSONSchemaProps[] =>
    Array.from({ length: 1 + dice.below(3) }, () => part(dice, schema, depth));
  const which = dice.below(4);
  if (which === 0) target.allOf = parts();
  if (which === 1) target.anyOf = parts();
  if (which === 2) target.oneOf = parts();
  if (which === 3) target.not = part(dice, schema, depth);
}

function listOf(dice: Dice, schema: JSONSchemaProps, depth: number): void {
  schema.items = randomSchema(dice, depth - 1);
  const type = dice.below(4);
  if (type === 1) schema['x-kubernetes-list-type'] = 'set';
  if (type >= 2) {
    schema['x-kubernetes-list-type'] = 'map';
    schema['x-kubernetes-list-map-keys'] = dice.chance(0.7) ? ['k'] : ['k', 'a'];
    const properties: Record<string, JSONSchemaProps> = { k: randomSchema(dice, 0) };
    for (let i = dice.below(3); i > 0; i--) properties[dice.pick(names)] = randomSchema(dice, depth - 1);
    schema.items = { type: 'object', properties };
    if (dice.chance(0.3)) restrict(dice, schema.items, 'object');
  }
}

function objectOf(dice: Dice, schema: JSONSchemaProps, depth: number): void {
  if (dice.chance(0.25)) {
    schema.additionalProperties = dice.chance(0.15) ? true : randomSchema(dice, depth - 1);
    return;
  }
  schema.properties = {};
  for (let i = dice.below(4); i > 0; i--) schema.properties[dice.pick(names)] = randomSchema(dice, depth - 1);
  if (dice.chance(0.1)) schema['x-kubernetes-embedded-resource'] = true;
  if (dice.chance(0.15)) schema['x-kubernetes-preserve-unknown-fields'] = true;
  if (schema['x-kubernetes-embedded-resource']) {
    for (const name of ['kind', 'metadata']) delete schema.properties[name];
  }
}

/** A structural schema, near enough. */
export function randomSchema(dice: Dice, depth: number): JSONSchemaProps {
  const schema: JSONSchemaProps = {};
  const kind = dice.below(depth > 0 ? 10 : 5);
  if (kind === 0) schema['x-kubernetes-int-or-string'] = true;
  else if (kind === 4 && dice.chance(0.3)) schema['x-kubernetes-preserve-unknown-fields'] = true;
  else
    schema.type =
      kind < 5 ? dice.pick(['string', 'integer', 'number', 'boolean']) : kind < 8 ? 'object' : 'array';
  if (schema.type === 'object') objectOf(dice, schema, depth);
  if (schema.type === 'array') listOf(dice, schema, depth);
  if (dice.chance(0.6)) restrict(dice, schema, schema.type ?? dice.pick(['string', 'integer']));
  if (dice.chance(0.2)) schema.nullable = true;
  if (dice.chance(0.25)) schema.default = dice.chance(0.5) ? valueFor(dice, schema, 0.1) : anyValue(dice, 2);
  if (schema.default === null) delete schema.default;
  if (dice.chance(0.2)) logic(dice, schema, schema, 2);
  return schema;
}

const metas: Json[] = [
  {},
  { name: 'x' },
  { name: 'X/', labels: { a: 'b' } },
  { labels: { a: 1 }, foo: 1 },
  { creationTimestamp: null, annotations: null },
  { name: 'y', namespace: 'n_', finalizers: ['a'], bar: { z: 1 } },
  'x',
];

function plainValue(dice: Dice, schema: JSONSchemaProps, wild: number): Json {
  if (schema.enum && dice.chance(0.5)) return structuredClone(dice.pick(schema.enum)) as Json;
  const limit = schema.minimum ?? schema.maximum;
  switch (schema.type) {
    case 'string':
      return dice.pick(texts);
    case 'integer':
      return dice.chance(0.2) && limit !== undefined ? limit : dice.pick(integers);
    case 'number':
      return dice.pick(dice.chance(0.5) ? integers : floats);
    case 'boolean':
      return dice.chance(0.5);
    case 'array':
      return Array.from({ length: dice.below(4) }, () =>
        valueFor(dice, schema.items as JSONSchemaProps, wild),
      );
    case 'object':
      return objectFor(dice, schema, wild);
    default:
      return schema['x-kubernetes-int-or-string']
        ? dice.pick<Json>([1, 80, 'a', '5%', 1.5])
        : anyValue(dice, 2);
  }
}

function objectFor(dice: Dice, schema: JSONSchemaProps, wild: number): Json {
  const object: JsonObject = {};
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    if (dice.chance(0.75)) object[name] = valueFor(dice, property, wild);
  const others = schema.additionalProperties;
  if (others !== undefined)
    for (let i = dice.below(3); i > 0; i--)
      object[dice.pick(names)] =
        typeof others === 'object' ? valueFor(dice, others, wild) : anyValue(dice, 2);
  if (dice.chance(wild)) object[dice.pick(names)] = anyValue(dice, 2);
  if (schema['x-kubernetes-embedded-resource']) {
    if (dice.chance(0.8)) object['apiVersion'] = dice.chance(wild) ? dice.pick<Json>([1, '', 'a/b/c']) : 'v1';
    if (dice.chance(0.8)) object['kind'] = dice.chance(wild) ? dice.pick<Json>([1, '', 'a b']) : 'Pod';
    if (dice.chance(0.5)) object['metadata'] = structuredClone(dice.pick(metas));
  }
  return object;
}

/** A value for a schema; `wild` is the chance, at each place, of anything at all. */
export function valueFor(dice: Dice, schema: JSONSchemaProps, wild: number): Json {
  if (dice.chance(wild * 0.5)) return null;
  return dice.chance(wild) ? anyValue(dice, 2) : plainValue(dice, schema, wild);
}

/** The same value with some parts changed: what an update may bring. */
export function changed(dice: Dice, value: Json, amount: number): Json {
  if (dice.chance(amount * 0.2)) return anyValue(dice, 1);
  if (Array.isArray(value)) {
    const items = value.map((item) => changed(dice, item, amount));
    if (dice.chance(amount)) items.reverse();
    return dice.chance(amount) ? items.slice(1) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const object: JsonObject = {};
  for (const [name, member] of Object.entries(value))
    if (!dice.chance(amount * 0.2)) object[name] = changed(dice, member, amount);
  return object;
}
