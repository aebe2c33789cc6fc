// Cases of definitions: what is wrong with them, when they are created and when they are changed.
import type { CustomResourceDefinition, JSONSchemaProps } from '#types/apiextensions.k8s.io_v1';
import type { Json, JsonObject } from '../../../src/api/object.ts';
import { customResourceDefinition as kind } from '../../../src/kinds/apiextensions/custom-resource-definition/kind.ts';
import { loadRules } from '../../../src/kinds/custom/rules/lazy-rules.ts';
import { loadDefaultChecks } from '../../../src/kinds/custom/schema/lazy-defaults.ts';
import { unsupportedText } from '../../../src/kinds/custom/schema/unsupported.ts';
import type { Case } from '../compare-cases.ts';
import type { Dice } from '../managed-fields/random-objects.ts';
import { anyValue, randomSchema, valueFor } from './random-schemas.ts';

await Promise.all([loadRules(), loadDefaultChecks()]);

type Rule = NonNullable<JSONSchemaProps['x-kubernetes-validations']>[number];

const rulesByType: Readonly<Record<string, readonly Rule[]>> = {
  integer: [
    { rule: 'self > 0' },
    { rule: 'self >= oldSelf', message: 'must not shrink' },
    { rule: 'oldSelf.orValue(5) == self', optionalOldSelf: true },
    { rule: 'oldSelf.hasValue()', optionalOldSelf: true, reason: 'FieldValueForbidden' },
    { rule: 'self % 2 == 0', messageExpression: "'odd: ' + string(self)" },
    { rule: '1 / self < 2' },
    { rule: 'self', message: 'no bool' },
  ],
  string: [
    { rule: 'self.size() < 3', message: 'too long' },
    { rule: "self.startsWith('a')", reason: 'FieldValueInvalid' },
    { rule: "self != 'b'", messageExpression: "self + '\\n'" },
    { rule: 'self == oldSelf' },
    { rule: 'self.nothing' },
  ],
  boolean: [{ rule: 'self' }, { rule: '!self', message: ' ' }],
  array: [{ rule: 'self.size() > 0' }, { rule: 'size(self) < 2', message: 'a\nb' }],
  object: [{ rule: 'has(self.a)' }, { rule: 'has(self.metadata)' }, { rule: 'size(self) < 2' }],
};

function addRules(dice: Dice, schema: JSONSchemaProps): void {
  const rules = rulesByType[schema.type ?? ''];
  if (rules && dice.chance(0.2)) schema['x-kubernetes-validations'] = [structuredClone(dice.pick(rules))];
  for (const property of Object.values(schema.properties ?? {})) addRules(dice, property);
  if (schema.items) addRules(dice, schema.items as JSONSchemaProps);
  if (typeof schema.additionalProperties === 'object') addRules(dice, schema.additionalProperties);
}

const metaSchemas: readonly JSONSchemaProps[] = [
  { type: 'object' },
  { type: 'object', properties: { name: { type: 'string', default: 'x' } } },
  { type: 'object', properties: { name: { type: 'string', default: 'X/' } } },
  { type: 'object', default: { name: 'a', foo: 1 } },
  { type: 'object', default: { labels: { a: 1 } } },
  {
    type: 'object',
    properties: {
      labels: { type: 'object', default: { 'a b': 'c', b: '-' }, additionalProperties: { type: 'string' } },
      finalizers: { type: 'array', items: { type: 'string', default: 'x.y/z' }, default: ['a'] },
      ownerReferences: {
        type: 'array',
        items: { type: 'object', properties: { uid: { type: 'string', default: 'u' } } },
      },
      other: { type: 'integer', default: 1 },
    },
  },
];

/** Embedded resources, with metadata. */
function addMeta(dice: Dice, schema: JSONSchemaProps): void {
  if (schema.type === 'object' && schema.properties && dice.chance(0.15)) {
    schema['x-kubernetes-embedded-resource'] = true;
    if (dice.chance(0.6)) schema.properties['metadata'] = structuredClone(dice.pick(metaSchemas));
    if (dice.chance(0.3))
      schema.properties['kind'] = { type: 'string', default: dice.pick(['K', 'a b', '']) };
    if (dice.chance(0.3))
      schema.properties['apiVersion'] = { type: 'string', default: dice.pick(['v1', 'a/b/c']) };
    if (dice.chance(0.3)) schema.default = valueFor(dice, schema, 0.1);
  }
  for (const property of Object.values(schema.properties ?? {})) addMeta(dice, property);
  if (schema.items) addMeta(dice, schema.items as JSONSchemaProps);
}

/** Takes out most of what structural schemas do not have, so that the checks behind come to their turn. */
function tidy(dice: Dice, schema: JSONSchemaProps, wild: number): void {
  if (!dice.chance(wild)) {
    for (const field of ['uniqueItems', 'oneOf', 'not', 'anyOf', 'allOf'] as const) delete schema[field];
    if (schema['x-kubernetes-list-type'] === 'set') delete schema['x-kubernetes-list-type'];
  }
  if (schema['x-kubernetes-list-type'] === 'map' && !dice.chance(wild)) {
    const items = schema.items as JSONSchemaProps;
    delete items.nullable;
    items.properties = { ...items.properties, k: { type: 'string' }, a: { type: 'integer', default: 1 } };
    items.required = ['k'];
  }
  for (const property of Object.values(schema.properties ?? {})) tidy(dice, property, wild);
  if (schema.items) tidy(dice, schema.items as JSONSchemaProps, wild);
  if (typeof schema.additionalProperties === 'object') tidy(dice, schema.additionalProperties, wild);
}

/** Puts something anywhere in a schema that does not belong there. */
function spoil(dice: Dice, schema: JSONSchemaProps): void {
  const parts = Object.values(schema.properties ?? {});
  const target = parts.length > 0 && dice.chance(0.8) ? dice.pick(parts) : schema;
  if (target !== schema && dice.chance(0.5)) {
    spoil(dice, target);
    return;
  }
  const spoiled = dice.pick<JSONSchemaProps>([
    { type: 'null' },
    { type: '' },
    { type: 'foo' },
    { pattern: '(' },
    { pattern: '[b-a]' },
    { uniqueItems: true },
    { 'x-kubernetes-preserve-unknown-fields': false },
    { 'x-kubernetes-map-type': 'foo' },
    { 'x-kubernetes-list-map-keys': ['k'] },
    { 'x-kubernetes-int-or-string': true, 'x-kubernetes-embedded-resource': true },
    { anyOf: [{ type: 'integer' }, { type: 'string' }] },
    { allOf: [{ properties: { zz: { minimum: 1 } } }] },
    { not: { default: 1, nullable: true, description: 'x' } },
    { default: anyValue(dice, 2) as never },
    { default: [{}] as never },
    { nullable: true },
    { maxLength: -1 },
    { format: 'foo' },
    { $ref: '#/a' },
    { id: 'x' },
  ]);
  Object.assign(target, spoiled);
}

function schemaOf(dice: Dice): JSONSchemaProps {
  const properties: Record<string, JSONSchemaProps> = {
    spec: randomSchema(dice, 3),
    status: randomSchema(dice, 2),
  };
  const schema: JSONSchemaProps = { type: 'object', properties };
  tidy(dice, schema, dice.pick([0, 0, 0.1]));
  if (dice.chance(0.5)) for (const property of Object.values(properties)) addRules(dice, property);
  if (dice.chance(0.5)) for (const property of Object.values(properties)) addMeta(dice, property);
  if (dice.chance(0.1)) properties['metadata'] = structuredClone(dice.pick(metaSchemas));
  if (dice.chance(0.05)) schema.default = { spec: anyValue(dice, 2) } as never;
  if (dice.chance(0.3)) spoil(dice, schema);
  return schema;
}

function versionOf(dice: Dice, name: string, schema: JSONSchemaProps): JsonObject {
  const version: JsonObject = {
    name,
    served: true,
    storage: name === 'v1',
    schema: { openAPIV3Schema: schema as Json },
  };
  if (dice.chance(0.3)) version['subresources'] = { status: {} };
  if (dice.chance(0.1))
    version['subresources'] = {
      scale: { specReplicasPath: dice.pick(['.spec.a', 'a', '']), statusReplicasPath: '.status.b' },
    };
  if (dice.chance(0.1))
    version['additionalPrinterColumns'] = [
      {
        name: dice.pick(['A', '']),
        type: dice.pick(['string', 'foo']),
        jsonPath: dice.pick(['.spec.a', 'x']),
      },
    ];
  // Upstream dies of selectable fields in what it cannot read.
  if (dice.chance(0.1) && unsupportedText(schema) === undefined)
    version['selectableFields'] = [
      { jsonPath: dice.pick(['.spec.a', '.spec', '.metadata.name', 'x']) },
      { jsonPath: dice.pick(['.spec.b', '.status.a']) },
    ];
  if (dice.chance(0.05)) version['deprecationWarning'] = 'x';
  return version;
}

function definitionOf(dice: Dice, schema: JSONSchemaProps): CustomResourceDefinition {
  const versions = [versionOf(dice, 'v1', schema)];
  if (dice.chance(0.3)) {
    const other = dice.chance(0.5) ? structuredClone(schema) : schemaOf(dice);
    versions.push(versionOf(dice, dice.pick(['v2', 'v2', 'v2', 'v1', 'V']), other));
  }
  const metadata = { name: 'things.example.com', resourceVersion: '1' };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata,
    spec: {
      group: 'example.com',
      scope: dice.chance(0.02) ? 'Foo' : 'Cluster',
      names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' },
      conversion: { strategy: 'None' },
      versions,
    },
    status: { conditions: [], acceptedNames: { plural: '', kind: '' }, storedVersions: ['v1'] },
  } as unknown as CustomResourceDefinition;
}

const context = { now: 0, namespace: '' };

function prepared(definition: CustomResourceDefinition): CustomResourceDefinition {
  const copy = structuredClone(definition);
  kind.setDefaults!(copy);
  return copy;
}

function answerOf(errors: readonly { type: string; field: string; body: string }[]): JsonObject {
  return errors.length === 0
    ? {}
    : { faults: errors.map(({ type, field, body }) => `${type} ${field}: ${body}`) };
}

/** The case of a definition, or of an update of `old`. */
export function definitionQuestion(
  definition: CustomResourceDefinition,
  old?: CustomResourceDefinition,
): Case {
  const question: JsonObject = { op: 'definition', definition: definition as unknown as Json };
  if (old === undefined)
    return { question, ours: answerOf(kind.validateCreate!(prepared(definition), context)) };
  question['old'] = old as unknown as Json;
  return { question, ours: answerOf(kind.validateUpdate!(prepared(definition), prepared(old), context)) };
}

/** Random definitions. */
export function definitionCase(dice: Dice): Case {
  const schema = schemaOf(dice);
  if (dice.chance(0.7)) return definitionQuestion(definitionOf(dice, schema));
  const next = structuredClone(schema);
  if (dice.chance(0.5)) spoil(dice, next);
  return definitionQuestion(definitionOf(dice, next), definitionOf(dice, schema));
}

// Where upstream goes over a map, it is chance of several faults which one it tells, or in which order.
const random: readonly [RegExp, (text: string) => string][] = [
  [/selfType\d+/g, () => 'selfType'],
  [/(?<=valid metadata: \[).*(?=\]$)/, (list) => list.split(', ').sort().join(', ')],
  // of all that is wrong with the types in an embedded resource
  [/(?<=\.default)[^ ]*\.(?:apiVersion|kind|metadata): .*(?:must be a string|json: .*)$/, () => ' embedded'],
  // of rules that cost the same
  [/ .*(?=: Forbidden: contributed to estimated rule cost)/, () => ' rule'],
];

/** An answer without what is chance. */
export function definitionAnswer({ faults = [], ...rest }: JsonObject): Json {
  const told = (faults as string[]).map((fault) =>
    random.reduce((text, [pattern, replace]) => text.replace(pattern, replace), fault),
  );
  // Upstream shows a default as far as it came with it: to which fault, is chance too.
  const isHalfway = told.some((fault) => fault.endsWith(' embedded'));
  const shown = told.map((fault) =>
    isHalfway
      ? fault.replace(/Invalid value: .*(?=: must not have unknown fields$)/, 'Invalid value')
      : fault,
  );
  return { ...rest, faults: shown.sort() };
}
