// Random objects of built-in kinds and of custom resources, small in vocabulary so that they often agree.
import type { Json, JsonObject } from '../../../src/api/object.ts';
import { structFields } from '../../../src/api/schema/struct-fields.ts';
import { type FieldFact, isReference, typeFact } from '../../../src/api/schema/type-table.ts';

/** Chance that can be repeated. */
export class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** A number in [0, 1). */
  float(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.float() < probability;
  }

  below(n: number): number {
    return Math.floor(this.float() * n);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }
}

const words = ['a', 'b', 'c', 'd-e', 'x.y/z', '<&>', 'ü', 'q"\\', ''];
const leaves: Readonly<Record<string, readonly Json[]>> = {
  string: ['a', 'b', 'c', 'TCP', 'd'],
  bytes: ['YQ==', 'Yg=='],
  bool: [true, false],
  int32: [0, 1, 2, 80],
  int64: [0, 1, 2, 30],
  float64: [0, 1.5, 2],
  Time: ['2020-01-02T03:04:05Z', '2021-01-02T03:04:05Z'],
  MicroTime: ['2020-01-02T03:04:05.000006Z'],
  Duration: ['1s', '2m0s'],
  Quantity: ['1', '500m', '2Gi'],
  IntOrString: [80, 'http', '25%'],
  RawExtension: [{ a: 1 }, { a: [1, 2] }],
  JSON: ['x', { b: true }, [1]],
  any: ['x', 1],
  FieldsV1: [{}],
};

function randomElement(dice: Dice, fact: FieldFact, depth: number): Json {
  if (!isReference(fact.type)) return dice.pick(leaves[fact.type] ?? ['a']);
  const type = typeFact(fact.type);
  if (type.jsonUnion) return dice.chance(0.5);
  return randomStruct(dice, fact.type, depth);
}

function randomField(dice: Dice, fact: FieldFact, depth: number): Json {
  const listed = fact.list || (isReference(fact.type) && typeFact(fact.type).wrap);
  if (listed) {
    const element = fact.list ? fact : typeFact(fact.type).fields[0]!;
    const length = depth <= 1 ? 1 : dice.pick([0, 1, 1, 2, 2, 3]);
    return Array.from({ length }, () => randomElement(dice, element, depth - 1));
  }
  if (fact.map) {
    const map: JsonObject = {};
    for (let i = dice.below(4); i > 0; i--) map[dice.pick(words)] = randomElement(dice, fact, depth - 1);
    return map;
  }
  return randomElement(dice, fact, depth);
}

const notHere = new Set([
  'apiVersion',
  'kind',
  'managedFields',
  'uid',
  'resourceVersion',
  'name',
  'namespace',
]);

/** A random value of a struct; deep ones are left out more often. */
export function randomStruct(dice: Dice, ref: string, depth: number): JsonObject {
  const object: JsonObject = {};
  if (depth <= 0) return object;
  const fields = structFields(ref);
  // About as many fields of a large struct as of a small one.
  const probability = Math.min(0.8, 5 / fields.length);
  for (const { fact } of fields) {
    const isKey = fact.required || fact.json === 'name' || fact.json === 'type';
    if (fact.json === 'managedFields') continue;
    if (dice.chance(isKey ? 0.93 : probability)) object[fact.json] = randomField(dice, fact, depth - 1);
  }
  return object;
}

/** A random object of a kind: spec, status and some metadata. */
export function randomObject(dice: Dice, ref: string, apiVersion: string, kind: string): JsonObject {
  const object: JsonObject = { apiVersion, kind, metadata: randomMetadata(dice) };
  for (const { fact } of structFields(ref)) {
    if (notHere.has(fact.json) || fact.json === 'metadata') continue;
    if (dice.chance(0.75)) object[fact.json] = randomField(dice, fact, 5);
  }
  return object;
}

function randomMetadata(dice: Dice): JsonObject {
  const metadata: JsonObject = { name: 'n', namespace: 'ns' };
  const texts = (): JsonObject => {
    const map: JsonObject = {};
    for (let i = dice.below(3); i > 0; i--) map[dice.pick(words)] = dice.pick(['1', '2']);
    return map;
  };
  if (dice.chance(0.5)) metadata['labels'] = texts();
  if (dice.chance(0.5)) metadata['annotations'] = texts();
  if (dice.chance(0.3)) metadata['finalizers'] = [dice.pick(['f1', 'f2']), dice.pick(['f2', 'f3'])];
  if (dice.chance(0.2))
    metadata['ownerReferences'] = [
      {
        apiVersion: 'v1',
        kind: 'Pod',
        name: 'p',
        uid: dice.pick(['u1', 'u2']),
        controller: dice.chance(0.5),
      },
    ];
  return metadata;
}

/** A random part of a value: members and items left out here and there. */
export function thin(dice: Dice, value: Json, keep: number): Json {
  if (Array.isArray(value))
    return value.filter(() => dice.chance(keep)).map((item) => thin(dice, item, keep));
  if (typeof value !== 'object' || value === null) return value;
  const part: JsonObject = {};
  for (const [name, member] of Object.entries(value)) {
    const always = name === 'name' || name === 'metadata' || name === 'apiVersion' || name === 'kind';
    if (always || dice.chance(keep)) part[name] = thin(dice, member, keep);
  }
  return part;
}

/** A mix of two values of one shape: members of either, the second's where it is chosen. */
export function mix(dice: Dice, a: Json | undefined, b: Json | undefined, second: number): Json | undefined {
  const objects = [a, b].every((v) => typeof v === 'object' && v !== null && !Array.isArray(v));
  if (!objects) return dice.chance(second) ? b : a;
  const left = a as JsonObject;
  const right = b as JsonObject;
  const mixed: JsonObject = {};
  for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const own = (object: JsonObject) => (Object.hasOwn(object, name) ? object[name] : undefined);
    const member = mix(dice, own(left), own(right), second);
    if (member !== undefined) mixed[name] = member;
  }
  return mixed;
}

const scalarSchemas: readonly JsonObject[] = [
  { type: 'string' },
  { type: 'integer' },
  { type: 'boolean' },
  { type: 'string', default: 'a' },
  { type: 'number' },
  { 'x-kubernetes-int-or-string': true },
];

/** A random structural schema. */
export function randomSchema(dice: Dice, depth: number): JsonObject {
  if (depth <= 0 || dice.chance(0.3)) return dice.pick(scalarSchemas);
  if (dice.chance(0.4)) {
    const kind = dice.pick(['set', 'map', 'map', 'atomic', undefined]);
    if (kind === 'set')
      return {
        type: 'array',
        items: { ...dice.pick(scalarSchemas.slice(0, 3)) },
        'x-kubernetes-list-type': 'set',
      };
    if (kind === 'map') {
      const item = randomObjectSchema(dice, depth - 1);
      const keys = dice.pick([['k'], ['k', 'l']]);
      const properties = item['properties'] as JsonObject;
      properties['k'] = { type: 'string' };
      properties['l'] = dice.pick<JsonObject>([{ type: 'integer' }, { type: 'string', default: 'x' }]);
      return {
        type: 'array',
        items: item,
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': keys,
      };
    }
    const list: JsonObject = { type: 'array', items: randomSchema(dice, depth - 1) };
    return kind === undefined ? list : { ...list, 'x-kubernetes-list-type': kind };
  }
  if (dice.chance(0.2)) return { type: 'object', additionalProperties: randomSchema(dice, depth - 1) };
  return randomObjectSchema(dice, depth);
}

function randomObjectSchema(dice: Dice, depth: number): JsonObject {
  const properties: JsonObject = {};
  for (const name of ['a', 'b', 'c', 'd'])
    if (dice.chance(0.5)) properties[name] = randomSchema(dice, depth - 1);
  if (Object.keys(properties).length === 0) properties['a'] = { type: 'string' };
  const schema: JsonObject = { type: 'object', properties };
  if (dice.chance(0.15)) schema['x-kubernetes-map-type'] = 'atomic';
  if (dice.chance(0.2)) schema['x-kubernetes-preserve-unknown-fields'] = true;
  return schema;
}

/** A random value for a schema; now and then null or something that does not fit. */
export function randomForSchema(dice: Dice, schema: JsonObject, wild: boolean): Json {
  if (wild && dice.chance(0.02)) return dice.pick<Json>([null, 1, 'a', true, [], {}, ['a'], { a: 1 }]);
  switch (schema['type']) {
    case 'string':
      return dice.pick(['a', 'b', 'c', '<']);
    case 'integer':
      return dice.pick([1, 2, 30, 200]);
    case 'number':
      return dice.pick([1, 1.5, 1e7]);
    case 'boolean':
      return dice.chance(0.5);
    case 'array': {
      const isMap = schema['x-kubernetes-list-type'] === 'map';
      const items = Array.from({ length: dice.below(4) }, () => {
        const item = randomForSchema(dice, schema['items'] as JsonObject, wild);
        if (isMap && typeof item === 'object' && item !== null && !Array.isArray(item)) {
          if (dice.chance(0.95)) item['k'] = dice.pick(['a', 'b', 'c', 'd']);
        }
        return item;
      });
      return items;
    }
    case 'object': {
      const object: JsonObject = {};
      const properties = schema['properties'] as JsonObject | undefined;
      for (const [name, property] of Object.entries(properties ?? {}))
        if (dice.chance(0.6)) object[name] = randomForSchema(dice, property as JsonObject, wild);
      const additional = schema['additionalProperties'] as JsonObject | undefined;
      if (additional !== undefined)
        for (const name of ['p', 'q', 'constructor'])
          if (dice.chance(0.5)) object[name] = randomForSchema(dice, additional, wild);
      if (schema['x-kubernetes-preserve-unknown-fields'] === true && dice.chance(0.5))
        object['unknown'] = dice.pick<Json>([1, { a: { b: 1 } }, [1, { c: 2 }], {}, null]);
      return object;
    }
    default:
      return dice.pick<Json>([1, 'a', '5%']);
  }
}
