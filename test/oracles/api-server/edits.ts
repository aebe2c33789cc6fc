// One thing changed in an object: any field of its type, there or not, gets a value that may fit or not.
import type { Json, JsonObject } from '../../../src/api/object.ts';
import { structFields } from '../../../src/api/schema/struct-fields.ts';
import { enumFact, type FieldFact, isReference, typeFact } from '../../../src/api/schema/type-table.ts';
import type { Dice } from '../managed-fields/random-objects.ts';

type Path = readonly (string | number)[];

/** What becomes of the member at a path; without a value it goes. */
export interface Edit {
  readonly path: Path;
  readonly value?: Json;
}

/** A field of an object, or an element of one that is a list or map. */
interface Place {
  readonly path: Path;
  readonly fact: FieldFact;
  /** Whether it is an element of the field. */
  readonly element: boolean;
  readonly value: Json | undefined;
}

const words = [
  '',
  'a',
  'b',
  'n',
  'A_b',
  'a.b',
  'a/b',
  '-a',
  'a b',
  'ü',
  '日本',
  'a\nb',
  '1',
  '-1',
  '10.0.0.1',
  '10.0.0.01',
  '10.0.0.0/24',
  '2001:db8::1',
  '::/0',
  'example.com',
  'example.com/a',
  'https://a.example.com/b',
  '*',
  'TCP',
  'None',
  'ReadWriteOnce',
  '/a/../b',
  '/a',
  '$(A)',
  '{}',
  'x'.repeat(64),
  'x'.repeat(254),
];

const scalars: Readonly<Record<string, readonly Json[]>> = {
  string: words,
  bytes: ['', 'YQ==', 'YQ', '!'],
  bool: [true, false],
  int32: [0, 1, -1, 2, 80, 100, 101, 30000, 65535, 65536, 2147483647, 2147483648, 1.5],
  int64: [0, 1, -1, 2, 100, 65534, 2147483648, 4294967296, 1.5],
  float64: [0, 1.5, -1],
  Time: ['2020-01-02T03:04:05Z', '2020-01-02T03:04:05+01:00', '2020-01-02', ''],
  MicroTime: ['2020-01-02T03:04:05.000006Z', '2020-01-02T03:04:05Z', 'x'],
  Duration: ['1s', '0s', '-1s', '90m', 'x'],
  Quantity: ['1', '0', '-1', '1500m', '1e3', '1.5Gi', '0.0001', 'x', '', 5, 1.5],
  IntOrString: [0, 1, -1, 80, 65536, 'a', 'A', '0%', '50%', '101%', '-5%', ''],
  RawExtension: [{ a: 1 }, { kind: 'a', apiVersion: 'b' }, {}],
  JSON: ['x', { a: true }, [1], 1, null],
  any: ['x', 1],
  FieldsV1: [{}, { 'f:a': {} }],
};
const strange: readonly Json[] = [null, 5, 'x', true, [], {}, [{}], ['x'], [null], { a: null }];
const keys = ['a', 'b', 'cpu', 'example.com/a', 'kubernetes.io/a', 'A B', '', '/'];

function scalar(dice: Dice, fact: FieldFact): Json {
  if (fact.enum && dice.chance(0.7))
    return dice.pick(Object.values(enumFact(fact.enum)?.values ?? { a: 'a' }));
  return dice.pick(scalars[fact.type] ?? words);
}

function element(dice: Dice, fact: FieldFact, depth: number): Json {
  if (!isReference(fact.type)) return scalar(dice, fact);
  const type = typeFact(fact.type);
  if (type.jsonUnion) return dice.chance(0.5);
  if (type.wrap) return [scalar(dice, type.fields[0]!)];
  return struct(dice, fact.type, depth);
}

function several(dice: Dice, fact: FieldFact, depth: number): Json {
  const count = dice.pick([0, 1, 1, 1, 2, 2, 3]);
  if (fact.list) return Array.from({ length: count }, () => element(dice, fact, depth));
  return Object.fromEntries(
    Array.from({ length: count }, () => [dice.pick(keys), element(dice, fact, depth)]),
  );
}

function struct(dice: Dice, ref: string, depth: number): Json {
  const object: JsonObject = {};
  for (const { fact } of structFields(ref)) {
    if (depth <= 0 || !dice.chance(fact.required ? 0.9 : 0.25)) continue;
    object[fact.json] =
      fact.list || fact.map ? several(dice, fact, depth - 1) : element(dice, fact, depth - 1);
  }
  return object;
}

function placesOf(value: Json, ref: string, path: Path, places: Place[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const { fact } of structFields(ref)) {
    const member = value[fact.json];
    const at = [...path, fact.json];
    places.push({ path: at, fact, element: false, value: member });
    if (member === undefined || member === null) continue;
    if (fact.list || fact.map) {
      for (const [key, item] of Object.entries(member)) {
        const inside = [...at, Array.isArray(member) ? Number(key) : key];
        places.push({ path: inside, fact, element: true, value: item });
        if (isReference(fact.type)) placesOf(item, fact.type, inside, places);
      }
    } else if (isReference(fact.type) && !typeFact(fact.type).wrap && !typeFact(fact.type).jsonUnion)
      placesOf(member, fact.type, at, places);
  }
}

function changedList(dice: Dice, list: Json[], fact: FieldFact): Json[] {
  const items = [...list];
  const at = dice.below(items.length);
  switch (dice.below(5)) {
    case 0:
      return [...items, items[at]!];
    case 1:
      return items.toSpliced(at, 1);
    case 2:
      return items.reverse();
    case 3:
      return [];
    default:
      return [...items, element(dice, fact, 2)];
  }
}

function changedMap(dice: Dice, map: JsonObject, fact: FieldFact): JsonObject {
  const [first] = Object.keys(map);
  if (dice.chance(0.2)) return {};
  if (dice.chance(0.5)) return { ...map, [dice.pick(keys)]: element(dice, fact, 2) };
  const { [first!]: _, ...rest } = map;
  return rest;
}

function newValue(dice: Dice, { fact, element: inside, value }: Place): Json {
  if (dice.chance(0.08)) return dice.pick(strange);
  const plural = !inside && (fact.list || fact.map);
  if (Array.isArray(value) && value.length > 0 && plural) return changedList(dice, value, fact);
  if (plural && fact.map && value && Object.keys(value).length > 0 && dice.chance(0.7))
    return changedMap(dice, value as JsonObject, fact);
  return plural ? several(dice, fact, 3) : element(dice, fact, 3);
}

// Not drawn: what tells one server from another, and the envelope.
const fixed =
  /^(apiVersion|kind|metadata|metadata\.(name|namespace|uid|resourceVersion|selfLink|creationTimestamp|managedFields|deletion.*|generateName)(\..*)?)$/;

/** Draws edits of an object of a type; with `only`, of that member. */
export function drawEdits(dice: Dice, object: JsonObject, type: string, only = ''): Edit[] {
  const places: Place[] = [];
  placesOf(object, type, [], places);
  const open = places.filter(({ path }) => !fixed.test(path.join('.')) && (only === '' || path[0] === only));
  // metadata and status are the same everywhere
  const inSpec = open.filter(({ path }) => only !== '' || (path[0] !== 'metadata' && path[0] !== 'status'));
  const count = dice.pick([1, 1, 1, 2, 3]);
  return Array.from({ length: count }, () => {
    const place = dice.pick(inSpec.length > 0 && dice.chance(0.9) ? inSpec : open);
    if (place.value !== undefined && dice.chance(0.15)) return { path: place.path };
    return { path: place.path, value: newValue(dice, place) };
  });
}

function objectsIn(value: Json, path: Path, found: Path[]): void {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) found.push(path);
  for (const [key, member] of Object.entries(value))
    objectsIn(member, [...path, Array.isArray(value) ? Number(key) : key], found);
}

/** Draws members that no type has. */
export function drawUnknown(dice: Dice, object: JsonObject): Edit[] {
  const places: Path[] = [];
  objectsIn(object, [], places);
  const count = dice.pick([1, 1, 2]);
  return Array.from({ length: count }, () => ({
    path: [...dice.pick(places), dice.pick(['strange', 'Name', 'spec2', '日本', 'a\nb', ''])],
    value: dice.pick(strange),
  }));
}

/** The object with the edits; one whose parent is gone is left out. */
export function edited(object: JsonObject, edits: readonly Edit[]): JsonObject {
  const copy = structuredClone(object);
  for (const { path, value } of edits) {
    const parent = path
      .slice(0, -1)
      .reduce<Json | undefined>((at, name) => (at as JsonObject | undefined)?.[name], copy);
    if (typeof parent !== 'object' || parent === null) continue;
    const branch = parent as JsonObject;
    const last = path.at(-1)!;
    if (value !== undefined) branch[last] = structuredClone(value);
    else if (Array.isArray(parent)) parent.splice(Number(last), 1);
    else delete branch[last];
  }
  return copy;
}
